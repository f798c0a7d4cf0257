//go:build unix

package strategies

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile waits for the exclusive lock on the file.
func lockFile(f *os.File) error { return flock(f, unix.LOCK_EX) }

// unlockFile releases the lock.
func unlockFile(f *os.File) error { return flock(f, unix.LOCK_UN) }

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}
