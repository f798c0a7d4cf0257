package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/reports"
)

func newExport(s streams) *cobra.Command {
	var format, baseline string
	var only []string
	cmd := &cobra.Command{
		Use:   "export DIR",
		Short: "Print the results of a run in the format of another tool",
		Long: `Export prints the results of a run. It reads only the journal, and changes nothing in
DIR.

  csv        one row per cell, as in summary.csv
  json       one object per cell, with the columns of summary.csv and details.csv
  hyperfine  every successful trial of every cell, as hyperfine --export-json writes it
  benchfmt   one line per successful trial, as Go benchmarks print it, for benchstat
  markdown   the text of report.md; its pictures are in plots/
  latex      tables for a paper, with the package booktabs
  github-action-benchmark
             the mean time of each cell, as customSmallerIsBetter`,
		Example: `  iosweep export results/old --format benchfmt >old.txt
  iosweep export results/new --format benchfmt >new.txt
  iosweep export results/new --format markdown --baseline strategy=threads,workers=1
  benchstat old.txt new.txt`,
		Args: exactlyOne("DIR", runArg),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := formatNamed(format)
			if err != nil {
				return err
			}
			log, err := readRun(args[0])
			if err != nil {
				return err
			}
			part := reportOptions{only: only}
			if baseline != "" {
				part.baselines = []string{baseline}
			}
			list, err := part.contents(log)
			if err != nil {
				return err
			}
			d := list[0]
			if len(only) > 0 || baseline != "" {
				d.NoPictures = true // those in the results show all cells and other speed-ups
			}
			return export(s, d, f)
		},
	}
	cmd.Flags().StringArrayVar(&only, "only", nil, "export only the cells that match `AXIS=VALUE,...` and their baselines (repeatable)")
	cmd.Flags().StringVar(&baseline, "baseline", "", "export speed-ups against the cells that match `AXIS=VALUE,...`")
	cmd.Flags().StringVar(&format, "format", "csv", "`format` of the output: "+strings.Join(formatNames(), ", "))
	return cmd
}

// export writes the results. It prints warnings, and the results that the format cannot
// contain, on standard error.
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
	return reports.Report{}, fmt.Errorf("--format %q%s it must be one of %s", name, didYouMean(name, formatNames(), ":"), strings.Join(formatNames(), ", "))
}

func formatNames() []string {
	var names []string
	for _, f := range reports.Formats {
		names = append(names, f.Name)
	}
	return names
}
