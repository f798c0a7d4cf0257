//go:build !linux

package operations

import (
	"errors"
	"fmt"
	"runtime"
)

// dropPages says that it cannot be done here.
func dropPages(descriptor) error {
	return fmt.Errorf("the page cache cannot be emptied of single files on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
}

// fileSize says nothing, for who asks it wants to know of the page cache.
func fileSize(descriptor) (int64, error) { return residentPages(nil, 0) }

// residentPages says that it cannot be done here.
func residentPages(descriptor, int64) (int64, error) {
	return 0, fmt.Errorf("what is in the page cache cannot be told on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
