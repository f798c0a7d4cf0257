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

// Vacant checks that a directory can take the results of a new run: it is not
// there yet, or empty, or a start was killed in it before the journal had its
// first line. An error says who has it, or what.
func Vacant(out string) error {
	if err := vacant(out); !errors.Is(err, errTaken) {
		return err
	}
	held, err := journal.Lock(out)
	if err != nil {
		return err
	}
	defer held.Release()
	return vacant(out)
}

// errTaken says that a directory has the files of a run.
var errTaken = errors.New("it holds another run")

// vacant is Vacant without asking whether somebody works there just now. Nothing is
// touched.
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
			return fmt.Errorf("%s is not empty: it holds %s; name a new directory with --out", out, other)
		}
		return nil
	}
	_, err = journal.ReadDir(out)
	switch {
	case err == nil:
		return fmt.Errorf("%s is not empty: %w; name a new directory with --out, or go on with that one by: iosweep resume %s", out, errTaken, oneline.ForShell(out))
	case !errors.Is(err, journal.ErrNoRun):
		return fmt.Errorf("%w; name a new directory with --out", err)
	case other != "":
		return fmt.Errorf("%s is not empty: it holds %s, and a journal without a run; name a new directory with --out", out, other)
	}
	return nil
}

// createResults makes the results directory with its parents, and their names
// durable: a journal that is synced is of no use in a directory that is lost.
func createResults(out string) error {
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
