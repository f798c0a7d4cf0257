package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
	"iosweep/internal/oneline"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
)

// Vacant checks that a directory is vacant: it can become the results directory of a new run. The
// directory may be missing or empty, or it may contain only a journal without a complete first
// line, from a process that was killed. The error names the contents of the directory, or the
// process that uses it.
func Vacant(out string) error {
	if err := vacant(out); !errors.Is(err, errTaken) {
		return err
	}
	lock, err := journal.Lock(out)
	if err != nil {
		return err
	}
	defer lock.Release()
	return vacant(out)
}

// errTaken reports that a directory contains the files of a run.
var errTaken = errors.New("it contains another run")

// IsTaken reports whether Run returned err because another run uses the results directory, or has
// used it.
func IsTaken(err error) bool {
	_, locked := errors.AsType[*journal.LockedError](err)
	return locked || errors.Is(err, errTaken)
}

// vacant does the checks of Vacant, but does not check whether another process uses the directory.
// It changes nothing.
func vacant(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("results directory: %w; name another with --out", err)
	}
	other, begun := "", false
	for _, e := range entries {
		switch e.Name() {
		case journal.LockName:
		case journal.FileName:
			begun = true
		default:
			other = e.Name()
		}
	}
	if !begun {
		if other != "" {
			return fmt.Errorf("the results directory %s is not empty: it contains %s; name a new directory with --out", out, other)
		}
		return nil
	}
	_, err = journal.ReadDir(out)
	switch {
	case err == nil:
		return fmt.Errorf("the results directory %s is not empty: %w; name a new directory with --out, or continue that run: iosweep resume %s", out, errTaken, oneline.ForShell(out))
	case !errors.Is(err, journal.ErrNoRun):
		return fmt.Errorf("%w; name a new directory with --out", err)
	case other != "":
		return fmt.Errorf("the results directory %s is not empty: it contains %s, and a journal without a run; name a new directory with --out", out, other)
	}
	return nil
}

// CreateResults creates the results directory with its parents, and syncs the parents. A synced
// journal would be lost if the name of its directory were lost.
func CreateResults(out string) error {
	abs, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	above := preflight.NearestExisting(abs)
	if err := workspace.CreateResults(abs); err != nil {
		return err
	}
	for dir := abs; dir != above; {
		dir = filepath.Dir(dir)
		if err := durable.OS.SyncDir(dir); err != nil {
			return err
		}
	}
	return nil
}
