package dirio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// A Directory contains the items of a task. Names are slash-separated and relative. No name
// leads out of the directory, not even through a symbolic link.
type Directory struct {
	Top         Folder
	Path        string // only for messages; it is never opened again
	crossMounts bool   // names may cross mounts; only for trees that are only read
	Direct      bool   // items are read without the page cache
}

// An opener opens a directory below the workspace. It follows no link and crosses no mount.
type opener interface {
	Open(path string) (*os.File, error)
}

// OpenBelow opens a directory below the workspace, relative to the workspace's descriptor. A
// trial writes and removes files only in such directories.
func OpenBelow(dirs opener, path string) (Directory, error) {
	f, err := dirs.Open(path)
	if err != nil {
		return Directory{}, err
	}
	top, err := folderOf(f)
	return Directory{Top: top, Path: path}, errors.Join(err, f.Close())
}

// OpenTree opens the existing tree of a workload by its path. It is only read, and may contain
// mounts.
func OpenTree(path string) (Directory, error) {
	top, err := openFolder(path)
	return Directory{Top: top, Path: path, crossMounts: true}, err
}

// OpenItem opens the file of an item for reading. here is the item's folder, below d.
func (d Directory) OpenItem(here Folder, name string) (File, error) {
	if d.Direct {
		return here.OpenDirect(name)
	}
	return here.open(name)
}

// openFolder opens a folder at any depth below the directory.
func (d Directory) openFolder(name string) (Folder, error) {
	return d.Top.OpenFolder(name, d.crossMounts)
}

// OpenFile opens a file directly in the directory.
func (d Directory) OpenFile(name string, flags int) (*os.File, error) {
	return d.Top.file(name, filepath.Join(d.Path, name), flags)
}

// OpenRegular opens a file directly in the directory for reading. It returns an error if the
// file is not regular.
func (d Directory) OpenRegular(name string) (*os.File, error) {
	f, err := d.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is a %s; it must be a regular file", f.Name(), regular.Kind(info.Mode()))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Create creates a file, which must not exist, for writing.
func (d Directory) Create(name string) (*os.File, error) {
	return d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
}

// IsWithin reports whether other is the directory itself or one above it.
func (d Directory) IsWithin(other fs.FileInfo) (bool, error) { return d.Top.isWithin(other) }

// Close closes the directory.
func (d Directory) Close() error { return d.Top.Close() }

// plainMode is the default mode of new files.
const plainMode = 0o644

// MaxNameLength is the maximum length of an item's name in bytes, relative to its directory.
// The kernel accepts paths of 4095 bytes (PATH_MAX in path_resolution(7)). An operation may
// add a worker directory before the name, or a suffix after it.
const MaxNameLength = 4095 - 64
