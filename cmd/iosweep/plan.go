package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// planOptions are the flags of `iosweep plan`.
type planOptions struct {
	experimentFlags
	earlier string
	probe   bool
}

func newPlan(s streams) *cobra.Command {
	var opt planOptions
	cmd := &cobra.Command{
		Use:   "plan EXPERIMENT",
		Short: "Show the cells and trials of an experiment, their cost and the detectable effects",
		Long: `Plan shows the cells and their baselines, the number of trials, the amount of data
written, and every command line in full. Without --probe it runs nothing that the
experiment names. For {python} it shows the file that PATH has. Only the level found
of the axis python asks the interpreters in PATH for their versions.

The estimated duration and the spread of trials come from an earlier run: the run
that --earlier names, or a recent run of the same experiment in the directory
results. With --probe, plan first runs every cell once, and keeps the results.

The minimum detectable effect is the smallest true difference that the plan can
show: with a power of 80%, the verdict is faster or slower in four of five runs. It
depends on the number of repeats, the spread of trials, and the number of cells that
are compared with one baseline.`,
		Example: `  iosweep plan quickstart
  iosweep plan my.yaml --earlier results/last-night
  iosweep plan my.yaml --probe --set trials.repeats=20`,
		Args: exactlyOne("EXPERIMENT", experimentArg),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.plan(cmd, s, args[0]) },
	}
	opt.register(cmd)
	cmd.Flags().StringVar(&opt.earlier, "earlier", "", "estimate duration and spread from the run in this results `directory`")
	cmd.Flags().BoolVar(&opt.probe, "probe", false, "run every cell once to estimate the duration")
	return cmd
}

func (opt *planOptions) plan(cmd *cobra.Command, s streams, name string) error {
	if opt.earlier != "" && opt.probe {
		return errors.New("--earlier and --probe cannot be used together")
	}
	e, src, err := opt.load(cmd, name)
	if err != nil {
		return err
	}
	show := newProgress(s.err, progressRounds)
	for _, w := range e.Warnings {
		show.Warn(w.String())
	}
	for _, note := range publishedNotes(e) {
		fmt.Fprintln(s.err, "note: "+note)
	}
	if err := src.checkScripts(e); err != nil {
		return err
	}
	ctx, withSignal := withSignals(cmd.Context())
	check := preflight.Inspect
	if opt.probe {
		check = preflight.Prepare
	}
	prep, err := check(ctx, schedule.NewPlan(e), src.base(), show.Preparing)
	if err != nil {
		return withSignal(interrupted(invalid(err), notStarted))
	}
	for i, why := range prep.Missing {
		if i == maxReasons {
			show.Warn("run would skip cells for " + units.Count(len(prep.Missing)-i, "more reason"))
			break
		}
		show.Warn(why + "; run would skip its cells")
	}
	for _, why := range prep.Untrusted() {
		show.Warn(why + "; run would refuse it without --trust-workspace")
	}
	if opt.probe {
		show.names = cellNamesOf(prep.Cells)
		if opt.earlier, err = probe(ctx, e, src, opt.only, show); err != nil {
			return withSignal(err)
		}
	}
	before, err := findEarlier(opt.earlier, e.Name, prep.Cells)
	if err != nil {
		return err
	}
	f, w := newForecast(prep, before), s.people()
	writeCells(w, prep.Cells)
	writeSize(w, prep.Plan)
	for _, line := range treeLines(prep) {
		fmt.Fprintln(w, line)
	}
	for _, line := range f.lines {
		fmt.Fprintln(w, line)
	}
	for _, warning := range f.warnings {
		show.Warn(warning)
	}
	writeCommands(w, prep, src)
	if !opt.probe && slices.ContainsFunc(prep.Interpreters, func(in preflight.Interpreter) bool { return in.Placeholder }) {
		fmt.Fprintln(w, "{python} is shown as the file in PATH; run starts the interpreter behind it, and checks its modules")
	}
	return nil
}

// probe runs every cell once and returns the results directory.
func probe(ctx context.Context, e *experiments.Experiment, src experimentSource, only []string, show *progress) (out string, err error) {
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(e.Once()), src.base(), show.Preparing)
	if err != nil {
		return "", invalid(err)
	}
	src.overrides = append(slices.Clone(src.overrides), "trials.repeats=1", "trials.warmup=0")
	name := newResultsName("", e.Name+"-probe")
	out, ending, err := name.run(name.unused(), show, func(out string) (runner.Ending, error) {
		options, err := src.runOptions(runner.Options{Only: only, Progress: show}, e, out)
		if err != nil {
			return runner.Ending{}, err
		}
		return runner.Run(ctx, prep, options)
	})
	show.Close()
	if err == nil && ending.Kind != journal.NoteFinished {
		err = incomplete(fmt.Errorf("the probe did not finish: %s", ending))
	}
	return out, err
}
