package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// A PreviousRun is a run being resumed. Its directory is held until it is closed, so
// that no other process resumes it too.
type PreviousRun struct {
	Dir string
	Log *journal.Log

	lock *journal.DirLock
}

// OpenPrevious takes hold of the results directory of a run and reads its journal.
func OpenPrevious(dir string) (*PreviousRun, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("%w; DIR is the results directory of a run", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory; DIR is the results directory of a run", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, journal.FileName)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no run: it has no %s", dir, journal.FileName)
	}
	lock, err := journal.Lock(dir)
	if err != nil {
		return nil, err
	}
	p := &PreviousRun{Dir: dir, lock: lock}
	if p.Log, err = journal.ReadDir(dir); err == nil && p.Log.Run.Version < journal.FormatVersion {
		err = fmt.Errorf("%s was written by iosweep %s, in a format that says too little to go on with it; reports can be made of it", dir, p.Log.Run.Iosweep)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return p, nil
}

// Close lets go of the directory, unless a run has taken it over.
func (p *PreviousRun) Close() error {
	if p.lock == nil {
		return nil
	}
	return p.lock.Release()
}

// Changes says line by line what a plan, with these options, would measure
// otherwise than the run did. Nothing: it can go on with this plan.
func (p *PreviousRun) Changes(plan *schedule.Plan, opt Options) ([]string, error) {
	planned, err := planHeader(plan, preflight.PlannedCells(plan.Experiment), opt)
	if err != nil {
		return nil, err
	}
	return schedule.Changes(&p.Log.Run, &planned), nil
}

// finished reports whether the run has gone to its end, and said so.
func (p *PreviousRun) finished() bool {
	notes := p.Log.Notes
	return len(notes) > 0 && notes[len(notes)-1].Kind == journal.NoteFinished
}

// A ChangedError says that a plan is not that of the run it should go on with.
type ChangedError struct{ Changes []string }

func (e *ChangedError) Error() string {
	const most = 20
	text := "the experiment is not the one that was run (- was, + is new, ~ is another):"
	for _, change := range e.Changes[:min(len(e.Changes), most)] {
		text += "\n  " + oneline.Of(change) // it may hold the name of a cell of somebody else's journal
	}
	if more := len(e.Changes) - most; more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return text
}

// sameMachine refuses to put numbers of two machines into one table.
func sameMachine(was, is journal.Machine) error {
	if was.OS == is.OS && was.CPUs == is.CPUs {
		return nil
	}
	return fmt.Errorf("the run was begun on %s with %s (%s), and this is %s with %s (%s): numbers of both do not belong in one table; run the experiment anew",
		was.OS, units.Count(was.CPUs, "cpu"), was.Host, is.OS, units.Count(is.CPUs, "cpu"), is.Host)
}

// resumeWarnings are what makes a table out of more than one session doubtful.
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
