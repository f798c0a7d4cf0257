//go:build unix

package strategies

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile waits until the file is locked by nobody else, and locks it.
func lockFile(f *os.File) error { return flock(f, unix.LOCK_EX) }

// unlockFile lets others lock the file.
func unlockFile(f *os.File) error { return flock(f, unix.LOCK_UN) }

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}
