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

// A Folder is one open directory, in which names are single components. This implementation
// uses package os; folder_linux.go has the reason for a separate one. The build tag "portable"
// selects this file on Linux, so that its tests run there.
type Folder struct {
	root *os.Root
}

// openFolder opens the directory at a path.
func openFolder(path string) (Folder, error) {
	root, err := os.OpenRoot(path)
	return Folder{root}, err
}

// folderOf returns a folder for the directory that f has open. os.Root can open directories
// only by path, so this opens the path again and compares both.
func folderOf(f *os.File) (Folder, error) {
	top, err := openFolder(f.Name())
	if err != nil {
		return Folder{}, err
	}
	before, err := f.Stat()
	if err == nil {
		var now fs.FileInfo
		if now, err = top.root.Stat("."); err == nil && !os.SameFile(before, now) {
			err = fmt.Errorf("%s is no longer the directory that was opened: another directory was put in its place", f.Name())
		}
	}
	if err != nil {
		top.Close()
		return Folder{}, err
	}
	return top, nil
}

// OpenFolder opens a folder at any depth below this one. os.Root crosses mounts.
func (f Folder) OpenFolder(name string, _ bool) (Folder, error) {
	below, err := f.root.OpenRoot(name)
	return Folder{below}, err
}

// isWithin reports whether other is this folder or one above its path.
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

// entries opens the folder again, to read its entries.
func (f Folder) entries() (*os.File, error) { return f.root.Open(".") }

// file opens a file as an *os.File.
func (f Folder) file(name, _ string, flags int) (*os.File, error) {
	return f.root.OpenFile(name, flags|regular.NonBlock, plainMode)
}

// Close closes the folder.
func (f Folder) Close() error { return f.root.Close() }

// open opens a file for reading.
func (f Folder) open(name string) (File, error) {
	return f.root.OpenFile(name, os.O_RDONLY|regular.NonBlock, 0)
}

// OpenDirect returns an error: this system does not support it.
func (f Folder) OpenDirect(name string) (File, error) {
	err := fmt.Errorf("reading without the page cache is not supported on %s; use cache: warm: %w", runtime.GOOS, errors.ErrUnsupported)
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}

// Create creates a file, which must not exist, for writing. The output directory of a trial is
// new, so an existing file means that an item was written twice.
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

// OpenForWriting opens an existing file for writing.
func (f Folder) OpenForWriting(name string) (File, error) {
	return f.root.OpenFile(name, os.O_WRONLY|regular.NonBlock, 0)
}

// Chmod sets the permissions of a file.
func (f Folder) Chmod(name string, mode fs.FileMode) error { return f.root.Chmod(name, mode) }

// Remove deletes a file.
func (f Folder) Remove(name string) error { return f.root.Remove(name) }

// Rename renames a file, within this folder or into another folder of the same file system.
// os.Root cannot rename between two roots, so Rename uses paths. Both folders are below the
// trial directory, where no links are created.
func (f Folder) Rename(name string, to Folder, newName string) error {
	return os.Rename(filepath.Join(f.root.Name(), name), filepath.Join(to.root.Name(), newName))
}

// A File is an open file of a folder.
type File = *os.File

// inspect returns the status of an open file.
func inspect(f File) (Status, error) {
	info, err := f.Stat()
	if err != nil {
		return Status{}, err
	}
	return Status{info.Mode(), isLinked(info)}, nil
}

// modeOf returns the mode of the file at a name in the folder. It does not follow a link.
func (f Folder) modeOf(name string) (fs.FileMode, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}

// SizeOf returns the size of the file at a name in the folder. It does not follow a link.
func (f Folder) SizeOf(name string) (int64, error) {
	info, err := f.root.Lstat(name)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// MinKernelCopy is larger than any file: this system copies nothing within the kernel.
const MinKernelCopy = math.MaxInt64

// A KernelCopy copies nothing on this system; see kernelcopy_linux.go.
type KernelCopy struct{}

func (*KernelCopy) Copy(_, _ File, _, _ int64) (moved int64, done bool, err error) {
	return 0, false, nil
}

// HoldProcessors does nothing on this system; see call_linux.go.
func HoldProcessors(bool) {}
