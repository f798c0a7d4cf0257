package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// A PreviousRun is a run being resumed. Its directory is locked until Close, so that no other
// process can resume the run at the same time.
type PreviousRun struct {
	Dir string
	Log *journal.Log

	lock *journal.DirLock
}

// OpenPrevious locks the results directory of a run and reads its journal.
func OpenPrevious(dir string) (*PreviousRun, error) {
	const expected = "expected the results directory of a run"
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s does not exist; %s", dir, expected)
	case err != nil:
		return nil, fmt.Errorf("%w; %s", err, expected)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is not a directory; %s", dir, expected)
	}
	if _, err := os.Stat(filepath.Join(dir, journal.FileName)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s contains no run: it has no %s; %s", dir, journal.FileName, expected)
	}
	lock, err := journal.Lock(dir)
	if err != nil {
		return nil, err
	}
	p := &PreviousRun{Dir: dir, lock: lock}
	p.Log, err = journal.ReadDir(dir)
	switch {
	case err != nil:
	case len(p.Log.Run.Nodes) > 0:
		err = fmt.Errorf("%s is a sweep of %s on a cluster, which resume cannot continue\nto submit its missing shards: iosweep submit %s", dir, units.Count(len(p.Log.Run.Nodes), "node"), oneline.ForShell(dir))
	case !p.Log.Run.IsResumable():
		err = fmt.Errorf("%s was written by iosweep %s in an older format that cannot be resumed; iosweep report can still read it", dir, p.Log.Run.Iosweep)
	default:
		err = checkCustomAxes(&p.Log.Run, dir)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return p, nil
}

// checkCustomAxes refuses a run of an earlier version with a custom axis whose name is a built-in
// axis now. Its levels would have another meaning in the resumed run.
func checkCustomAxes(r *journal.Run, dir string) error {
	for i := range r.Cells {
		for _, name := range r.Cells[i].Custom {
			// A level of revision is the same text, as long as no command has a source.
			if _, builtIn := experiments.AxisNamed(name); builtIn && (name != experiments.Revision.String() || len(r.Sources) > 0) {
				return fmt.Errorf("%s has a custom axis named %s, which is a built-in axis in this version, so the run cannot be resumed; iosweep report can still read it\nto measure again: rename the axis in the experiment file, and start a new run", dir, name)
			}
		}
	}
	return nil
}

// Close unlocks the directory, unless Resume has taken over the lock.
func (p *PreviousRun) Close() error {
	if p.lock == nil {
		return nil
	}
	return p.lock.Release()
}

// Changes lists the differences between a plan with these options and the run. If there are none,
// the run can continue with the plan.
func (p *PreviousRun) Changes(plan *schedule.Plan, opt Options) ([]string, error) {
	planned, err := planHeader(plan, preflight.PlannedCells(plan.Experiment), opt)
	if err != nil {
		return nil, err
	}
	return schedule.Changes(&p.Log.Run, &planned), nil
}

// A ChangedError reports that a plan differs from the plan of the run being resumed.
type ChangedError struct{ Changes []string }

func (e *ChangedError) Error() string {
	const most = 20
	text := "the experiment has changed since the run (- removed, + added, ~ changed):"
	for _, change := range e.Changes[:min(len(e.Changes), most)] {
		text += "\n  " + oneline.Of(change) // names of cells in a journal may contain control characters
	}
	if more := len(e.Changes) - most; more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	return text
}

// sameMachine returns an error if two sessions ran on different machines, because their results
// do not belong in one table.
func sameMachine(was, is journal.Machine) error {
	if was.OS == is.OS && was.CPUs == is.CPUs {
		return nil
	}
	return fmt.Errorf("the run started on %s with %s (%s), and this is %s with %s (%s): results of two machines do not belong in one table\nstart a new run of the experiment",
		was.OS, units.Count(was.CPUs, "cpu"), was.Host, is.OS, units.Count(is.CPUs, "cpu"), is.Host)
}

// resumeWarnings returns warnings about differences between sessions, which may make a common
// table misleading.
func resumeWarnings(log *journal.Log, machine journal.Machine, version string) (list []string) {
	if log.Torn > 0 {
		list = append(list, fmt.Sprintf("The journal ended with %s of an incomplete line; they were removed when the run was resumed.", units.Count(log.Torn, "byte")))
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
