package runner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// A trial may fail because the machine would not: its disk is full, or fails. That
// says nothing of the cell, and it would go on with every trial that follows. So
// such a fault is told from a failure. It is known
//
//  1. by the system's error, where that arrives as an error;
//  2. by the system's text, where the error of a worker process has been through a
//     pipe;
//  3. by the file system, where nothing more can be made, or no file written, when a
//     trial has failed, whatever the program made of that.
//
// A trial that ends well is never one, whatever was printed.

// What the machine may not do.
const (
	faultFull     = "the disk is full"
	faultQuota    = "the disk quota is used up"
	faultReadOnly = "the file system is read-only"
	faultDevice   = "the file system fails (input/output error)"
)

// A systemFault is one of them as the system reports it: an error, and its text in
// lower case.
type systemFault struct {
	err  error
	text string
	what string
}

// faultOf says what the machine would not do where an error tells of it, or "".
func faultOf(err error) string {
	if err == nil {
		return ""
	}
	if what := faultWithin(err); what != "" {
		return what
	}
	for line := range strings.Lines(err.Error()) {
		if what := faultAtEnd(line); what != "" {
			return what
		}
	}
	return ""
}

// faultWithin looks at what an error wraps and not at its text, which may be the
// words of a contender.
func faultWithin(err error) string {
	if blamed, ok := errors.AsType[*faultError](err); ok {
		return blamed.what
	}
	for _, f := range systemFaults {
		if errors.Is(err, f.err) {
			return f.what
		}
	}
	return ""
}

// faultAtEnd reads a line of an error of iosweep's own, as a worker process sends
// it: the system's text comes last, as Go has it, so that it is not the name of a
// file.
func faultAtEnd(line string) string {
	line = strings.ToLower(strings.TrimSpace(line))
	for _, f := range systemFaults {
		if before, ok := strings.CutSuffix(line, f.text); ok && (before == "" || strings.HasSuffix(before, ": ")) {
			return f.what
		}
	}
	return ""
}

// A faultError is an error of a program for which the machine is to blame.
type faultError struct {
	error
	what string
}

func (e *faultError) Unwrap() error { return e.error }

// blameMachine marks the error of a contender that met a fault, on evidence of this
// process's own: that the file system is full, or read-only, or does not take a file
// any more. What the program said is none; it may print what it likes, and of a disk
// that is not under test. That its verification failed as the experiment expects is no
// finding where there was no room for a right outcome.
func (spec *trialSpec) blameMachine(ws *workspace.Workspace, m *journal.Measurement, err error, said *tail) error {
	if err == nil {
		if what := spec.noRoom(operations.Footprint{}); spec.Command.ExpectFailure && what != "" {
			return &faultError{fmt.Errorf("%s failed its verification as expected, but %s: %s", spec.Command.Name, what, m.Finding), what}
		}
		return nil
	}
	what := spec.noRoom(operations.Footprint{})
	if what == "" && saysFull(said.String()) {
		// It may have removed what it made before it ended: then there is less room
		// than its outcome takes.
		what = spec.noRoom(spec.output())
	}
	if what == "" {
		what = faultOf(spec.tryFile(ws))
	}
	if what == "" {
		return err
	}
	return &faultError{err, what}
}

// saysFull reports whether a program printed that a disk is full.
func saysFull(output string) bool {
	output = strings.ToLower(output)
	for _, f := range systemFaults {
		if f.what == faultFull && strings.Contains(output, f.text) {
			return true
		}
	}
	return false
}

// tryFile writes a small file beside the trial's output, syncs it and removes it.
func (spec *trialSpec) tryFile(ws *workspace.Workspace) error {
	path := filepath.Join(filepath.Dir(spec.Site.Output), "try")
	f, err := ws.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 4<<10))
	return errors.Join(err, f.Sync(), f.Close(), ws.Clear(path))
}

// fault says what the machine would not do in a trial that failed with an error,
// or "".
func (spec *trialSpec) fault(err error) string {
	what := faultWithin(err)
	if what == "" && spec.Command == nil {
		what = faultOf(err)
	}
	if what != "" {
		return what
	}
	return spec.noRoom(operations.Footprint{})
}

// noRoom says that the file system under test, or that of temporary files, is full:
// so full that not even so much can be made, and be that nothing.
func (spec *trialSpec) noRoom(wanted operations.Footprint) string {
	space, err := sysinfo.SpaceOf(spec.Workspace)
	switch {
	case err != nil || !space.Known:
		return ""
	case space.Files > 0 && (space.FilesFree == 0 || space.FilesFree < wanted.Files):
		return faultFull + " (no inodes)"
	case space.Empty() || space.Free < wanted.Bytes:
		return faultFull
	}
	if temporary, err := sysinfo.SpaceOf(os.TempDir()); err == nil && temporary.Empty() {
		return faultFull + " (" + os.TempDir() + ")"
	}
	return ""
}

// output is what the trial's outcome takes of the file system under test.
func (spec *trialSpec) output() operations.Footprint {
	op, ok := operations.Named(spec.Operation)
	space, err := sysinfo.SpaceOf(spec.Workspace)
	if !ok || err != nil || !space.Known || spec.Site.Manifest == nil {
		return operations.Footprint{}
	}
	return operations.MeasureExtent(spec.Site.Workload, spec.Site.Manifest, space.Block).Output(op, spec.Site)
}
