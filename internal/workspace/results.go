package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// CheckResults says whether a directory can take a run's files: it is not
// there yet, or it is empty, so that no run writes over another.
func CheckResults(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: it may hold another run; name a new directory with --out", path)
	}
	return nil
}

// CreateResults makes the directory that a run's files go into, with its
// parents.
func CreateResults(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return CheckResults(path)
}

// CreateIn makes one directory in the results of a run; that it exists is fine.
func CreateIn(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrExist) {
		info, statErr := os.Stat(path)
		if statErr == nil && info.IsDir() {
			return nil
		}
	}
	return err
}
