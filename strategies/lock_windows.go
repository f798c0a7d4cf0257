package strategies

import (
	"os"

	"golang.org/x/sys/windows"
)

// lock waits until the file is locked by nobody else, and locks it: its first byte,
// which need not be there.
func lock(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
}

// unlock lets others lock the file.
func unlock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, new(windows.Overlapped))
}
