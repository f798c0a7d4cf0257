package workspace

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// Sync writes out everything that waits for the disk that the workspace is on. It uses
// the open directory: what a contender has put under its name may block, or be elsewhere.
func (w *Workspace) Sync() error {
	if err := unix.Syncfs(int(w.File().Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: w.Path(), Err: err}
	}
	return nil
}
