//go:build unix

package journal

import (
	"errors"
	"syscall"
)

// isFull says whether an error is one of no room.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
