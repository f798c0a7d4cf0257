//go:build unix

package workspace

import (
	"os"

	"golang.org/x/sys/unix"
)

// removeDirectory removes an empty directory and nothing else: os.Root's Remove
// would take a file, too, that was put in its place at the last moment.
func removeDirectory(parent *os.Root, name string) error {
	dir, err := parent.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := unix.Unlinkat(int(dir.Fd()), name, unix.AT_REMOVEDIR); err != nil {
		return &os.PathError{Op: "rmdir", Path: dir.Name() + "/" + name, Err: err}
	}
	return nil
}
