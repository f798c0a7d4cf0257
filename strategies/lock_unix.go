//go:build unix

package strategies

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock waits until the file is locked by nobody else, and locks it.
func lock(f *os.File) error { return flock(f, unix.LOCK_EX) }

// unlock lets others lock the file.
func unlock(f *os.File) error { return flock(f, unix.LOCK_UN) }

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}
