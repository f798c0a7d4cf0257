package main

import (
	"cmp"
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

	"iosweep/cluster"
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
		Short: "Continue a run that was interrupted, killed, or out of budget",
		Long: `Resume continues a run that stopped early, for any reason. DIR is its results
directory. Completed trials are kept. The trial that was interrupted and all
remaining trials are run, in the planned order. The overrides of the run still
apply, except --budget: each session has the budget of the file or of its own
--budget.

If the experiment file was edited since the run began, resume prints the changes and
stops. To continue with the edited file, use --extend: unchanged cells keep their
trials, new cells are run, and removed cells keep the trials they have. To ignore
the edit, use --as-planned.`,
		Example: `  iosweep resume results/overnight-20260102-220000
  iosweep resume results/night --extend overnight.yaml --budget 8h
  iosweep resume results/night --retry-failed`,
		Args: exactlyOne("DIR", runArg),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.run(cmd, s, args[0]) },
	}
	opt.session.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&opt.extend, "extend", "", "continue with this edited experiment `FILE`")
	flags.BoolVar(&opt.asPlanned, "as-planned", false, "continue with the experiment as it was when the run began")
	flags.BoolVar(&opt.options.RetryFailed, "retry-failed", false, "retry the failed trials, also of quarantined cells")
	flags.StringVar(&opt.budget, "budget", "", budgetUsage)
	cmd.MarkFlagsMutuallyExclusive("extend", "as-planned")
	return cmd
}

func (opt *resumeOptions) run(cmd *cobra.Command, s streams, dir string) (err error) {
	if err := opt.check(); err != nil {
		return err
	}
	if cluster.IsSweep(dir) {
		return fmt.Errorf("%s is a sweep on a cluster, which resume cannot continue\nto submit its missing shards: iosweep submit %s", dir, oneline.ForShell(dir))
	}
	previous, err := runner.OpenPrevious(dir)
	if err != nil {
		return opt.refused(notBegun(err), dir)
	}
	defer func() {
		if closed := previous.Close(); closed != nil {
			err = errors.Join(err, opt.refused(closed, dir))
		}
	}()
	if !opt.asPlanned && opt.extend == "" {
		unused, err := opt.refuseEdited(previous)
		if err != nil {
			return err
		}
		if unused != "" {
			fmt.Fprintf(s.err, "note: the edits of %s change no measurement, so the run continues as planned; --extend applies them\n", unused)
		}
	}
	e, src, err := opt.load(previous)
	if err != nil {
		return err
	}
	if err := opt.failOn.checkPlan(e); err != nil {
		return err
	}
	if opt.extend != "" {
		if err := src.checkScripts(e); err != nil {
			return err
		}
	}
	if opt.asPlanned {
		switch used, err := opt.useKept(previous, e, &src); {
		case err != nil:
			return opt.refused(err, dir)
		case used:
			fmt.Fprintf(s.err, "note: a script was edited since the run began, so the run continues with the copies in %s\n", src.here)
		}
	}
	show := newProgress(s.err, opt.progress)
	ctx, withSignal := withSignals(cmd.Context())
	base := src.base()
	base.Sources = previous.Log.Run.Sources
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(e), base, show.Preparing)
	if err != nil {
		return withSignal(interrupted(opt.refused(invalid(err), dir), keptTrials(dir)))
	}
	options, err := opt.runOptions(previous, e, src)
	if err != nil {
		return opt.refused(err, dir)
	}
	options.Progress = show
	show.names = cellNamesOf(prep.Cells)
	for _, line := range treeLines(prep) {
		show.Preparing(line)
	}
	announceSkipped(show, prep.Cells)
	ending, err := runner.Resume(ctx, prep, previous, opt.extend != "", options)
	show.Close()
	if err != nil && ending.Kind == "" {
		return withSignal(interrupted(opt.refused(opt.explain(err, previous, options.Here), dir), keptTrials(dir)))
	}
	return withSignal(opt.end(s, dir, ending, show, err))
}

// notBegun adds advice to the error of a run without any trial.
func notBegun(err error) error {
	if errors.Is(err, journal.ErrNoRun) {
		return fmt.Errorf("%w\nthe run was killed before its first trial; start it again with iosweep run", err)
	}
	return err
}

// refused returns the error of a run that cannot be resumed. If the machine is the cause,
// the run is incomplete. An experiment that was not edited was valid when the run began. If
// it is refused now, the machine is the cause too.
func (opt *resumeOptions) refused(err error, dir string) error {
	problems := experiments.Problems(nil)
	if fault.InChain(err) == "" && (opt.extend != "" || !errors.As(err, &problems)) {
		return err
	}
	return incomplete(fmt.Errorf("%w\nthe completed trials are kept; to continue after fixing the problem: iosweep resume %s", err, oneline.ForShell(dir)))
}

// load returns the experiment to continue with: the recorded one, or the edited file of
// --extend.
func (opt *resumeOptions) load(previous *runner.PreviousRun) (*experiments.Experiment, experimentSource, error) {
	if opt.extend == "" {
		return opt.parse(previous, sourceOf(previous, []byte(previous.Log.Run.Origin.Source)))
	}
	src, err := findExperiment(opt.extend)
	if err != nil {
		return nil, src, err
	}
	own := sourceOf(previous, nil)
	src.work = own.work
	if sameDirectory(filepath.Dir(src.path), previous.Dir) { // the edited copy in the results replaces the original file
		src.here, src.path = own.here, own.path
	}
	return opt.parse(previous, src)
}

// sameDirectory reports whether two paths name the same directory.
func sameDirectory(a, b string) bool {
	is, err := os.Stat(a)
	was, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(is, was)
}

// sourceOf returns the experiment file of a run, with this content.
func sourceOf(previous *runner.PreviousRun, data []byte) experimentSource {
	origin := previous.Log.Run.Origin
	src := experimentSource{
		file: filepath.Join(previous.Dir, "experiment.yaml"), path: origin.File, here: origin.Dir, work: origin.Dir, data: data, bundle: origin.Bundle,
	}
	if _, err := os.Stat(src.work); err != nil {
		src.work, _ = os.Getwd() // the directory was removed or renamed
		src.here = src.work
	}
	if !src.shipped() {
		src.here = hereOf(origin.File)
		if _, err := os.Stat(origin.File); err != nil {
			src.here = cmp.Or(keptHere(previous), src.here)
		}
	}
	return src
}

// keptHere returns the absolute path of the directory with the copies of the scripts of a run, or "".
func keptHere(previous *runner.PreviousRun) string {
	kept := runner.KeptHere(previous.Dir)
	if abs, err := filepath.Abs(kept); err == nil && kept != "" {
		return abs
	}
	return ""
}

// useKept makes {here} stand for the copies of the scripts, if the scripts were edited since and the
// copies were not.
func (opt *resumeOptions) useKept(previous *runner.PreviousRun, e *experiments.Experiment, src *experimentSource) (used bool, err error) {
	kept := keptHere(previous)
	if kept == "" || kept == src.here {
		return false, nil
	}
	edited := func(here string) (bool, error) {
		from := *src
		from.here = here
		options, err := opt.runOptions(previous, e, from)
		if err != nil {
			return false, err
		}
		changes, err := previous.Changes(schedule.NewPlan(e), options)
		return len(changes) > 0, err
	}
	if changed, err := edited(src.here); err != nil || !changed {
		return false, err
	}
	if changed, err := edited(kept); err != nil || changed {
		return false, err
	}
	src.here = kept
	return true, nil
}

// parse parses an experiment with the overrides of the run, except --budget, which
// applies to one session only.
func (opt *resumeOptions) parse(previous *runner.PreviousRun, src experimentSource) (*experiments.Experiment, experimentSource, error) {
	run := previous.Log.Run
	src.overrides = slices.Clone(run.Overrides)
	set := slices.DeleteFunc(slices.Clone(run.Overrides), func(o string) bool { return strings.HasPrefix(o, "budget=") })
	typed := map[string]string{}
	if opt.budget != "" {
		set = append(set, "budget="+opt.budget)
		typed["budget="+opt.budget] = "--budget " + opt.budget
	}
	interpreters := src.interpreters
	switch {
	case len(run.Found) == 0:
	case opt.extend == "":
		interpreters = func() []string { return run.Found }
	default: // new interpreters, and those with measured cells that PATH has no longer
		interpreters = func() []string { return append(slices.Clone(run.Found), src.interpreters()...) }
	}
	maxCells, maxTrials := limits(&run, src)
	defer collectOften()()
	e, err := experiments.Parse(src.data, experiments.Options{
		File: src.file, Catalogue: catalogue.New(), CPUs: runtime.NumCPU(), MaxCells: maxCells, MaxTrials: maxTrials,
		Profile: run.Profile, Set: set, Spelling: typed, AB: abOf(&run), Only: run.Only, Interpreters: interpreters,
	})
	return e, src, invalid(err)
}

// limits returns the largest number of cells and trials that the parser accepts. It always
// accepts the numbers that the run began with. They were valid then, by --max-cells or in an
// earlier version.
func limits(run *journal.Run, src experimentSource) (cells int, trials int64) {
	if journal.SameSource(string(src.data), run.Origin.Source) {
		return math.MaxInt, math.MaxInt64
	}
	repeats := run.Repeats
	for i := range run.Cells {
		repeats = max(repeats, run.Cells[i].Repeats)
	}
	if run.Adaptive != nil {
		repeats = run.Adaptive.Min
	}
	return max(experiments.DefaultMaxCells, len(run.Cells)),
		max(experiments.DefaultMaxTrials, int64(len(run.Cells))*int64(run.Warmup+repeats))
}

// runOptions returns the options that the run began with.
func (opt *resumeOptions) runOptions(previous *runner.PreviousRun, e *experiments.Experiment, src experimentSource) (runner.Options, error) {
	run := previous.Log.Run
	options, err := opt.session.runOptions(src, e, previous.Dir)
	options.Reproduce, options.Overrides, options.Only = run.Reproduce, run.Overrides, run.Only
	if run.Published != nil && run.Published.Bundle != "" {
		options.Published = tableOfBundle(&run, e)
	}
	return options, err
}

// refuseEdited returns an error if the experiment was edited since the run began. It checks
// the copy in the results and the original file. Edits that change no measurement are
// accepted; unused is the path of a file with such edits.
func (opt *resumeOptions) refuseEdited(previous *runner.PreviousRun) (unused string, err error) {
	origin := previous.Log.Run.Origin
	for _, path := range []string{filepath.Join(previous.Dir, "experiment.yaml"), origin.File} {
		data, err := regular.ReadFile(path, experiments.MaxSource)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), journal.SameSource(string(data), origin.Source):
			continue // an unreadable file is not an edit; the journal contains the experiment
		case err != nil:
			return "", fmt.Errorf("cannot check whether the experiment was edited: %w\nto continue as planned: iosweep resume %s --as-planned", err, oneline.ForShell(previous.Dir))
		}
		if path != origin.File && previous.Log.IsReplaced(string(data)) {
			continue // the process that extended the run was killed before it replaced the copy
		}
		src := sourceOf(previous, data)
		src.file = path
		e, src, err := opt.parse(previous, src)
		if err != nil {
			return "", fmt.Errorf("%s was edited since the run began: %w\nto continue as planned: iosweep resume %s --as-planned", path, err, oneline.ForShell(previous.Dir))
		}
		options, err := opt.runOptions(previous, e, src)
		if err != nil {
			return "", err
		}
		changes, err := previous.Changes(schedule.NewPlan(e), options)
		if err != nil {
			return "", err
		}
		if len(changes) > 0 {
			return "", fmt.Errorf("%s was edited since the run began: %w%s\n%s", path, &runner.ChangedError{Changes: changes},
				adviceOnLineEnds(&previous.Log.Run, options.Here), opt.choices(previous, path))
		}
		unused = path
	}
	return unused, nil
}

// choices returns the commands that continue a run whose file was edited.
func (opt *resumeOptions) choices(previous *runner.PreviousRun, path string) string {
	dir := oneline.ForShell(previous.Dir)
	return fmt.Sprintf("to keep unchanged cells and run new ones: iosweep resume %s --extend %s\nto continue as planned: iosweep resume %s --as-planned",
		dir, oneline.ForShell(path), dir)
}

// explain adds advice to the error of a plan that has changed although no file was edited.
func (opt *resumeOptions) explain(err error, previous *runner.PreviousRun, here string) error {
	var changed *runner.ChangedError
	if errors.As(err, &changed) {
		asPlanned := ""
		if kept := keptHere(previous); kept != "" && kept != here && !opt.asPlanned {
			asPlanned = fmt.Sprintf("\nto continue with the scripts as they were: iosweep resume %s --as-planned", oneline.ForShell(previous.Dir))
		}
		return fmt.Errorf("%w%s\nto keep unchanged cells and run new ones: iosweep resume %s --extend %s%s",
			changed, adviceOnLineEnds(&previous.Log.Run, here), oneline.ForShell(previous.Dir), oneline.ForShell(filepath.Join(previous.Dir, "experiment.yaml")), asPlanned)
	}
	return invalid(err)
}
