package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/reports"
)

func newExport(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "export DIR",
		Short: "Write the results of a run in a format of other tools",
		Long: `Writes the results of a run to standard output, from its journal alone.
Nothing in DIR is changed.

  csv        summary.csv: one row per cell
  json       the same and the details as an array of objects
  hyperfine  what hyperfine --export-json writes: every good trial of every cell
  benchfmt   the format of Go's benchmarks, for benchstat: one line per good trial
  markdown   report.md; its links to pictures lead to plots/`,
		Example: `  iosweep export results/old --format benchfmt >old.txt
  iosweep export results/new --format benchfmt >new.txt
  benchstat old.txt new.txt`,
		Args: one("DIR", aRun),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := formatNamed(format)
			if err != nil {
				return err
			}
			log, err := readRun(args[0])
			if err != nil {
				return err
			}
			return export(s, reports.New(log), f)
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "what to write: "+strings.Join(formatNames(), ", "))
	return cmd
}

// export says on standard error what a format has no place for.
func export(s streams, d *reports.Content, f reports.Report) error {
	if err := f.Write(s.data(), d); err != nil {
		return err
	}
	for _, w := range d.Warnings {
		fmt.Fprintln(s.err, "warning: "+w)
	}
	if f.Omissions != nil {
		for _, omission := range f.Omissions(d) {
			fmt.Fprintln(s.err, omission)
		}
	}
	return nil
}

func formatNamed(name string) (reports.Report, error) {
	for _, f := range reports.Formats {
		if f.Name == name {
			return f, nil
		}
	}
	return reports.Report{}, fmt.Errorf("--format %q: it is one of %s", name, strings.Join(formatNames(), ", "))
}

func formatNames() []string {
	var names []string
	for _, f := range reports.Formats {
		names = append(names, f.Name)
	}
	return names
}
