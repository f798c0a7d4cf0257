//go:build !linux

package workspace

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// remove removes what stands at a name below the workspace, also where a program has
// left directories that their owner may not write. Nothing there: all is well.
func (d directory) remove(name string) error {
	name = filepath.FromSlash(name)
	err := d.root.RemoveAll(name)
	if errors.Is(err, fs.ErrPermission) {
		_ = fs.WalkDir(d.root.FS(), filepath.ToSlash(name), func(path string, e fs.DirEntry, err error) error {
			if e == nil || !e.IsDir() {
				return nil
			}
			// A directory is visited before its entries are read.
			return d.root.Chmod(filepath.FromSlash(path), 0o700)
		})
		err = d.root.RemoveAll(name)
	}
	if err != nil {
		return &LeftError{[]Left{{filepath.Join(d.Name(), name), err.Error(), false}}}
	}
	return nil
}

// isDirectory reports whether a directory stands at a name.
func (d directory) isDirectory(name string) bool {
	info, err := d.lstat(name)
	return err == nil && info.IsDir()
}
