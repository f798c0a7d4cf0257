package operations

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// sync makes everything below the directory durable. One syncfs lets the
// file system order its writes as it likes; an fsync for each file does not.
func (d directory) sync() error {
	f, err := d.top.entries()
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: d.path, Err: err}
	}
	return nil
}
