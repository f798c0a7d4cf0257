package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/oneline"
	"iosweep/internal/regular"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// resumeOptions are the flags of `iosweep resume`.
type resumeOptions struct {
	session
	extend    string
	budget    string
	asPlanned bool
}

func newResume(s streams) *cobra.Command {
	var opt resumeOptions
	cmd := &cobra.Command{
		Use:   "resume DIR",
		Short: "Go on with a run that was interrupted, killed, or out of budget",
		Long: `Resume goes on where a run stopped, whatever stopped it. DIR is its results
directory. Trials that are in its journal are kept, those that were under way are
done again, in the order that was planned. The overrides of the run hold; its
--budget does not: each sitting has that of the file, or its own.

If the experiment file has been edited meanwhile, resume says what would be
measured otherwise, and stops. --extend takes the edited file: cells that are as
they were keep their trials, new ones are run, and those that are gone keep what
they have. --as-planned goes on as if nothing had been edited.`,
		Example: `  iosweep resume results/overnight-20260102-220000
  iosweep resume night --extend overnight.yaml --budget 8h
  iosweep resume night --retry-failed`,
		Args: one("DIR", aRun),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.session.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&opt.extend, "extend", "", "go on with an edited experiment `FILE`")
	flags.BoolVar(&opt.asPlanned, "as-planned", false, "go on with the experiment as it was when the run began")
	flags.BoolVar(&opt.options.RetryFailed, "retry-failed", false, "try again what failed, quarantined cells too")
	flags.StringVar(&opt.budget, "budget", "", "stop before this much `time` has passed, as in 8h")
	cmd.MarkFlagsMutuallyExclusive("extend", "as-planned")
	return cmd
}

func (opt *resumeOptions) run(cmd *cobra.Command, s streams, dir string) (err error) {
	if err := checkFormat(opt.format); err != nil {
		return err
	}
	past, err := runner.OpenPrevious(dir)
	if err != nil {
		return opt.refused(notBegun(err), dir)
	}
	defer func() {
		if closed := past.Close(); closed != nil {
			err = errors.Join(err, opt.refused(closed, dir))
		}
	}()
	if !opt.asPlanned && opt.extend == "" {
		if err := opt.refuseEdited(past); err != nil {
			return err
		}
	}
	e, src, err := opt.load(past)
	if err != nil {
		return err
	}
	show := newProgress(s.err, opt.quiet)
	ctx, ended := withSignals(cmd.Context())
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(e), src.base(), show.Preparing)
	if err != nil {
		return ended(opt.refused(invalid(err), dir))
	}
	options, err := opt.runOptions(past, e, src)
	if err != nil {
		return opt.refused(err, dir)
	}
	options.Progress = show
	ending, err := runner.Resume(ctx, prep, past, opt.extend != "", options)
	show.Close()
	if err != nil && ending.Kind == "" {
		return ended(opt.refused(opt.explain(err, past), dir))
	}
	return ended(opt.end(s, dir, ending, show, err))
}

// notBegun adds to the error of a directory that cannot be resumed what can be done
// instead.
func notBegun(err error) error {
	if errors.Is(err, journal.ErrNotBegun) {
		return fmt.Errorf("%w: it was killed before anything was measured; run it again", err)
	}
	return err
}

// refused returns the error that keeps a run from going on. If the machine is to blame,
// the run stays incomplete. An experiment that was not edited was right when the run
// began. Where it is refused now, the machine has changed.
func (opt *resumeOptions) refused(err error, dir string) error {
	problems := experiments.Problems(nil)
	if fault.Within(err) == "" && (opt.extend != "" || !errors.As(err, &problems)) {
		return err
	}
	return incomplete(fmt.Errorf("%w\nwhat was measured is kept; once that is mended, go on with it by: iosweep resume %s", err, oneline.ForShell(dir)))
}

// load returns the experiment that the run goes on with: its own, or the edited one.
func (opt *resumeOptions) load(past *runner.PreviousRun) (*experiments.Experiment, experimentSource, error) {
	if opt.extend == "" {
		return opt.parse(past, sourceOf(past, []byte(past.Log.Run.Origin.Source)))
	}
	src, err := findExperiment(opt.extend)
	if err != nil {
		return nil, src, err
	}
	own := sourceOf(past, nil)
	src.work = own.work
	if sameDirectory(filepath.Dir(src.path), past.Dir) { // the copy, edited: it stands for the file
		src.here, src.path = own.here, own.path
	}
	return opt.parse(past, src)
}

func sameDirectory(a, b string) bool {
	is, err := os.Stat(a)
	was, alsoErr := os.Stat(b)
	return err == nil && alsoErr == nil && os.SameFile(is, was)
}

// sourceOf returns the file of an earlier run, with this content.
func sourceOf(past *runner.PreviousRun, data []byte) experimentSource {
	origin := past.Log.Run.Origin
	src := experimentSource{
		file: filepath.Join(past.Dir, "experiment.yaml"), path: origin.File, here: origin.Dir, work: origin.Dir, data: data,
	}
	if _, err := os.Stat(src.work); err != nil {
		src.work, _ = os.Getwd() // what it was called then is gone, or has another name by now
		src.here = src.work
	}
	if !src.shipped() {
		src.here = filepath.Dir(origin.File)
	}
	return src
}

// parse reads an experiment with the overrides of the run. Its --budget was for
// one session, and is over.
func (opt *resumeOptions) parse(past *runner.PreviousRun, src experimentSource) (*experiments.Experiment, experimentSource, error) {
	run := past.Log.Run
	src.overrides = slices.Clone(run.Overrides)
	set := slices.DeleteFunc(slices.Clone(run.Overrides), func(o string) bool { return strings.HasPrefix(o, "budget=") })
	typed := map[string]string{}
	if opt.budget != "" {
		set = append(set, "budget="+opt.budget)
		typed["budget="+opt.budget] = "--budget " + opt.budget
	}
	maxCells, maxTrials := limits(&run, src)
	defer collectOften()()
	e, err := experiments.Parse(src.data, experiments.Options{
		File: src.file, Catalogue: catalogue.New(), CPUs: runtime.NumCPU(), MaxCells: maxCells, MaxTrials: maxTrials,
		Profile: run.Profile, Set: set, Spelling: typed, Only: run.Only,
	})
	return e, src, invalid(err)
}

// limits returns how many cells a grid and how many trials a plan may have. Those that
// the run was begun with were allowed then, by some --max-cells or an earlier version.
func limits(run *journal.Run, src experimentSource) (cells int, trials int64) {
	if string(src.data) == run.Origin.Source {
		return math.MaxInt, math.MaxInt64
	}
	repeats := run.Repeats
	if run.Adaptive != nil {
		repeats = run.Adaptive.Min
	}
	return max(experiments.DefaultMaxCells, len(run.Cells)),
		max(experiments.DefaultMaxTrials, int64(len(run.Cells))*int64(run.Warmup+repeats))
}

// runOptions returns the options that the run had.
func (opt *resumeOptions) runOptions(past *runner.PreviousRun, e *experiments.Experiment, src experimentSource) (runner.Options, error) {
	run := past.Log.Run
	options, err := opt.session.runOptions(src, e, past.Dir)
	options.Reproduce, options.Overrides, options.Only = run.Reproduce, run.Overrides, run.Only
	return options, err
}

// refuseEdited refuses to go on where somebody has edited the experiment since: the
// copy in the results, or the file itself. An edit that changes no measurement is no
// reason.
func (opt *resumeOptions) refuseEdited(past *runner.PreviousRun) error {
	origin := past.Log.Run.Origin
	for _, path := range []string{filepath.Join(past.Dir, "experiment.yaml"), origin.File} {
		data, err := regular.ReadFile(path, experiments.MaxSource)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), string(data) == origin.Source:
			continue // what is gone cannot have been edited: the journal has it
		case err != nil:
			return fmt.Errorf("%w, so whether it was edited cannot be told\nto go on as it was planned: iosweep resume %s --as-planned", err, oneline.ForShell(past.Dir))
		}
		if path != origin.File && slices.Contains(past.Log.Replaced, string(data)) {
			continue // the process that extended the run was killed before it replaced the copy
		}
		src := sourceOf(past, data)
		src.file = path
		e, src, err := opt.parse(past, src)
		if err != nil {
			return fmt.Errorf("%s was edited since the run began: %w\nto go on as it was planned: iosweep resume %s --as-planned", path, err, oneline.ForShell(past.Dir))
		}
		options, err := opt.runOptions(past, e, src)
		if err != nil {
			return err
		}
		changes, err := past.Changes(schedule.NewPlan(e), options)
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			return fmt.Errorf("%s was edited since the run began: %w\n%s", path, &runner.ChangedError{Changes: changes}, opt.choices(past, path))
		}
	}
	return nil
}

// choices returns what can be done about an edited file.
func (opt *resumeOptions) choices(past *runner.PreviousRun, path string) string {
	dir := oneline.ForShell(past.Dir)
	return fmt.Sprintf("to keep what is unchanged and measure what is new: iosweep resume %s --extend %s\nto go on as it was planned: iosweep resume %s --as-planned",
		dir, oneline.ForShell(path), dir)
}

// explain adds what can be done about a plan that is not the one that was run
// although no file was edited.
func (opt *resumeOptions) explain(err error, past *runner.PreviousRun) error {
	var changed *runner.ChangedError
	if errors.As(err, &changed) {
		return fmt.Errorf("%w\nto keep what is unchanged and measure what is new: iosweep resume %s --extend %s",
			changed, oneline.ForShell(past.Dir), oneline.ForShell(filepath.Join(past.Dir, "experiment.yaml")))
	}
	return invalid(err)
}
