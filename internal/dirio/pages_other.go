//go:build !linux

package dirio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"iosweep/internal/regular"
)

// DropPages returns an error: this system does not support it.
func DropPages(descriptor) error {
	return fmt.Errorf("dropping single files from the page cache is not supported on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
}

// FileSize returns an error: it is needed only to measure the page cache.
func FileSize(descriptor) (int64, error) { return ResidentPages(nil, 0) }

// ResidentPages returns an error: this system does not support it.
func ResidentPages(descriptor, int64) (int64, error) {
	return 0, fmt.Errorf("reading the state of the page cache is not supported on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Sync makes everything below the directory durable, file by file. Only Linux has a system
// call that syncs one file system. Files are opened for writing, because Windows flushes only
// those.
func (d Directory) Sync() error {
	return d.Walk(func(name string, kind fs.FileMode) (bool, error) {
		if !kind.IsRegular() {
			return true, nil
		}
		f, err := d.Top.root.OpenFile(name, os.O_WRONLY|regular.NonBlock, 0)
		if err != nil {
			return false, err
		}
		defer f.Close()
		return false, f.Sync()
	})
}
