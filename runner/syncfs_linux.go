package runner

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncFilesystem writes out everything that waits for the disk below path.
func syncFilesystem(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(d.Fd())), d.Close())
}
