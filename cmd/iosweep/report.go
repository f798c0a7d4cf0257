package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"iosweep/internal/workspace"
	"iosweep/reports"
	"iosweep/reports/table"
)

func newReport(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Write all reports of a run again, from its journal",
		Args:  exactlyOne("DIR", runArg),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			log, err := readDir(args[0])
			if err != nil {
				return err
			}
			d := reports.New(log)
			err = writeReports(args[0], d)
			for _, w := range d.Warnings {
				fmt.Fprintln(s.err, "warning: "+w)
			}
			if err != nil {
				return unwritten(err)
			}
			if err := printResults(s, d, format, args[0]); err != nil {
				return err
			}
			if !log.Finished() && log.Run.IsResumable() {
				fmt.Fprintln(s.err, toContinue(args[0]))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", formatUsage)
	return cmd
}

// formatUsage describes the flag --format of several commands.
const formatUsage = "`format` of the results on standard output: text or json"

// checkFormat returns an error if printResults does not know the format.
func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("--format %q: it must be text or json", format)
	}
	return nil
}

// writeReports writes all reports to a results directory.
func writeReports(dir string, d *reports.Content) error {
	return reports.WriteAll(dir, workspace.EnsureDirectory, d)
}

// fileWidth is the width of a table that is not printed on a terminal.
const fileWidth = 120

// tableOptions returns the width of standard output, and whether it shows colours.
func tableOptions(w io.Writer) table.Options {
	return table.Options{Width: widthOf(w, fileWidth), Colour: ttyOf(w) != nil && !plain()}
}

// plain reports whether the environment disables colours and redrawing.
func plain() bool {
	_, noColour := os.LookupEnv("NO_COLOR")
	return noColour || os.Getenv("TERM") == "dumb"
}
