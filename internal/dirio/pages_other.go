//go:build !linux

package dirio

import (
	"errors"
	"fmt"
	"runtime"
)

// DropPages says that it cannot be done here.
func DropPages(descriptor) error {
	return fmt.Errorf("the page cache cannot be emptied of single files on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
}

// FileSize says nothing, for who asks it wants to know of the page cache.
func FileSize(descriptor) (int64, error) { return ResidentPages(nil, 0) }

// ResidentPages says that it cannot be done here.
func ResidentPages(descriptor, int64) (int64, error) {
	return 0, fmt.Errorf("what is in the page cache cannot be told on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
