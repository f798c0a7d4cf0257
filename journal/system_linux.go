package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// fallocate gives a file blocks behind its end; with FALLOC_FL_KEEP_SIZE its size
// stays what it is. See fallocate(2).
func fallocate(f *os.File, at, n int64) error {
	for {
		err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, at, n)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
