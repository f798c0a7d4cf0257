package journal

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isFull reports whether an error says that there is no room.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// noFollow is not available here.
const noFollow = 0

// mayRun does not know better.
func mayRun(holder) bool { return true }
