package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"iosweep/internal/workspace"
	"iosweep/reports"
	"iosweep/reports/table"
)

func newReport(s streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Make every report of a run again, from its journal alone",
		Args:  one("DIR", aRun),
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
			return printResults(s, d, format, args[0])
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "of the results on standard output: text or json")
	return cmd
}

// checkFormat refuses what printResults cannot print.
func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("--format %q: it is text or json", format)
	}
	return nil
}

// writeReports makes every report in the directory of a run.
func writeReports(dir string, d *reports.Content) error {
	return reports.WriteAll(dir, workspace.CreateIn, d)
}

// wideEnough is the width of a table that goes into a file or a pipe.
const wideEnough = 120

// tableOptions says what standard output can show.
func tableOptions(w io.Writer) table.Options {
	opt := table.Options{Width: wideEnough}
	f := ttyOf(w)
	if f == nil {
		return opt
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		opt.Width = width
	}
	opt.Colour = !plain()
	return opt
}

// plain reports whether the person asked for no colour and no redrawing.
func plain() bool {
	_, noColour := os.LookupEnv("NO_COLOR")
	return noColour || os.Getenv("TERM") == "dumb"
}
