//go:build !linux || portable

package operations

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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

// openFolderIn opens a directory anywhere below this one.
func (f folder) openFolderIn(root *os.Root, name string) (folder, error) {
	below, err := root.OpenRoot(name)
	return folder{below}, err
}

// Close closes the folder.
func (f folder) Close() error { return f.root.Close() }

// open opens a file for reading.
func (f folder) open(name string) (openFile, error) { return f.root.Open(name) }

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
