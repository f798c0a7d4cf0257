//go:build !linux

package workspace

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/regular"
)

// A directory is an open directory. Names are slash-separated and relative. On this system it
// uses os.Root, which crosses mounts; directory_linux.go does not.
type directory struct{ root *os.Root }

// openDirectory opens the directory at a path. The path may contain links.
func openDirectory(path string) (directory, error) {
	root, err := os.OpenRoot(path)
	return directory{root}, err
}

func (d directory) Close() error { return d.root.Close() }

// Name returns the path that opened the directory.
func (d directory) Name() string { return d.root.Name() }

// open opens a directory below this one. It refuses a link.
func (d directory) open(name string) (directory, error) {
	name = filepath.FromSlash(name)
	info, err := d.root.Lstat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: filepath.Join(d.Name(), name), Err: errors.New("not a directory but " + regular.KindOf(info.Mode()))}
	}
	if err != nil {
		return directory{}, err
	}
	root, err := d.root.OpenRoot(name)
	return directory{root}, err
}

// openFile opens a regular file below this directory.
func (d directory) openFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	name = filepath.FromSlash(name)
	info, err := d.root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(d.Name(), name), Err: errors.New("not a file but " + regular.KindOf(info.Mode()))}
	}
	return d.root.OpenFile(name, flag, perm)
}

// stat describes the directory itself.
func (d directory) stat() (fs.FileInfo, error) { return d.root.Stat(".") }

// lstat describes the file at a name. It does not follow a link.
func (d directory) lstat(name string) (fs.FileInfo, error) {
	return d.root.Lstat(filepath.FromSlash(name))
}

func (d directory) mkdir(name string) error { return d.root.Mkdir(filepath.FromSlash(name), 0o755) }

// rmdir removes an empty directory, and no other file.
func (d directory) rmdir(name string) error {
	info, err := d.lstat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "rmdir", Path: filepath.Join(d.Name(), name), Err: errors.New("not a directory but " + regular.KindOf(info.Mode()))}
	}
	if err != nil {
		return err
	}
	return d.root.Remove(filepath.FromSlash(name))
}

// symlink creates a symbolic link.
func (d directory) symlink(target, name string) error {
	return d.root.Symlink(target, filepath.FromSlash(name))
}

// unlink removes a file. It removes a link itself, not its target.
func (d directory) unlink(name string) error { return d.root.Remove(filepath.FromSlash(name)) }

// names returns at most n entries, or all of them if n < 0.
func (d directory) names(n int) ([]string, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(n)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

// remove removes the file or tree at a name below the workspace, also if a program left
// directories that their owner may not write. It succeeds if there is nothing at the name.
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
		return &RemovalError{[]RemovalFailure{{filepath.Join(d.Name(), name), err.Error(), false}}}
	}
	return nil
}

// isDirectory reports whether there is a directory at a name.
func (d directory) isDirectory(name string) bool {
	info, err := d.lstat(name)
	return err == nil && info.IsDir()
}

// File returns nil: on this system a process cannot inherit the directory.
func (w *Workspace) File() *os.File { return nil }

// Inherit opens the workspace of the run id in another process of that run.
func Inherit(_ *os.File, path, id string) (*Workspace, error) {
	from, err := openExisting(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return nil, err
	}
	w := &Workspace{path: path, id: id, dir: from.dir}
	if err := errors.Join(w.checkMarker(), from.parent.Close()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Open opens a directory below the workspace. The path is absolute.
func (w *Workspace) Open(path string) (*os.File, error) {
	name, err := w.relative(path)
	if err != nil {
		return nil, err
	}
	return w.dir.root.Open(filepath.FromSlash(name))
}

// allowOwner gives the owner all permissions on the directory, because removing entries needs them.
// If this fails, removing reports the error.
func (d directory) allowOwner() { _ = d.root.Chmod(".", 0o755) }
