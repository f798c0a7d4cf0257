package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"iosweep/experiments"
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
		Short: "Show the cells, the trials, what they cost and what they can show; run nothing",
		Long: `Plan shows what a run would do: its cells and their baselines, the number of trials,
what they write, and every command line in full. It runs nothing.

How long trials take and how they scatter is known from an earlier run: the latest
one of the experiment below results, or the one that --earlier names. With --probe
every cell is run once, beforehand, and those results are kept as the earlier run.

Which differences the plan can show follows from the number of repeats, the spread of
trials, and the number of cells that are judged together: a true difference of that
size ends as faster or slower in four runs of five.`,
		Example: `  iosweep plan quickstart
  iosweep plan my.yaml --earlier results/last-night
  iosweep plan my.yaml --probe --set trials.repeats=20`,
		Args: one("EXPERIMENT", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.plan(cmd, s, args[0]) },
	}
	opt.register(cmd)
	cmd.Flags().StringVar(&opt.earlier, "earlier", "", "the results `directory` of a run that says how long trials take and how they scatter")
	cmd.Flags().BoolVar(&opt.probe, "probe", false, "run every cell once to find out")
	return cmd
}

func (opt *planOptions) plan(cmd *cobra.Command, s streams, name string) error {
	if opt.earlier != "" && opt.probe {
		return errors.New("--earlier names a run, and --probe makes one: give one of them")
	}
	e, src, err := opt.load(cmd, name)
	if err != nil {
		return err
	}
	show := newProgress(s.err, false)
	for _, w := range e.Warnings {
		show.Warn(w.String())
	}
	for _, note := range notesOn(e) {
		fmt.Fprintln(s.err, "note: "+note)
	}
	if err := src.checkBeside(e); err != nil {
		return err
	}
	plan := schedule.NewPlan(e)
	missing, err := preflight.Check(plan, src.base())
	if err != nil {
		return invalid(err)
	}
	for _, why := range missing {
		show.Warn(why + ": its cells would be skipped")
	}
	ctx, ended := withSignals(cmd.Context())
	prep, err := preflight.Prepare(ctx, plan, src.base(), show.Preparing)
	if err != nil {
		return ended(invalid(err))
	}
	for _, why := range prep.Untrusted() {
		show.Warn(why + ": run would refuse that without --trust-workspace")
	}
	if opt.probe {
		if opt.earlier, err = probe(ctx, e, src, opt.only, show); err != nil {
			return ended(err)
		}
	}
	before, err := findEarlier(opt.earlier, e.Name, prep.Cells)
	if err != nil {
		return err
	}
	f, w := newForecast(prep, before), s.people()
	writeCells(w, prep.Cells)
	writeSize(w, prep.Plan)
	for _, line := range f.lines {
		fmt.Fprintln(w, line)
	}
	for _, warning := range f.warnings {
		show.Warn(warning)
	}
	writeCommands(w, e, src)
	return nil
}

// probe runs every cell once and returns where the results are.
func probe(ctx context.Context, e *experiments.Experiment, src experimentSource, only []string, show *progress) (out string, err error) {
	once := *e
	once.Trials.Repeats, once.Trials.Warmup, once.Trials.Adaptive = 1, 0, nil
	out = filepath.Join("results", e.Name+"-probe-"+time.Now().Format("20060102-150405"))
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(&once), src.base(), show.Preparing)
	if err != nil {
		return "", invalid(err)
	}
	src.overrides = append(slices.Clone(src.overrides), "trials.repeats=1", "trials.warmup=0")
	options, err := src.runOptions(runner.Options{Only: only, Progress: show}, e, out)
	if err != nil {
		return "", err
	}
	ending, err := runner.Run(ctx, prep, options)
	show.Close()
	if err == nil && ending.Kind != journal.NoteFinished {
		err = incomplete(fmt.Errorf("the probe did not come to its end: %s", ending))
	}
	return out, err
}
