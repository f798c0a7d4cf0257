//go:build !unix

package dirio

import (
	"os"
	"path/filepath"
)

// stateAt returns the state of a directory entry. This system has neither inodes nor change
// times.
func stateAt(dir *os.File, name string) (entryState, error) {
	info, err := os.Lstat(filepath.Join(dir.Name(), name))
	if err != nil {
		return entryState{}, err
	}
	return entryState{mode: uint32(info.Mode()), size: info.Size(), modified: info.ModTime(), changed: info.ModTime()}, nil
}
