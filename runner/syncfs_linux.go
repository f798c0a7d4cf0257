package runner

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// syncFilesystem writes out everything that waits for the disk below path.
func syncFilesystem(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := unix.Syncfs(int(d.Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: path, Err: err}
	}
	return nil
}
