package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"iosweep/internal/workspace"
	"iosweep/reports"
	"iosweep/runner"
	"iosweep/runner/journal"
)

// runOptions are the flags of `iosweep run`.
type runOptions struct {
	experimentFlags
	reproduce     bool // hold the outcome against the published table
	out           string
	failFast      bool
	keepGoing     bool
	keepWorkspace bool
	quiet         bool
	format        string
}

func newRun(s streams) *cobra.Command {
	var opt runOptions
	cmd := &cobra.Command{
		Use:   "run EXPERIMENT",
		Short: "Run an experiment and make its reports",
		Long: `Run plans the trials of an experiment, runs each in a process of its own, verifies
every outcome, and leaves trials.csv, summary.csv, report.md and pictures in the
results directory. EXPERIMENT is a path, or the name of one that comes with
iosweep (see iosweep list experiments).`,
		Example: `  iosweep run quickstart
  iosweep run my.yaml --set workload.files=100 --set grid.workers=1,2,4 -o results/try
  iosweep run my.yaml --only operation=copy --budget 30m`,
		Args: one("EXPERIMENT", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.register(cmd)
	return cmd
}

// register adds the flags of every command that runs an experiment.
func (opt *runOptions) register(cmd *cobra.Command) {
	opt.experimentFlags.register(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&opt.out, "out", "o", "", "the results `directory` (default results/NAME-YYYYMMDD-HHMMSS)")
	flags.BoolVar(&opt.keepGoing, "keep-going", true, "go on after a trial has failed")
	flags.BoolVar(&opt.failFast, "fail-fast", false, "stop at the first trial that fails")
	flags.BoolVar(&opt.keepWorkspace, "keep-workspace", false, "leave the directory of a failed trial, and say where")
	flags.BoolVarP(&opt.quiet, "quiet", "q", false, "say nothing while running")
	flags.StringVar(&opt.format, "format", "text", "of the results on standard output: text or json")
	cmd.MarkFlagsMutuallyExclusive("keep-going", "fail-fast")
}

func (opt *runOptions) run(cmd *cobra.Command, s streams, name string) error {
	if err := checkFormat(opt.format); err != nil {
		return err
	}
	e, src, err := opt.load(cmd, name)
	if err != nil {
		return err
	}
	if opt.reproduce && e.Published == nil {
		return fmt.Errorf("%s has no published table to reproduce: write one under `published`, or use iosweep run (iosweep list experiments names those that have one)", name)
	}
	if err := src.checkBeside(e); err != nil {
		return err
	}
	show := newProgress(s.err, opt.quiet)
	for _, w := range e.Warnings {
		show.Warn(w.String())
	}
	ctx, ended := withSignals(cmd.Context())
	out := opt.out
	if out == "" {
		out = filepath.Join("results", e.Name+"-"+time.Now().Format("20060102-150405"))
	}
	if err := workspace.CheckResults(out); err != nil {
		return err
	}
	prep, err := runner.Prepare(ctx, runner.NewPlan(e), src.here, show)
	if err != nil {
		return ended.or(invalid(err))
	}
	here, scripts, err := src.beside(e, out)
	if err != nil {
		return err
	}
	ending, err := runner.Run(ctx, prep, runner.Options{
		Source: src.data, Overrides: src.overrides, Only: opt.only, Here: here, Scripts: scripts,
		Out: out, Version: version(),
		FailFast: opt.failFast || !opt.keepGoing, KeepWorkspace: opt.keepWorkspace, Progress: show,
	})
	show.Close()
	if err != nil && ending.Kind == "" {
		return ended.or(err) // nothing was begun
	}
	contradicted, reportErr := opt.report(s, out, show)
	if err == nil {
		err = reportErr
	}
	return ended.or(opt.conclude(prep, ending, contradicted, err))
}

// report makes the files and prints the results. It returns the published rows
// that the run contradicts.
func (opt *runOptions) report(s streams, out string, show *progress) (contradicted []reports.Contradiction, err error) {
	log, err := journal.ReadDir(out)
	if err != nil {
		return nil, err
	}
	d := reports.New(log)
	if err := writeReports(out, d); err != nil {
		return nil, err
	}
	for _, w := range d.Warnings {
		show.Warn(w)
	}
	return d.Contradicted(), printResults(s, d, opt.format, out)
}

// conclude says in the end how the run ended, as its exit code. A run that is
// not whole contradicts nothing for certain, so that comes first.
func (opt *runOptions) conclude(prep *runner.Prepared, ending runner.Ending, contradicted []reports.Contradiction, err error) error {
	switch {
	case err != nil:
		return incomplete(err)
	case ending.Kind == journal.NoteBudget:
		return incomplete(fmt.Errorf("the budget of %v is spent: %s", prep.Plan.Experiment.Budget, ending))
	case ending.Kind == journal.NoteFailFast:
		return incomplete(fmt.Errorf("stopped at the first failure: %s", ending))
	case ending.Kind == journal.NoteInterrupted:
		return incomplete(fmt.Errorf("interrupted: %s; what was measured is kept", ending))
	case opt.reproduce && len(contradicted) > 0:
		said := ending.String()
		for _, c := range contradicted {
			said += "\n" + c.Sentence
		}
		return &exit{exitContradicted, errors.New(said)}
	case ending.Failed > 0 || ending.Skipped > 0:
		return &exit{exitFailures, errors.New(ending.String())}
	}
	return nil
}

// aSignal remembers which signal ended a run.
type aSignal struct{ got chan syscall.Signal }

// withSignals ends the context at the first SIGINT, SIGTERM or SIGHUP, so that
// the run can put its things in order. From then on they have their usual
// effect: a second one ends the program at once. Under nohup a closed terminal
// stays without effect.
func withSignals(parent context.Context) (context.Context, aSignal) {
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithCancel(parent)
	incoming := make(chan os.Signal, 1)
	remembered := aSignal{make(chan syscall.Signal, 1)}
	signal.Notify(incoming, syscall.SIGINT, syscall.SIGTERM)
	// Who no longer listens, as in `iosweep run x 2>&1 | head`, does not end the
	// run. Ignoring the signal instead would be passed on to contenders.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(incoming, syscall.SIGHUP)
	}
	go func() {
		got := <-incoming
		signal.Stop(incoming)
		if s, ok := got.(syscall.Signal); ok {
			remembered.got <- s
		}
		cancel()
	}()
	return ctx, remembered
}

// or is err, unless a signal came: then the exit code is the signal's.
func (a aSignal) or(err error) error {
	select {
	case s := <-a.got:
		if err == nil {
			err = fmt.Errorf("%v", s)
		}
		return &exit{signalled(s), err}
	default:
		return err
	}
}

// printResults writes the results to standard output.
func printResults(s streams, d *reports.Data, format, out string) error {
	if format == "json" {
		return exportAs(s.out, d, "json")
	}
	if err := reports.Table(s.out, d, tableOptions(s.out)); err != nil {
		return err
	}
	tables := "summary.csv, trials.csv"
	if d.Published != nil {
		tables = "published.csv, " + tables
	}
	_, err := fmt.Fprintf(s.out, "\nReport   %s\nTables   %s\nPictures %s\n",
		filepath.Join(out, "report.md"), filepath.Join(out, tables), filepath.Join(out, "plots"))
	return err
}
