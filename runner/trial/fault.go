package trial

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"iosweep/internal/fault"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// markFault marks the error of a contender that the machine caused. It accepts only evidence
// from this process: the file system is full or read-only, or writing a small file fails. The
// output of the program is no evidence, because it may print anything, and may write about a
// disk that is not under test. An expected failure of verification is no finding if there was
// too little space for a correct outcome.
func (spec *Spec) markFault(ws *workspace.Workspace, m *journal.Measurement, err error, stderr *stderrTail) error {
	what := spec.diskFull(operations.Footprint{})
	if err == nil {
		if spec.Command.ExpectFailure && what != "" {
			return fault.Mark(fmt.Errorf("%s failed its verification as expected, but %s: %s", spec.Command.Name, what, m.Finding), what)
		}
		return nil
	}
	if what == "" && fault.MentionsFull(stderr.String()) {
		// The program may have removed its files before it ended. Then the disk was full if
		// there is less space than its outcome needs.
		what = spec.diskFull(spec.output())
	}
	if what == "" {
		what = fault.Of(spec.tryFile(ws))
	}
	if what == "" {
		return err
	}
	return fault.Mark(err, what)
}

// tryFile writes a small file beside the trial's output, syncs it and removes it.
func (spec *Spec) tryFile(ws *workspace.Workspace) error {
	path := filepath.Join(filepath.Dir(spec.Site.Output), "try")
	f, err := ws.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 4<<10))
	return errors.Join(err, f.Sync(), f.Close(), ws.RemoveTree(path))
}

// fault returns the fault of the machine that made a trial fail with an error, or "".
func (spec *Spec) fault(err error) string {
	what := fault.InChain(err)
	if what == "" && spec.Command == nil {
		what = fault.Of(err)
	}
	if what != "" {
		return what
	}
	return spec.diskFull(operations.Footprint{})
}

// diskFull returns a fault if the file system under test is full or has less free space than
// wanted, or if the file system of temporary files is full. It returns "" if there is no fault.
func (spec *Spec) diskFull(wanted operations.Footprint) string {
	space, err := sysinfo.SpaceOf(spec.Workspace)
	switch {
	case err != nil || !space.Known:
		return ""
	case space.Files > 0 && (space.FilesFree == 0 || space.FilesFree < wanted.Files):
		return fault.Full + " (no inodes)"
	case space.Empty() || space.Free < wanted.Bytes:
		return fault.Full
	}
	if temporary, err := sysinfo.SpaceOf(os.TempDir()); err == nil && temporary.Empty() {
		return fault.Full + " (" + os.TempDir() + ")"
	}
	return ""
}

// output returns the space that the outcome of the trial uses on the file system under test.
func (spec *Spec) output() operations.Footprint {
	op, ok := operations.Named(spec.Operation)
	space, err := sysinfo.SpaceOf(spec.Workspace)
	if !ok || err != nil || !space.Known || spec.Site.Manifest == nil {
		return operations.Footprint{}
	}
	return operations.MeasureWorkload(spec.Site.Workload, spec.Site.Manifest, space.Block).Output(op, spec.Site)
}
