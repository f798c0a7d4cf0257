package dirio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// A Directory is where a task finds or leaves its items. Names are slash-
// separated and relative; none of them leads out of it, not even by a symbolic
// link.
type Directory struct {
	Top    Folder
	Path   string // for messages: it is never opened again
	across bool   // mounts may be crossed: it is somebody's tree, and only read
	Direct bool   // items are read past the page cache
}

// An opener opens a directory below the run's own. It follows no link and crosses no
// mount.
type opener interface {
	Open(path string) (*os.File, error)
}

// OpenBelow opens a directory below the run's own, beneath its descriptor. All that a
// trial writes or removes is in one that was opened so.
func OpenBelow(dirs opener, path string) (Directory, error) {
	f, err := dirs.Open(path)
	if err != nil {
		return Directory{}, err
	}
	top, err := folderOf(f)
	return Directory{Top: top, Path: path}, errors.Join(err, f.Close())
}

// OpenTree opens the workload's own tree, which is somebody's and is only read, by
// its path. A tree may have other file systems mounted in it.
func OpenTree(path string) (Directory, error) {
	top, err := openFolder(path)
	return Directory{Top: top, Path: path, across: true}, err
}

// OpenItem opens an item's file for reading; here is its folder below d.
func (d Directory) OpenItem(here Folder, name string) (File, error) {
	if d.Direct {
		return here.OpenDirect(name)
	}
	return here.open(name)
}

// openFolder opens a folder anywhere below the directory.
func (d Directory) openFolder(name string) (Folder, error) {
	return d.Top.OpenFolder(name, d.across)
}

// OpenFile opens a file right in the directory.
func (d Directory) OpenFile(name string, flags int) (*os.File, error) {
	return d.Top.file(name, filepath.Join(d.Path, name), flags)
}

// OpenRegular opens a regular file right in the directory for reading, and refuses
// anything else that stands in its place.
func (d Directory) OpenRegular(name string) (*os.File, error) {
	f, err := d.OpenFile(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is a %s: a file has to stand there", f.Name(), regular.Kind(info.Mode()))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Create makes a file that does not exist yet, for writing.
func (d Directory) Create(name string) (*os.File, error) {
	return d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
}

// IsWithin reports whether the directory, or one above it, is another one.
func (d Directory) IsWithin(other fs.FileInfo) (bool, error) { return d.Top.isWithin(other) }

// Close closes the directory.
func (d Directory) Close() error { return d.Top.Close() }

// plainMode is what a file is made with where nobody says otherwise.
const plainMode = 0o644

// MaxNameLength is how long the name of an item may be, relative to its directory, in
// bytes. The kernel takes paths of 4095 (PATH_MAX in path_resolution(7)), and an
// operation puts a worker's directory in front of a name, or a suffix behind it.
const MaxNameLength = 4095 - 64
