package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/process"
	"iosweep/internal/regular"
	"iosweep/internal/units"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// A Past is a run that is to go on. Its directory is held until it is closed, so
// that nobody else goes on with it.
type Past struct {
	Dir string
	Log *journal.Log

	held *journal.Held
}

// Reopen takes hold of the results directory of a run and reads its journal.
func Reopen(dir string) (*Past, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("%w; DIR is the results directory of a run", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory; DIR is the results directory of a run", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, journal.FileName)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no run: it has no %s", dir, journal.FileName)
	}
	held, err := journal.Lock(dir)
	if err != nil {
		return nil, err
	}
	p := &Past{Dir: dir, held: held}
	if p.Log, err = journal.ReadDir(dir); err == nil && p.Log.Run.Version < journal.FormatVersion {
		err = fmt.Errorf("%s was written by iosweep %s, in a format that says too little to go on with it; reports can be made of it", dir, p.Log.Run.Iosweep)
	}
	if err != nil {
		return nil, errors.Join(err, held.Release())
	}
	return p, nil
}

// Close lets go of the directory, unless a run has taken it over.
func (p *Past) Close() error {
	if p.held == nil {
		return nil
	}
	return p.held.Release()
}

// Changes says line by line what a plan, with these options, would measure
// otherwise than the run did. Nothing: it can go on with this plan.
func (p *Past) Changes(plan *schedule.Plan, opt Options) ([]string, error) {
	planned, err := outline(plan, opt)
	if err != nil {
		return nil, err
	}
	return schedule.Changes(&p.Log.Run, &planned), nil
}

// Resume goes on with a past run: it does the trials of the plan that the journal
// does not hold. A plan that has changed is refused with a *ChangedError, unless
// extend is set: then cells that are as they were keep their trials, new ones are
// run from their first round, and those that are gone keep what they have.
func Resume(ctx context.Context, prep *preflight.Prepared, past *Past, extend bool, opt Options) (Ending, error) {
	prep.ID = past.Log.Run.ID
	header, err := planned(prep, opt)
	if err != nil {
		return Ending{}, err
	}
	if err := sameMachine(past.Log.Run.Machine, header.Machine); err != nil {
		return Ending{}, err
	}
	list := schedule.Changes(&past.Log.Run, &header)
	if len(list) > 0 && !extend {
		return Ending{}, &ChangedError{list}
	}
	r := newRun(prep, opt, schedule.ContinueWith(&past.Log.Run, &header))
	r.replay(past.Log)
	edited := len(list) > 0 || past.Log.Run.Origin.Source != opt.Origin.Source
	if ending := r.ending(journal.NoteFinished); !edited && ending.Undone == 0 && past.finished() {
		return ending, nil // and nothing is touched
	}
	if err := r.reopen(ctx, past, header, list, edited); err != nil {
		return r.notBegun(), errors.Join(err, r.close())
	}
	return r.finish(ctx)
}

// finished says whether the run has gone to its end, and said so.
func (p *Past) finished() bool {
	notes := p.Log.Notes
	return len(notes) > 0 && notes[len(notes)-1].Kind == journal.NoteFinished
}

// replay books what the journal holds.
func (r *run) replay(log *journal.Log) {
	r.records = len(log.Trials)
	cellOf := func(cell int) int { return r.CellOf[cell] }
	r.ledger.Replay(log, cellOf)
	r.ledger.ReplayStuck(log.Notes, cellOf)
	if r.opt.RetryFailed {
		r.ledger.Forgive()
	}
	r.ledger.SettleAll()
}

// A ChangedError says that a plan is not that of the run it should go on with.
type ChangedError struct{ Changes []string }

func (e *ChangedError) Error() string {
	const most = 20
	text, rest := e.Changes, ""
	if len(text) > most {
		text, rest = text[:most], fmt.Sprintf("\n  and %d more", len(text)-most)
	}
	return "the experiment is not the one that was run (- was, + is new, ~ is another):\n  " + strings.Join(text, "\n  ") + rest
}

// sameMachine refuses to put numbers of two machines into one table.
func sameMachine(was, is journal.Machine) error {
	if was.OS == is.OS && was.CPUs == is.CPUs {
		return nil
	}
	return fmt.Errorf("the run was begun on %s with %s (%s), and this is %s with %s (%s): numbers of both do not belong in one table; run the experiment anew",
		was.OS, units.Count(was.CPUs, "cpu"), was.Host, is.OS, units.Count(is.CPUs, "cpu"), is.Host)
}

// reopen is begin for a run that has a journal.
func (r *run) reopen(ctx context.Context, past *Past, planned journal.Run, changed []string, edited bool) (err error) {
	log := past.Log
	r.held, past.held = past.held, nil
	if err := r.OutsideTrees(r.opt.Out); err != nil {
		return err
	}
	if err := r.CheckTrust(r.opt.TrustWorkspace); err != nil {
		return err
	}
	if r.owned, err = lockRun(r.ID); err != nil {
		return err
	}
	if err := r.reclaim(log); err != nil {
		return err
	}
	if err := r.CheckRoom(r.opt.Out, r.opt.Progress.Preparing); err != nil {
		return err
	}
	if r.journal, err = journal.Open(filepath.Join(r.opt.Out, journal.FileName), log); err != nil {
		return err
	}
	if err := r.noteResumed(log, planned.Machine, changed); err != nil {
		return err
	}
	if err := r.writeHeaderIfNew(log, planned); err != nil {
		return err
	}
	r.Merged = nil // as in begin
	if err := r.writeScripts(); err != nil {
		return err
	}
	if err := r.restoreRecords(log, edited); err != nil {
		return err
	}
	if err := r.lookAround(ctx); err != nil {
		return err
	}
	return r.openStores()
}

// noteResumed says in the journal that the run goes on, and what is to be known
// about that.
func (r *run) noteResumed(log *journal.Log, machine journal.Machine, changed []string) error {
	host, _ := os.Hostname()
	text := fmt.Sprintf("after %s, by iosweep %s, process %d on %s", units.Count(r.ledger.Recorded, "trial"), r.opt.Version, os.Getpid(), host)
	if len(changed) > 0 {
		text += ", with a plan that has changed: " + strings.Join(changed[:min(len(changed), 5)], "; ")
	}
	if err := r.note(journal.Note{Kind: journal.NoteResumed, Text: text, RetryFailed: r.opt.RetryFailed}); err != nil {
		return err
	}
	for _, s := range r.stays {
		if err := r.noteLeft(s.path, s.why); err != nil {
			return err
		}
	}
	for _, warning := range resumeWarnings(log, machine, r.opt.Version) {
		if err := r.note(journal.Note{Kind: journal.NoteWarning, Text: warning}); err != nil {
			return err
		}
	}
	return nil
}

// resumeWarnings are what makes a table out of more than one sitting doubtful.
func resumeWarnings(log *journal.Log, machine journal.Machine, version string) (list []string) {
	if log.Torn > 0 {
		list = append(list, fmt.Sprintf("The journal ended in %s of a line that was never written whole; they were cut off when the run was resumed.", units.Count(log.Torn, "byte")))
	}
	was := log.Run.Machine
	for _, fact := range []struct{ what, before, now string }{
		{"host", was.Host, machine.Host},
		{"kernel", was.Kernel, machine.Kernel},
		{"processor", was.CPUModel, machine.CPUModel},
		{"file system", was.Filesystem, machine.Filesystem},
		{"version of iosweep", log.Run.Iosweep, version},
	} {
		if fact.before != fact.now {
			list = append(list, fmt.Sprintf("The run was resumed with another %s: %s, before %s.", fact.what, fact.now, fact.before))
		}
	}
	return list
}

// writeHeaderIfNew puts what has changed of the plan, or of what can be run of it,
// into the journal.
func (r *run) writeHeaderIfNew(log *journal.Log, planned journal.Run) error {
	header, old := r.header(planned), log.Run
	if old.PlanHash == planned.PlanHash && slices.EqualFunc(old.Cells, header.Cells, func(a, b journal.Cell) bool {
		return a.Skip == b.Skip && a.Retired == b.Retired && a.Baseline == b.Baseline && a.Inputs == b.Inputs
	}) && old.Origin.Source == header.Origin.Source {
		return nil
	}
	header.StartedAt = old.StartedAt
	return r.journal.Append(journal.Entry{Run: &header})
}

// restoreRecords writes the files beside the journal that a process which was killed
// has left out, and the plan anew if it is another, or that process did not come to
// that.
func (r *run) restoreRecords(log *journal.Log, edited bool) error {
	missing := func(name string) bool {
		_, err := os.Lstat(filepath.Join(r.opt.Out, name))
		return errors.Is(err, fs.ErrNotExist)
	}
	if missing(environmentFile) {
		return r.writeRecords()
	}
	copied, err := regular.ReadFile(filepath.Join(r.opt.Out, experimentFile), experiments.MaxSource)
	behind := err == nil && string(copied) != r.opt.Origin.Source && slices.Contains(log.Replaced, string(copied))
	if edited || behind || missing(planFile) || missing(experimentFile) {
		return r.writePlan()
	}
	return nil
}

// reclaim removes the workspaces that earlier processes of the run were killed in, but
// for those that were left on purpose, and names that of this one. It touches nothing
// if one of those processes still lives: this may be a copy of its results.
func (r *run) reclaim(log *journal.Log) error {
	parents := slices.Compact(slices.Sorted(slices.Values(slices.Concat(log.Run.Workspaces, r.Workspaces))))
	var left []workspace.Leftover
	for _, parent := range parents {
		found, err := workspace.Leftovers(parent, r.ID)
		if err != nil {
			return err
		}
		left = append(left, found...)
	}
	// Were its trial's process killed with it, something that this had started may
	// still be there.
	process.EndRun(r.ID)
	sessions := 1
	for _, n := range log.Notes {
		if n.Kind == journal.NoteResumed {
			sessions++
		}
	}
	for i := 1; i <= sessions; i++ {
		workspace.EndGroup(r.sessionID(i))
	}
	for _, l := range left {
		sessions = max(sessions, l.Session)
		if l.Foreign || isKept(log.Notes, l.Path) {
			continue
		}
		err := workspace.Reclaim(filepath.Dir(l.Path), r.sessionID(l.Session))
		if _, live := errors.AsType[*workspace.LiveError](err); live || fault.Within(err) != "" {
			return err
		}
		if err != nil { // it is left alone, and keeps nobody from going on
			r.stays = append(r.stays, staying{l.Path, err})
		}
	}
	r.id = r.sessionID(sessions + 1)
	return nil
}

// staying is a workspace of an earlier process that could not be removed.
type staying struct {
	path string
	why  error
}

// sessionID names the workspaces of one process of the run; sessions count from 1.
func (r *run) sessionID(session int) string {
	if session == 1 {
		return r.ID
	}
	return fmt.Sprintf("%s-%d", r.ID, session)
}

// isKept reports whether a workspace was left on purpose: --keep-workspace.
func isKept(notes []journal.Note, path string) bool {
	return slices.ContainsFunc(notes, func(n journal.Note) bool {
		// The same workspace may have another path by now.
		kept := filepath.ToSlash(n.Text) + "/"
		return n.Kind == journal.NoteKept && strings.Contains(kept, "/"+filepath.Base(path)+"/")
	})
}
