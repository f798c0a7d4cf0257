//go:build !linux

package operations

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// dropPages says that it cannot be done here.
func dropPages(*os.File) error {
	return fmt.Errorf("the page cache cannot be emptied of single files on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
}

// residentPages says that it cannot be done here.
func residentPages(*os.File, int64) (int64, error) {
	return 0, fmt.Errorf("what is in the page cache cannot be told on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
