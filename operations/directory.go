package operations

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// A directory is where a task finds or leaves its items. Names are slash-
// separated and relative; none of them leads out of it, not even by a symbolic
// link.
type directory struct {
	top    folder
	path   string // for messages: it is never opened again
	across bool   // mounts may be crossed: it is somebody's tree, and only read
	direct bool   // items are read past the page cache
}

// An opener opens a directory below the run's own. It follows no link and crosses no
// mount.
type opener interface {
	Open(path string) (*os.File, error)
}

// openBelow opens a directory below the run's own, beneath its descriptor. All that a
// trial writes or removes is in one that was opened so.
func openBelow(dirs opener, path string) (directory, error) {
	f, err := dirs.Open(path)
	if err != nil {
		return directory{}, err
	}
	top, err := folderOf(f)
	return directory{top: top, path: path}, errors.Join(err, f.Close())
}

// openTree opens the workload's own tree, which is somebody's and is only read, by
// its path. A tree may have other file systems mounted in it.
func openTree(path string) (directory, error) {
	top, err := openFolder(path)
	return directory{top: top, path: path, across: true}, err
}

// openItem opens an item's file for reading; here is its folder below d.
func (d directory) openItem(here folder, name string) (openFile, error) {
	if d.direct {
		return here.openDirect(name)
	}
	return here.open(name)
}

// openFolder opens a folder anywhere below the directory.
func (d directory) openFolder(name string) (folder, error) {
	return d.top.openFolderIn(name, d.across)
}

// file opens a file right in the directory.
func (d directory) file(name string, flags int) (*os.File, error) {
	return d.top.file(name, filepath.Join(d.path, name), flags)
}

// regular opens a regular file right in the directory for reading, and refuses
// anything else that stands in its place.
func (d directory) regular(name string) (*os.File, error) {
	f, err := d.file(name, os.O_RDONLY)
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

// create makes a file that does not exist yet, for writing.
func (d directory) create(name string) (*os.File, error) {
	return d.file(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
}

// isWithin reports whether the directory, or one above it, is another one.
func (d directory) isWithin(other fs.FileInfo) (bool, error) { return d.top.isWithin(other) }

// Close closes the directory.
func (d directory) Close() error { return d.top.Close() }

// plainMode is what a file is made with where nobody says otherwise.
const plainMode = 0o644

// longestName is how long the name of an item may be, relative to its directory, in
// bytes. The kernel takes paths of 4095 (PATH_MAX in path_resolution(7)), and an
// operation puts a worker's directory in front of a name, or renamedSuffix behind it.
const longestName = 4095 - 64
