package strategies

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockFile waits until the file is locked by nobody else, and locks it: its first byte,
// which need not be there.
func lockFile(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
}

// unlockFile lets others lock the file.
func unlockFile(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, new(windows.Overlapped))
}
