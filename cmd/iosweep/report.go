package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/analysis/gate"
	"iosweep/internal/oneline"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/reports/table"
)

// reportOptions are the flags of `iosweep report`.
type reportOptions struct {
	resultsFlags
	only      []string
	baselines []string
	check     bool
	failOn    gateFlag
}

func newReport(s streams) *cobra.Command {
	var opt reportOptions
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Write all reports of a run again, from its journal",
		Long: `Report makes the tables, pictures and pages of a run again, from its journal alone. It
also works while the run continues, and then reports on the trials so far.

With --only, --baseline or --rows it prints the tables and writes no file. With --check
it compares the files in DIR with the journal: the exit code is 1 if one differs, or if
there is none. --fail-on looks at the cells that are printed.`,
		Example: `  iosweep report results/night --only strategy=threads,workers=2,4 --rows all
  iosweep report results/night --check`,
		Args: exactlyOne("DIR", runArg),
		RunE: func(_ *cobra.Command, args []string) error { return opt.run(s, args[0]) },
	}
	opt.register(cmd)
	opt.failOn.register(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&opt.only, "only", nil, "print only the cells that match `AXIS=VALUE,...` and their baselines (repeatable)")
	flags.StringArrayVar(&opt.baselines, "baseline", nil, "print speed-ups against the cells that match `AXIS=VALUE,...`, for example strategy=threads,workers=1 (repeatable: against each in turn)")
	flags.BoolVar(&opt.check, "check", false, "compare the reports in DIR with the journal, and write none")
	for _, flag := range []string{"only", "baseline", "rows", "format", "github", "fail-on"} {
		cmd.MarkFlagsMutuallyExclusive("check", flag)
	}
	return cmd
}

func (opt *reportOptions) run(s streams, dir string) error {
	if err := opt.resultsFlags.check(); err != nil {
		return err
	}
	if err := opt.failOn.check(); err != nil {
		return err
	}
	if len(opt.baselines) > 1 && opt.format == "json" {
		return errors.New("--format json takes at most one --baseline, because it is one document")
	}
	user := journal.InUse(dir)
	log, err := readDir(dir)
	if err != nil {
		return err
	}
	if user != nil {
		fmt.Fprintf(s.err, "note: the run continues: it is in use by %s; this is the report so far\n", user.User())
		log.Torn = 0 // that process is writing the last line
	}
	if opt.check {
		return checkReports(s, dir, reports.New(log))
	}
	contents, err := opt.contents(log)
	if err != nil {
		return err
	}
	var unwritable error
	write := opt.only == nil && len(opt.baselines) == 0 && opt.rows == ""
	if write {
		unwritable = writeReports(dir, contents[0])
	}
	var found []error
	warned := map[string]bool{}
	for i, d := range contents {
		for _, w := range d.Warnings {
			if !warned[w] {
				fmt.Fprintln(s.err, "warning: "+w)
			}
			warned[w] = true
		}
		if i > 0 {
			fmt.Fprintln(s.people())
		}
		if len(contents) > 1 {
			fmt.Fprintf(s.people(), "Baseline %s\n\n", opt.baselines[i])
			opt.failOn.about = " with --baseline " + opt.baselines[i]
		}
		if err := opt.print(s, d, dir, write && unwritable == nil); err != nil {
			return err
		}
		found = append(found, noisyControls(d), opt.failOn.apply(s, gate.OfRun(d.Cells()), toSeeAll(dir), noVerdict))
	}
	if user == nil && !log.Finished() && log.Run.IsResumable() {
		fmt.Fprintln(s.err, toContinue(dir))
	}
	return together(append(found, unwritten(unwritable))...)
}

// contents returns the results with the selected cells: once, or once for each baseline.
func (opt *reportOptions) contents(log *journal.Log) (list []*reports.Content, err error) {
	logs := []*journal.Log{log}
	if len(opt.baselines) > 0 {
		logs = nil
	}
	for _, filter := range opt.baselines {
		other := *log
		if err := rebaseline(&other, filter); err != nil {
			return nil, err
		}
		logs = append(logs, &other)
	}
	for _, log := range logs {
		d := reports.New(log)
		if len(opt.only) > 0 {
			if err := d.Only(opt.only); err != nil {
				return nil, err
			}
		}
		if len(opt.only) > 0 || len(opt.baselines) > 0 {
			d.Published, d.AB = nil, nil // they compare other cells, too
		}
		list = append(list, d)
	}
	return list, nil
}

// checkReports returns an error if a report in a results directory differs from the journal.
func checkReports(s streams, dir string, d *reports.Content) error {
	found, differences, err := reports.Check(dir, d)
	switch {
	case err != nil:
		return err
	case found == 0:
		return &exitError{exitFailures, fmt.Errorf("%s has no reports to compare with the journal\nto write them: iosweep report %s", dir, oneline.ForShell(dir))}
	case len(differences) == 0:
		_, err := fmt.Fprintf(s.people(), "all %d reports and pictures in %s are as the journal gives them\n", found, dir)
		return err
	}
	const most = 20
	if n := len(differences) - most; n > 1 {
		differences = append(differences[:most:most], fmt.Sprintf("and %d more files", n))
	}
	return &exitError{exitFailures, fmt.Errorf("reports in %s differ from the journal:\n  %s\nto write the reports again: iosweep report %s",
		dir, strings.Join(differences, "\n  "), oneline.ForShell(dir))}
}

// resultsFlags are the flags of all commands that print the results of a run.
type resultsFlags struct {
	format string
	rows   string
	github bool
	// markdown allows the format markdown, which iosweep ab has.
	markdown bool
}

func (opt *resultsFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&opt.format, "format", "text", formatUsage)
	cmd.Flags().StringVar(&opt.rows, "rows", "", "print at most this `number` of rows of each table, or all (default 25, and fewer if there are many tables)")
	githubFlag(cmd, &opt.github)
}

// check checks the values of the flags.
func (opt *resultsFlags) check() error {
	if opt.markdown {
		if words := []string{"text", "json", "markdown"}; !slices.Contains(words, opt.format) {
			return fmt.Errorf("--format %q%s it must be one of %s", opt.format, didYouMean(opt.format, words, ":"), strings.Join(words, ", "))
		}
	} else if err := checkFormat(opt.format); err != nil {
		return err
	}
	if n, err := strconv.Atoi(opt.rows); opt.rows != "" && opt.rows != "all" && (err != nil || n < 1) {
		return fmt.Errorf("--rows %q: it must be a whole number from 1, or all", opt.rows)
	}
	return nil
}

// formatUsage describes the flag --format of several commands.
const formatUsage = "`format` of the results on standard output: text or json"

// checkFormat returns an error if a command that prints text or JSON does not know the format.
func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("--format %q: it must be text or json", format)
	}
	return nil
}

// options returns how the results are printed to w. The flags are valid.
func (opt *resultsFlags) options(w io.Writer) table.Options {
	options := tableOptions(w)
	if opt.rows == "all" {
		options.Rows = table.AllRows
	} else if opt.rows != "" {
		options.Rows, _ = strconv.Atoi(opt.rows)
	}
	return options
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
