//go:build !linux || portable

package operations

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"iosweep/internal/regular"
)

// A folder is one open directory, in which items are single names. Here it is
// what package os has; folder_linux.go says why Linux has its own. The tag
// "portable" builds this file on Linux, so that the tests can be run on it there.
type folder struct {
	root *os.Root
}

// openFolder opens the directory at a path.
func openFolder(path string) (folder, error) {
	root, err := os.OpenRoot(path)
	return folder{root}, err
}

// folderOf is the folder that a file has open. os.Root opens directories by their
// paths alone, so this one is opened again, and compared.
func folderOf(f *os.File) (folder, error) {
	top, err := openFolder(f.Name())
	if err != nil {
		return folder{}, err
	}
	was, err := f.Stat()
	if err == nil {
		var is fs.FileInfo
		if is, err = top.root.Stat("."); err == nil && !os.SameFile(was, is) {
			err = fmt.Errorf("%s is no longer the directory that was opened: another one was put in its place", f.Name())
		}
	}
	if err != nil {
		top.Close()
		return folder{}, err
	}
	return top, nil
}

// openFolderIn opens a folder anywhere below this one. os.Root crosses mounts.
func (f folder) openFolderIn(name string, _ bool) (folder, error) {
	below, err := f.root.OpenRoot(name)
	return folder{below}, err
}

// isWithin reports whether the folder, or one above it by its path, is another
// directory.
func (f folder) isWithin(other fs.FileInfo) (bool, error) {
	here, err := f.root.Stat(".")
	for at := f.root.Name(); err == nil; at = filepath.Dir(at) {
		if os.SameFile(here, other) {
			return true, nil
		}
		if at == filepath.Dir(at) {
			return false, nil
		}
		here, err = os.Stat(filepath.Dir(at))
	}
	return false, err
}

// entries opens the folder once more, to read its entries.
func (f folder) entries() (*os.File, error) { return f.root.Open(".") }

// file opens a file as package os has it.
func (f folder) file(name, _ string, flags int) (*os.File, error) {
	return f.root.OpenFile(name, flags|regular.NonBlock, plainMode)
}

// Close closes the folder.
func (f folder) Close() error { return f.root.Close() }

// open opens a file for reading.
func (f folder) open(name string) (openFile, error) {
	return f.root.OpenFile(name, os.O_RDONLY|regular.NonBlock, 0)
}

// openDirect says that it cannot be done here.
func (f folder) openDirect(name string) (openFile, error) {
	err := fmt.Errorf("reading past the page cache is not supported on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}

// create makes a file that does not exist yet, for writing. The output of a
// trial is fresh: a file that is there already was written twice.
func (f folder) create(name string, mode fs.FileMode) (openFile, error) {
	out, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil || !maskStrips(mode) {
		return out, err
	}
	if err := out.Chmod(mode); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// remove deletes a file.
func (f folder) remove(name string) error { return f.root.Remove(name) }

// rename gives a file another name, here or in another folder of the same file
// system. os.Root cannot rename from one root to another, so it goes by path;
// both folders are below the trial's own directory, where nobody makes links.
func (f folder) rename(name string, to folder, newName string) error {
	return os.Rename(filepath.Join(f.root.Name(), name), filepath.Join(to.root.Name(), newName))
}

// An openFile is a file of a folder that was opened.
type openFile = *os.File
