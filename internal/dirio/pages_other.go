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

// Sync makes everything below the directory durable, file by file: only
// Linux has a system call that syncs one file system. The files are opened for
// writing because Windows flushes no others.
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
