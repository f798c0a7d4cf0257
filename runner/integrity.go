package runner

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/experiments"
	"iosweep/internal/dirio"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// All trials stand on some ground: the run's own directory with its marker, the
// journal, and the trees that items come from. Where a trial, or somebody else, has
// changed that, the trials that follow would fail, or measure other work, on account
// of cells that did nothing wrong. So the run stops, and says what changed and under
// which trial.

// checkBefore finds what has changed since the last trial.
func (r *run) checkBefore(t schedule.Slot) error {
	if err := r.journal.Check(); err != nil {
		return fmt.Errorf("after %s: %w", cmp.Or(r.latest, "the start"), err)
	}
	if err := r.stores[r.Places[t.Cell].Workspace].ws.Check(); err != nil {
		return fmt.Errorf("after %s: %w", cmp.Or(r.latest, "the start"), err)
	}
	return r.checkScripts(t.Cell)
}

// command returns the command of a cell that is a contender's.
func (r *run) command(cell int) (experiments.Command, bool) {
	return r.Plan.Experiment.Command(r.Plan.Experiment.Cells[cell])
}

// checkScripts finds a script of a contender that is not the one that was planned.
func (r *run) checkScripts(cell int) error {
	cmd, ok := r.command(cell)
	if !ok {
		return nil
	}
	for _, script := range cmd.ScriptPaths() {
		path := filepath.Join(r.opt.Here, filepath.FromSlash(script))
		info, err := os.Stat(path)
		was, known := r.scripts[path]
		switch {
		case !known:
			r.scripts[path] = info
		case (err == nil) != (was != nil):
			return fmt.Errorf("%s, which the command %q runs, came or went while the run went on", path, cmd.Name)
		case err == nil && (!os.SameFile(was, info) || was.Size() != info.Size() || !was.ModTime().Equal(info.ModTime())):
			return fmt.Errorf("%s, which the command %q runs, has changed while the run went on, at %s\nto measure the changed one as another cell: iosweep resume with --extend",
				path, cmd.Name, info.ModTime().Format(time.TimeOnly))
		}
	}
	return nil
}

// newMounts names what was mounted below the run's directory since it was called last,
// or "". After a contender, compare has seen it.
func (s *store) newMounts() string {
	was := slices.Clone(s.mounts)
	s.mounts = workspace.Mounts(s.ws.Path())
	for _, at := range s.mounts {
		i := slices.Index(was, at)
		if i < 0 {
			return "something was mounted at " + at
		}
		was = slices.Delete(was, i, i+1)
	}
	return ""
}

// checkAfter looks for what has changed while a trial ran. A contender has failed then:
// a resumed run does not let it do so again. Any other trial is done again.
func (r *run) checkAfter(ctx context.Context, cell int, end *trialResult) {
	why := ""
	if err := end.store.ws.Check(); err != nil {
		why = err.Error()
	} else if why = end.store.newMounts(); why == "" {
		why = r.treeChanged(ctx, cell, end)
	}
	if why == "" {
		return
	}
	end.changed = fmt.Sprintf("%s, while %s ran (trial %d)", why, end.record.Name, end.record.Trial)
	if _, contender := r.command(cell); contender {
		addFailure(&end.record, end.changed)
		end.record.Void = false // resumed, it would do so again
		return
	}
	end.record.Status, end.record.Error, end.record.Void = journal.Failed, end.changed, true
}

// treeChanged reports what has changed in the tree of a cell's items since it was
// surveyed, or "". It looks after a contender, which may have done it, and after a
// failure, which it may explain: to look takes as long as reading the names of all
// files.
func (r *run) treeChanged(ctx context.Context, cell int, end *trialResult) string {
	at := r.Places[cell]
	tree := at.Workload.From
	_, contender := r.command(cell)
	if tree == "" || !contender && end.record.Status == journal.OK {
		return ""
	}
	now, err := dirio.StateOfTree(ctx, tree)
	switch {
	case ctx.Err() != nil: // the run is being ended
		return ""
	case err != nil:
		return fmt.Sprintf("the tree %s (%s) cannot be read any more: %v", tree, experiments.From, err)
	case now.Sum == at.Tree.Sum:
		return ""
	}
	return fmt.Sprintf("the tree %s (%s) has changed since it was surveyed%s", tree, experiments.From, lastChanged(tree, now))
}
