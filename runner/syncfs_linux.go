package runner

import (
	"io/fs"

	"golang.org/x/sys/unix"

	"iosweep/internal/workspace"
)

// syncFilesystem writes out everything that waits for the disk under test. It uses the
// open directory: what a contender has put under its name may block, or be elsewhere.
func syncFilesystem(ws *workspace.Workspace) error {
	if err := unix.Syncfs(int(ws.File().Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: ws.Path(), Err: err}
	}
	return nil
}
