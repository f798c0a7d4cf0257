//go:build !linux

package dirio

import (
	"io/fs"
	"os"

	"iosweep/internal/regular"
)

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
