//go:build !linux || portable

package dirio

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"iosweep/internal/regular"
)

// A Folder is one open directory, in which items are single names. Here it is
// what package os has; folder_linux.go says why Linux has its own. The tag
// "portable" builds this file on Linux, so that the tests can be run on it there.
type Folder struct {
	root *os.Root
}

// openFolder opens the directory at a path.
func openFolder(path string) (Folder, error) {
	root, err := os.OpenRoot(path)
	return Folder{root}, err
}

// folderOf is the folder that a file has open. os.Root opens directories by their
// paths alone, so this one is opened again, and compared.
func folderOf(f *os.File) (Folder, error) {
	top, err := openFolder(f.Name())
	if err != nil {
		return Folder{}, err
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
		return Folder{}, err
	}
	return top, nil
}

// OpenFolder opens a folder anywhere below this one. os.Root crosses mounts.
func (f Folder) OpenFolder(name string, _ bool) (Folder, error) {
	below, err := f.root.OpenRoot(name)
	return Folder{below}, err
}

// isWithin reports whether the folder, or one above it by its path, is another
// directory.
func (f Folder) isWithin(other fs.FileInfo) (bool, error) {
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
func (f Folder) entries() (*os.File, error) { return f.root.Open(".") }

// file opens a file as package os has it.
func (f Folder) file(name, _ string, flags int) (*os.File, error) {
	return f.root.OpenFile(name, flags|regular.NonBlock, plainMode)
}

// Close closes the folder.
func (f Folder) Close() error { return f.root.Close() }

// open opens a file for reading.
func (f Folder) open(name string) (File, error) {
	return f.root.OpenFile(name, os.O_RDONLY|regular.NonBlock, 0)
}

// OpenDirect says that it cannot be done here.
func (f Folder) OpenDirect(name string) (File, error) {
	err := fmt.Errorf("reading past the page cache is not supported on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}

// Create makes a file that does not exist yet, for writing. The output of a
// trial is fresh: a file that is there already was written twice.
func (f Folder) Create(name string, mode fs.FileMode) (File, error) {
	out, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil || !UmaskClears(mode) {
		return out, err
	}
	if err := out.Chmod(mode); err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

// Remove deletes a file.
func (f Folder) Remove(name string) error { return f.root.Remove(name) }

// Rename gives a file another name, here or in another folder of the same file
// system. os.Root cannot rename from one root to another, so it goes by path;
// both folders are below the trial's own directory, where nobody makes links.
func (f Folder) Rename(name string, to Folder, newName string) error {
	return os.Rename(filepath.Join(f.root.Name(), name), filepath.Join(to.root.Name(), newName))
}

// A File is a file of a folder that was opened.
type File = *os.File

// inspect returns what an open file is.
func inspect(f File) (Status, error) {
	info, err := f.Stat()
	if err != nil {
		return Status{}, err
	}
	return Status{info.Mode(), isLinked(info)}, nil
}

// modeOf is the mode of what has a name in the folder. No link is followed.
func (f Folder) modeOf(name string) (fs.FileMode, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}

// MinKernelCopy is beyond every file: nothing is copied within the kernel here.
const MinKernelCopy = math.MaxInt64

// A KernelCopy copies nothing here; kernelcopy_linux.go says what it does elsewhere.
type KernelCopy struct{}

func (*KernelCopy) Copy(File, File, int64) (moved int64, done bool, err error) {
	return 0, false, nil
}
