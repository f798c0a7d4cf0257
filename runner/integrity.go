package runner

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/experiments"
	"iosweep/internal/dirio"
	"iosweep/internal/oneline"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// All trials depend on the run directory with its marker, the journal, and the trees that contain
// the items. If a trial or another process changes one of them, later trials fail or measure
// different work, although their cells are not the cause. So the run stops with an error that
// names the change and the trial during which it happened.

// checkBefore returns an error if the journal, the run directory or a script has changed since the
// last trial.
func (r *run) checkBefore(slot schedule.Slot) error {
	if err := r.journal.Check(); err != nil {
		return fmt.Errorf("after %s: %w", cmp.Or(r.latest, "the start"), err)
	}
	if err := r.stores[r.Places[slot.Cell].Workspace].ws.Check(); err != nil {
		return fmt.Errorf("after %s: %w", cmp.Or(r.latest, "the start"), err)
	}
	if err := r.checkScripts(slot.Cell); err != nil {
		return err
	}
	return r.warnChangedPrograms()
}

// command returns the command of a cell, if the cell has a contender.
func (r *run) command(cell int) (experiments.Command, bool) {
	return r.Plan.Experiment.Command(r.Plan.Experiment.Cells[cell])
}

// noteScripts notes the state of all scripts of contenders before the first trial. A script that a
// run did not have at its start is left out, because the program may make it.
func (r *run) noteScripts(planned *journal.Run) {
	sums := map[string]map[string]string{} // by command
	for _, c := range planned.Commands {
		sums[c.Name] = c.Scripts
	}
	for c, script := range r.Plan.Experiment.Scripts() {
		path := filepath.Join(r.opt.Here, filepath.FromSlash(script.Path))
		if _, known := r.scripts[path]; known || sums[c.Name][script.Path] == journal.MissingScript {
			continue
		}
		if info, err := os.Stat(path); err == nil && (script.Whole || info.Mode().IsRegular()) {
			r.scripts[path] = notedScript{info, script.Whole}
		}
	}
}

// A notedScript is the state of a script at the start of a session.
type notedScript struct {
	os.FileInfo
	whole bool // see experiments.Script
}

// checkScripts returns an error if a script of a cell has changed since the start of this session. A
// path within a text can be a marker or a log that the program removes or writes, so its change is a
// warning, and its removal is none.
func (r *run) checkScripts(cell int) error {
	cmd, ok := r.command(cell)
	if !ok {
		return nil
	}
	e := r.Plan.Experiment
	for _, script := range e.ScriptPaths(&cmd, maps.Collect(e.FactorsOf(e.Cells[cell]))) {
		path := filepath.Join(r.opt.Here, filepath.FromSlash(script))
		was, noted := r.scripts[path]
		if !noted {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil && !was.whole:
			delete(r.scripts, path)
		case err != nil:
			return fmt.Errorf("%s, a script of the command %q, was removed during the run", path, cmd.Name)
		case os.SameFile(was.FileInfo, info) && was.Size() == info.Size() && was.ModTime().Equal(info.ModTime()):
		case !was.whole:
			delete(r.scripts, path)
			if err := r.warn(oneline.Of(fmt.Sprintf("%s, which the command %q names, was changed during the run, at %s. If it is a script, cells may have trials of both versions.", path, cmd.Name, info.ModTime().Format(time.TimeOnly)))); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%s, a script of the command %q, was changed during the run, at %s\nto measure the changed script as a new cell: iosweep resume with --extend\nif the program changes this file itself, let it use a file outside {here}",
				path, cmd.Name, info.ModTime().Format(time.TimeOnly))
		}
	}
	return nil
}

// newMounts describes the first mount below the run directory since the previous call, or returns
// "". For a contender, compare calls it before checkAfter does.
func (s *store) newMounts() string {
	was := slices.Clone(s.mounts)
	s.mounts = workspace.Mounts(s.ws.Path())
	for _, at := range s.mounts {
		i := slices.Index(was, at)
		if i < 0 {
			return "a file system was mounted at " + at
		}
		was = slices.Delete(was, i, i+1)
	}
	return ""
}

// checkAfter checks for changes during a trial. If there is one, the trial of a contender has
// failed, and a resumed run does not repeat it. The trial of a built-in strategy is void, and a
// resumed run repeats it.
func (r *run) checkAfter(ctx context.Context, cell int, result *trialResult) {
	why := ""
	if err := result.store.ws.Check(); err != nil {
		why = err.Error()
	} else if why = result.store.newMounts(); why == "" {
		why = r.treeChanged(ctx, cell, result)
	}
	if why == "" {
		return
	}
	result.changed = fmt.Sprintf("%s, while %s ran (trial %d)", why, result.record.Name, result.record.Trial)
	if _, contender := r.command(cell); contender {
		addFailure(&result.record, result.changed)
		result.record.Void = false // a repeated trial would make the same change
		return
	}
	result.record.Status, result.record.Error, result.record.Void = journal.Failed, result.changed, true
}

// treeChanged describes a change in the tree of a cell's items since its survey, or returns "". It
// reads the names of all files, which takes time. So it examines the tree only after a contender,
// which may have changed it, and after a failure, which a change may explain.
func (r *run) treeChanged(ctx context.Context, cell int, result *trialResult) string {
	at := r.Places[cell]
	tree := at.Workload.From
	_, contender := r.command(cell)
	if tree == "" || !contender && result.record.Status == journal.OK {
		return ""
	}
	now, err := dirio.StateOfTree(ctx, tree)
	switch {
	case ctx.Err() != nil: // the run was cancelled
		return ""
	case err != nil:
		return fmt.Sprintf("the tree %s (%s) can no longer be read: %v", tree, experiments.From, err)
	case now.Sum == at.Tree.Sum:
		return ""
	}
	details := ""
	if dir, err := dirio.OpenTree(tree); err == nil {
		defer dir.Close()
		details = describeChanges(ctx, dir, at.Manifest, at.Tree, now)
	}
	return fmt.Sprintf("the tree %s (%s) has changed since it was surveyed%s, at %s", tree, experiments.From, details, now.At.Format(time.TimeOnly+".000"))
}
