package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/runner/journal"
)

// Vacant checks that a directory can take the results of a new run: it is not
// there yet, or empty, or a start was killed in it before the journal had its
// first line. An error says who has it, or what.
func Vacant(out string) error {
	if _, err := os.Stat(filepath.Join(out, journal.LockName)); err == nil {
		held, err := journal.Lock(out)
		if err != nil {
			return err
		}
		defer held.Release()
	}
	return vacant(out)
}

// vacant is Vacant where this process holds the directory.
func vacant(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = journal.ReadDir(out)
	switch {
	case err == nil:
		return fmt.Errorf("%s is not empty: it holds another run; name a new directory with --out, or go on with that one by: iosweep resume %s", out, ForShell(out))
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, journal.ErrNotBegun):
	default:
		return fmt.Errorf("%w; name a new directory with --out", err)
	}
	for _, e := range entries {
		if name := e.Name(); name != journal.LockName && name != journal.FileName {
			return fmt.Errorf("%s is not empty: it holds %s; name a new directory with --out", out, name)
		}
	}
	return nil
}

// takeOver removes the journal of a start that was killed before its first line
// was whole. The directory is held and vacant.
func takeOver(out string) error {
	err := os.Remove(filepath.Join(out, journal.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
