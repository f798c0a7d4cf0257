package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"iosweep/internal/checkup"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
)

// doctorOptions are the flags of `iosweep doctor`.
type doctorOptions struct {
	format string
	strict bool
	limits bool
}

func newDoctor(s streams) *cobra.Command {
	var opt doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor [DIR]",
		Short: "Check whether this machine is fit to measure on",
		Long: `Doctor checks for conditions that make measurements slower or noisier: the frequency
of the processors, other processes, steal, a cpu quota, memory, the clock. On the
file system of DIR (default: the working directory) it tests whether files can be
dropped from the page cache, read without the cache, and copied by the kernel. It
takes one to two seconds, and removes the files that it makes. A check that is
impossible on this machine has the state unknown.

With --limits it makes no checks. It measures in 10 seconds what the machine and the
file system of DIR can do at most: memory copies, system calls, creates of files in
one directory, and direct reads of the disk. It needs up to 256 MiB in DIR for a while.
The limits are kept in your cache directory. Later runs on this file system have the
column ceiling_fraction in summary.csv: how much of these limits each cell reaches.

Exit codes:
  0  the checks are done, whatever they found
  1  with --strict: at least one check is unfit; with --limits: the limits could not
     be kept
  2  wrong usage, or DIR is not a directory`,
		Args: atMostOne("DIR", "a directory on the file system to measure"),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd.Context(), s, args) },
	}
	cmd.Flags().StringVar(&opt.format, "format", "text", "`format` of the output: text or json")
	cmd.Flags().BoolVar(&opt.strict, "strict", false, "exit with code 1 if a check is unfit")
	cmd.Flags().BoolVar(&opt.limits, "limits", false, "measure what this machine can do at most, and keep it for later runs")
	return cmd
}

func (opt *doctorOptions) run(ctx context.Context, s streams, args []string) error {
	if err := checkFormat(opt.format); err != nil {
		return err
	}
	if opt.limits && opt.strict {
		return errors.New("--strict is about checks, and --limits makes none\nuse one of them")
	}
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	if err := checkup.Directory(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%s does not exist", dir)
		}
		return fmt.Errorf("%w\nDIR must be an existing directory on the file system to measure", err)
	}
	if opt.limits {
		return opt.measureLimits(ctx, s, dir)
	}
	fmt.Fprintln(s.err, "checking the machine, which takes one to two seconds")
	checks, err := checkup.Run(ctx, dir)
	if err != nil {
		return err
	}
	if err := opt.print(s, dir, checks); err != nil {
		return err
	}
	if list := unfit(checks); opt.strict && len(list) > 0 {
		return &exitError{exitFailures, fmt.Errorf("%s (--strict)", unfitText(len(list)))}
	}
	return nil
}

func (opt *doctorOptions) print(s streams, dir string, checks []checkup.Check) error {
	if opt.format == "json" {
		out := json.NewEncoder(oneline.JSON(s.out))
		out.SetIndent("", " ")
		out.SetEscapeHTML(false)
		return out.Encode(struct {
			Dir    string          `json:"dir"`
			Fit    bool            `json:"fit"` // no check is unfit
			Checks []checkup.Check `json:"checks"`
		}{dir, len(unfit(checks)) == 0, checks})
	}
	width := tableOptions(s.out).Width
	t := newTable(s.people(), "CHECK", "STATE", "FOUND")
	// The first two columns and the spaces between them take 26 characters.
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: max(30, width-26), WidthMaxEnforcer: text.WrapSoft}})
	for _, c := range checks {
		t.AppendRow(table.Row{c.Name, string(c.State), c.Found})
	}
	t.Render()
	return printAdvice(s, checks)
}

// printAdvice prints one line of advice for each unfit check.
func printAdvice(s streams, checks []checkup.Check) error {
	list := unfit(checks)
	if len(list) == 0 {
		_, err := fmt.Fprintln(s.people(), "\nNo check is unfit.")
		return err
	}
	text := fmt.Sprintf("\n%s. Advice:\n", unfitText(len(list)))
	for _, c := range list {
		text += fmt.Sprintf("  %s: %s\n", c.Name, c.Advice)
	}
	_, err := io.WriteString(s.people(), text)
	return err
}

// unfit returns the checks that are unfit.
func unfit(checks []checkup.Check) []checkup.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(c checkup.Check) bool { return c.State != checkup.Unfit })
}

func unfitText(n int) string {
	if n == 1 {
		return "1 check is unfit"
	}
	return units.Count(n, "check") + " are unfit"
}
