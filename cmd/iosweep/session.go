package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/runner"
)

// A session is what commands that run trials have in common: flags, the reports in
// the end, and the exit code.
type session struct {
	options   runner.Options // those that a flag sets
	keepGoing bool
	quiet     bool
	format    string
}

func (opt *session) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&opt.keepGoing, "keep-going", true, "go on after a trial has failed")
	flags.BoolVar(&opt.options.FailFast, "fail-fast", false, "stop at the first trial that fails")
	flags.BoolVar(&opt.options.KeepWorkspace, "keep-workspace", false, "leave the directory of a failed trial, and say where")
	flags.BoolVar(&opt.options.TrustWorkspace, "trust-workspace", false, "accept a workspace in whose place others could put another directory")
	flags.BoolVarP(&opt.quiet, "quiet", "q", false, "say nothing while running")
	flags.StringVar(&opt.format, "format", "text", "of the results on standard output: text or json")
	cmd.MarkFlagsMutuallyExclusive("keep-going", "fail-fast")
}

// runOptions returns the options of a run of the experiment.
func (opt *session) runOptions(src experimentSource, e *experiments.Experiment, out string) (runner.Options, error) {
	options := opt.options
	options.FailFast = options.FailFast || !opt.keepGoing
	return src.runOptions(options, e, out)
}

// end writes the reports of a run that is over and returns how it ended, as the exit
// code. err is what kept it from going on.
func (opt *session) end(s streams, out string, ending runner.Ending, show *progress, err error) error {
	log, readErr := journal.ReadDir(out)
	if _, changed := errors.AsType[*journal.ChangedError](err); changed {
		return incomplete(err) // which says where the records are
	}
	if errors.Is(readErr, journal.ErrNotBegun) {
		return errors.Join(err, notBegun(readErr)) // there is nothing to go on with
	}
	if readErr != nil {
		return incomplete(errors.Join(err, readErr))
	}
	d := reports.New(log)
	reportErr := writeReports(out, d)
	for _, w := range d.Warnings {
		show.Warn(w)
	}
	if printErr := printResults(s, d, opt.format, out); reportErr == nil {
		reportErr = printErr
	}
	err = conclude(log.Run, out, ending, d, err)
	if reportErr == nil {
		return err
	}
	reportErr = fmt.Errorf("everything measured is kept, but not every report could be written; iosweep report %s makes them again: %w", oneline.ForShell(out), reportErr)
	if err == nil {
		return unwritten(reportErr)
	}
	return &exit{codeOf(err), fmt.Errorf("%w\n%w", err, reportErr)}
}

// conclude returns how the run ended, as its exit code. An incomplete run contradicts
// nothing for certain, so that comes first.
func conclude(run journal.Run, out string, ending runner.Ending, d *reports.Content, err error) error {
	goOn := "; go on with it by: iosweep resume " + oneline.ForShell(out)
	switch {
	case err != nil:
		return incomplete(fmt.Errorf("%w\n%s%s", err, ending, goOn))
	case ending.Kind == journal.NoteFault:
		return incomplete(fmt.Errorf("stopped, for the machine would not go on: %s\n%s%s", ending.Why, ending, goOn))
	case ending.Kind == journal.NoteBudget:
		return incomplete(fmt.Errorf("the budget of %s is spent: %s%s", ending.Why, ending, goOn))
	case ending.Kind == journal.NoteFailFast:
		return incomplete(fmt.Errorf("stopped at the first failure: %s%s", ending, goOn))
	case ending.Kind == journal.NoteInterrupted:
		return incomplete(fmt.Errorf("interrupted: %s; what was measured is kept%s", ending, goOn))
	}
	if contradicted := d.Published.Contradicted(); run.Reproduce && len(contradicted) > 0 {
		message := ending.String()
		for _, c := range contradicted {
			message += "\n" + c.Sentence
		}
		return &exit{exitContradicted, errors.New(message)}
	}
	if ending.Failed > 0 || ending.Skipped > 0 || ending.Quarantined > 0 {
		message := ending.String()
		if ending.Failed > 0 {
			message += "\nto try again what failed, once the reason is gone: iosweep resume " + oneline.ForShell(out) + " --retry-failed"
		}
		return &exit{exitFailures, errors.New(message)}
	}
	return nil
}

// printResults writes the results to standard output.
func printResults(s streams, d *reports.Content, format, out string) error {
	s.printsAgain("; everything measured is kept, and printed again by: iosweep report " + oneline.ForShell(out))
	if format == "json" {
		f, err := formatNamed(format)
		if err != nil {
			return err
		}
		return f.Write(s.data(), d)
	}
	if err := reports.Terminal(s.out, d, tableOptions(s.out)); err != nil {
		return err
	}
	tables := "summary.csv, details.csv, trials.csv"
	if d.Published != nil {
		tables = "published.csv, " + tables
	}
	_, err := fmt.Fprintf(s.people(), "\nReport   %s\nTables   %s\nPictures %s\n",
		filepath.Join(out, "report.md"), filepath.Join(out, tables), filepath.Join(out, "plots"))
	return err
}
