package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"iosweep/analysis/gate"
	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/runner"
)

// A session is the common part of the commands that run trials: the flags, the reports
// after the last trial, and the exit code.
type session struct {
	options   runner.Options // only the options that flags set
	keepGoing bool
	quiet     bool
	progress  string
	failOn    gateFlag
	resultsFlags
}

func (opt *session) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&opt.keepGoing, "keep-going", true, "continue after a failed trial")
	flags.BoolVar(&opt.options.FailFast, "fail-fast", false, "stop at the first failed trial")
	flags.BoolVar(&opt.options.KeepWorkspace, "keep-workspace", false, "keep the directory of a failed trial, and print its path")
	flags.BoolVar(&opt.options.TrustWorkspace, "trust-workspace", false, "accept a workspace that other users could replace by another directory")
	flags.StringVar(&opt.progress, "progress", progressRounds, "print a line for each of the `trials`, for each of the rounds (in a log at most one each 30 s), or none")
	flags.BoolVarP(&opt.quiet, "quiet", "q", false, "print no progress; short for --progress none")
	opt.failOn.register(cmd)
	opt.resultsFlags.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("keep-going", "fail-fast")
	cmd.MarkFlagsMutuallyExclusive("progress", "quiet")
}

// check checks the values of the flags.
func (opt *session) check() error {
	if opt.quiet {
		opt.progress = progressNone
	}
	if words := []string{progressTrials, progressRounds, progressNone}; !slices.Contains(words, opt.progress) {
		return fmt.Errorf("--progress %q%s it must be one of %s", opt.progress, didYouMean(opt.progress, words, ":"), strings.Join(words, ", "))
	}
	if err := opt.failOn.check(); err != nil {
		return err
	}
	return opt.resultsFlags.check()
}

// runOptions returns the options for running the experiment.
func (opt *session) runOptions(src experimentSource, e *experiments.Experiment, out string) (runner.Options, error) {
	options := opt.options
	options.FailFast = options.FailFast || !opt.keepGoing
	return src.runOptions(options, e, out)
}

// end writes the reports after the last trial of a session. It returns an error with the
// exit code, or nil. err is the error that stopped the run, if any.
func (opt *session) end(s streams, out string, ending runner.Ending, show *progress, err error) error {
	log, readErr := journal.ReadDir(out)
	if _, changed := errors.AsType[*journal.ChangedError](err); changed {
		return incomplete(err) // err tells where the records are
	}
	if errors.Is(readErr, journal.ErrNoRun) {
		return errors.Join(err, notBegun(readErr)) // there is nothing to resume
	}
	if readErr != nil {
		return incomplete(errors.Join(err, readErr))
	}
	d := reports.New(log)
	reportErr := writeReports(out, d)
	for _, w := range d.Warnings {
		show.Warn(w)
	}
	if printErr := opt.print(s, d, out, reportErr == nil); reportErr == nil {
		reportErr = printErr
	}
	err = opt.conclude(s, log, out, ending, d, err)
	if reportErr == nil {
		return err
	}
	reportErr = fmt.Errorf("a report could not be written: %w\nall measurements are kept; to write the reports again: iosweep report %s", reportErr, oneline.ForShell(out))
	if err == nil {
		return unwritten(reportErr)
	}
	return &exitError{codeOf(err), fmt.Errorf("%w\n%w", err, reportErr)}
}

// toContinue returns the advice for a run that is incomplete.
func toContinue(out string) string { return "to continue: iosweep resume " + oneline.ForShell(out) }

// keptTrials returns the advice for a run that was interrupted.
func keptTrials(out string) string { return "the completed trials are kept\n" + toContinue(out) }

// conclude returns an error with the exit code that tells how the run ended, or nil. It
// checks first whether the run is incomplete, because an incomplete run cannot contradict
// a published row, and more trials may change what a gate finds.
func (opt *session) conclude(s streams, log *journal.Log, out string, ending runner.Ending, d *reports.Content, err error) error {
	hint := "\n" + toContinue(out)
	if len(opt.failOn.gate) > 0 {
		hint = fmt.Sprintf("\n--fail-on was not applied, because the run is incomplete\n%s --fail-on %s", toContinue(out), opt.failOn.gate)
	}
	switch {
	case err != nil:
		return incomplete(fmt.Errorf("%w\n%s%s", err, ending, hint))
	case ending.Kind == journal.NoteFault:
		return incomplete(fmt.Errorf("stopped: the machine failed (%s)\n%s%s", ending.Why, ending, hint))
	case ending.Kind == journal.NoteBudget:
		spent := "is spent"
		if ending.BudgetLeft >= time.Second {
			spent = fmt.Sprintf("is spent except for %v, which is too short for a trial", ending.BudgetLeft.Round(time.Second))
		}
		return incomplete(fmt.Errorf("the budget of %s %s: %s%s", ending.Why, spent, ending, hint))
	case ending.Kind == journal.NoteFailFast:
		return incomplete(fmt.Errorf("stopped at the first failure: %s%s", ending, hint))
	case ending.Kind == journal.NoteInterrupted:
		return incomplete(fmt.Errorf("interrupted: %s\nthe completed trials are kept%s", ending, hint))
	}
	return together(contradictions(log, ending, d), noisyControls(d), opt.failOn.apply(s, gate.OfRun(d.Cells()), toSeeAll(out), noVerdict), failuresIn(log, out, ending))
}

// together joins the errors that are not nil. The first one has the exit code.
func together(list ...error) error {
	list = slices.DeleteFunc(list, func(err error) bool { return err == nil })
	if len(list) == 0 {
		return nil
	}
	return &exitError{codeOf(list[0]), errors.Join(list...)}
}

// contradictions returns an error if a run that reproduces a published table contradicts it.
func contradictions(log *journal.Log, ending runner.Ending, d *reports.Content) error {
	contradicted := d.Published.Contradicted()
	if !log.Run.Reproduce || len(contradicted) == 0 {
		return nil
	}
	lines := []string{ending.String()}
	for _, c := range contradicted {
		lines = append(lines, c.Sentence)
	}
	return &exitError{exitContradicted, errors.New(strings.Join(lines, "\n"))}
}

// failuresIn returns an error if a cell failed or was skipped.
func failuresIn(log *journal.Log, out string, ending runner.Ending) error {
	if ending.Failed == 0 && ending.Skipped == 0 && ending.Quarantined == 0 {
		return nil
	}
	lines := []string{ending.String()}
	if ending.Failed > 0 {
		lines = append(lines, adviceOnFailures(log, out)...)
	}
	if ending.Skipped > 0 {
		lines = append(lines, adviceOnSkipped(out))
	}
	return &exitError{exitFailures, errors.New(strings.Join(lines, "\n"))}
}

// print prints the results to standard output, and to GitHub if wanted. If the reports are written,
// it names them.
func (opt *resultsFlags) print(s streams, d *reports.Content, out string, written bool) error {
	if err := opt.printResults(s, d, out, written); err != nil || !opt.github {
		return err
	}
	return tellGitHub(s, reports.Annotations(d), func(w io.Writer) error { return reports.WriteStepSummary(w, d) })
}

func (opt *resultsFlags) printResults(s streams, d *reports.Content, out string, written bool) error {
	s.setHint("\nall measurements are kept; to print the results again: iosweep report " + oneline.ForShell(out))
	if opt.format == "json" {
		f, err := formatNamed(opt.format)
		if err != nil {
			return err
		}
		return f.Write(s.data(), d)
	}
	if opt.format == "markdown" {
		return reports.WriteABMarkdown(s.data(), d)
	}
	options := opt.options(s.out)
	write := reports.Terminal
	if d.AB != nil && opt.rows == "" {
		write = reports.WriteAB
	}
	if err := write(s.out, d, options); err != nil || !written {
		return err
	}
	tables := "summary.csv, details.csv, trials.csv"
	if d.Published != nil {
		tables = "published.csv, " + tables
	}
	if d.Nodes != nil {
		tables += ", nodes.csv"
	}
	_, err := fmt.Fprintln(s.people())
	for _, line := range []string{
		"Report   " + filepath.Join(out, "report.html") + ", report.md",
		"Tables   " + filepath.Join(out, tables),
		"Pictures " + filepath.Join(out, "plots"),
	} {
		_, err = fmt.Fprintln(s.people(), line)
	}
	return err
}
