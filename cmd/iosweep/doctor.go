package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
}

func newDoctor(s streams) *cobra.Command {
	var opt doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor [DIR]",
		Short: "Say whether this machine is fit to measure on",
		Long: `Doctor looks for what makes times longer, or makes them differ: the frequency of
the processors, other processes, steal, a cpu quota, memory, the clock. On the file
system of DIR (the working directory by default) it tries out whether files can be
cold, be read past the cache, and be copied by the kernel. It takes a second or two
and leaves no trace. A check that cannot be made is unknown, and never fit.

Exit codes: 0 whatever was found; with --strict, 1 if anything is unfit;
2 if DIR is no directory.`,
		Args: atMostOne("DIR", "a directory on the file system that is to be measured"),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd.Context(), s, args) },
	}
	cmd.Flags().StringVar(&opt.format, "format", "text", "of what is printed: text or json")
	cmd.Flags().BoolVar(&opt.strict, "strict", false, "end with exit code 1 if anything is unfit")
	return cmd
}

func (opt *doctorOptions) run(ctx context.Context, s streams, args []string) error {
	if err := checkFormat(opt.format); err != nil {
		return err
	}
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	if err := checkup.Directory(dir); err != nil {
		return fmt.Errorf("%w; DIR is a directory that exists, on the file system that is to be measured: doctor makes none", err)
	}
	fmt.Fprintln(s.err, "watching the machine for a second or two")
	checks, err := checkup.Run(ctx, dir)
	if err != nil {
		return err
	}
	if err := opt.print(s, dir, checks); err != nil {
		return err
	}
	if list := unfit(checks); opt.strict && len(list) > 0 {
		return &exit{exitFailures, fmt.Errorf("%s, and --strict was given", areUnfit(len(list)))}
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
			Fit    bool            `json:"fit"` // nothing is unfit
			Checks []checkup.Check `json:"checks"`
		}{dir, len(unfit(checks)) == 0, checks})
	}
	width := tableOptions(s.out).Width
	t := newTable(s.people(), "CHECK", "STATE", "FOUND")
	// The first two columns and the blanks between them take 26.
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 3, WidthMax: max(30, width-26), WidthMaxEnforcer: text.WrapSoft}})
	for _, c := range checks {
		t.AppendRow(table.Row{c.Name, string(c.State), c.Found})
	}
	t.Render()
	return printAdvice(s, checks)
}

// printAdvice says what to do, one line each: a command can be copied from it.
func printAdvice(s streams, checks []checkup.Check) error {
	list := unfit(checks)
	if len(list) == 0 {
		_, err := fmt.Fprintln(s.people(), "\nNothing that was found is unfit.")
		return err
	}
	text := fmt.Sprintf("\n%s. What to do:\n", areUnfit(len(list)))
	for _, c := range list {
		text += fmt.Sprintf("  %s: %s\n", c.Name, c.Advice)
	}
	_, err := io.WriteString(s.people(), text)
	return err
}

func unfit(checks []checkup.Check) []checkup.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(c checkup.Check) bool { return c.State != checkup.Unfit })
}

func areUnfit(n int) string {
	if n == 1 {
		return "1 check is unfit"
	}
	return units.Count(n, "check") + " are unfit"
}
