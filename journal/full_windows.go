package journal

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isFull says whether an error is one of no room.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
