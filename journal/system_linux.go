package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// fallocate allocates blocks after the end of a file. With FALLOC_FL_KEEP_SIZE the size
// of the file does not change. See fallocate(2).
func fallocate(f *os.File, at, n int64) error {
	for {
		err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_KEEP_SIZE, at, n)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
