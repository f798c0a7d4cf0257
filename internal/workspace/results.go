package workspace

import (
	"errors"
	"io/fs"
	"os"
)

// CreateResults makes the directory that a run's files go into, with its
// parents.
func CreateResults(path string) error {
	return os.MkdirAll(path, 0o755)
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
