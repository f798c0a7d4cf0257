package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// runOptions are the flags of `iosweep run` and `iosweep reproduce`.
type runOptions struct {
	experimentFlags
	session
	out string
}

func newRun(s streams) *cobra.Command {
	var opt runOptions
	cmd := &cobra.Command{
		Use:   "run EXPERIMENT",
		Short: "Run an experiment and write its reports",
		Long: `Run plans the trials of an experiment, runs each trial in a separate process, and
verifies every outcome. It writes trials.csv, summary.csv, report.md and pictures
to the results directory.

EXPERIMENT is the path of an experiment file, or the name of a built-in experiment
(see iosweep list experiments).

A run that stops early keeps its completed trials. iosweep resume continues it.

With --fail-on, the exit code is 4 if a cell has one of the given outcomes: slower or
faster than its baseline, inconclusive, equivalent, failed or missing (it was skipped,
or has no good trial). slower:5% finds a cell if the whole interval of its speed-up is
below 1/1.05. All results are written before.`,
		Example: `  iosweep run quickstart
  iosweep run my.yaml --set workload.files=100 --set grid.workers=1,2,4 -o results/try
  iosweep run my.yaml --only operation=copy --budget 30m
  iosweep run my.yaml --fail-on slower:5%,failed`,
		Args: exactlyOne("EXPERIMENT", experimentArg),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.register(cmd)
	return cmd
}

// register adds the flags of the commands that begin a run.
func (opt *runOptions) register(cmd *cobra.Command) {
	opt.experimentFlags.register(cmd)
	opt.session.register(cmd)
	cmd.Flags().StringVarP(&opt.out, "out", "o", "", "write the results to this new `directory` (default results/NAME-YYYYMMDD-HHMMSS, then -2, -3)")
}

func (opt *runOptions) run(cmd *cobra.Command, s streams, experiment string) error {
	if err := opt.check(); err != nil {
		return err
	}
	e, src, err := opt.load(cmd, experiment)
	if err != nil {
		return err
	}
	if opt.options.Reproduce && e.Published == nil && src.bundled == nil {
		return fmt.Errorf("%s has no published table to reproduce\nadd a section `published`, or use iosweep run; iosweep list experiments shows the experiments that have one", experiment)
	}
	if err := opt.failOn.checkPlan(e); err != nil {
		return err
	}
	if err := src.checkScripts(e); err != nil {
		return err
	}
	show := newProgress(s.err, opt.progress)
	for _, w := range e.Warnings {
		show.Warn(w.String())
	}
	ctx, withSignal := withSignals(cmd.Context())
	name := newResultsName(opt.out, e.Name)
	out := name.unused()
	if err := runner.Vacant(out); err != nil {
		return err
	}
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(e), src.base(), show.Preparing)
	if err != nil {
		return withSignal(interrupted(invalid(err), notStarted))
	}
	show.names = cellNamesOf(prep.Cells)
	for _, line := range treeLines(prep) {
		show.Preparing(line)
	}
	if len(e.Dropped) > 0 {
		show.Preparing("left out, because they have no source: " + strings.Join(e.Dropped, ", "))
	}
	warnOfBudget(show, e, prep.Cells)
	required := announceSkipped(show, prep.Cells)
	out, ending, err := name.run(out, show, func(out string) (runner.Ending, error) {
		options, err := opt.runOptions(src, e, out)
		if err != nil {
			return runner.Ending{}, err
		}
		options.Only, options.Progress = opt.only, show
		if options.Reproduce && src.bundled != nil {
			if options.Published, err = src.bundled.table(prep.Cells); err != nil {
				return runner.Ending{}, err
			}
		}
		if required {
			show.Preparing(adviceOnSkipped(out))
		}
		return runner.Run(ctx, prep, options)
	})
	show.Close()
	if err != nil && ending.Kind == "" {
		return withSignal(interrupted(invalid(err), notStarted)) // the run has not begun
	}
	return withSignal(opt.end(s, out, ending, show, err))
}

// warnOfBudget warns before the first trial if the budget does not hold the plan, by the latest earlier run. Without
// one, the run itself reports it after its first round.
func warnOfBudget(show *progress, e *experiments.Experiment, cells []journal.Cell) {
	if e.Budget <= 0 {
		return
	}
	before, err := findEarlier("", e.Name, cells)
	if err != nil || before == nil {
		return
	}
	if fits := before.budgetFits(e); fits != "" {
		show.Warn(fmt.Sprintf("the budget of %v is too short: %s, estimated from %s", e.Budget, fits, before.dir))
	}
}
