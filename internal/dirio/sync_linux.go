package dirio

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// Sync makes everything below the directory durable. One syncfs lets the
// file system order its writes as it likes; an fsync for each file does not.
func (d Directory) Sync() error {
	f, err := d.Top.entries()
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: d.Path, Err: err}
	}
	return nil
}
