package journal

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// pathOf is where an open file is now, "" if it has no name any more or it is not
// known: proc_pid_fd(5).
func pathOf(f *os.File) string {
	at, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return ""
	}
	ours, err := f.Stat()
	if err != nil {
		return ""
	}
	if there, err := os.Stat(at); err != nil || !os.SameFile(there, ours) {
		return ""
	}
	return at
}

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
