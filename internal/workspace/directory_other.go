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

// A directory is an open directory. Names are slash-separated and relative. Here it
// is what package os has, which crosses mounts: directory_linux.go does not.
type directory struct{ root *os.Root }

// openDirectory opens the directory at a path, which may have links in it.
func openDirectory(path string) (directory, error) {
	root, err := os.OpenRoot(path)
	return directory{root}, err
}

func (d directory) Close() error { return d.root.Close() }

// Name is the path that the directory was opened by.
func (d directory) Name() string { return d.root.Name() }

// open opens a directory below this one. A link in its place is refused.
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

// openFile opens a file below this directory, which must be a regular one.
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

// lstat describes what stands at a name, a link and not what it leads to.
func (d directory) lstat(name string) (fs.FileInfo, error) {
	return d.root.Lstat(filepath.FromSlash(name))
}

func (d directory) mkdir(name string) error { return d.root.Mkdir(filepath.FromSlash(name), 0o755) }

// rmdir removes an empty directory and nothing else.
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

// unlink removes a file, or a link and not what it leads to.
func (d directory) unlink(name string) error { return d.root.Remove(filepath.FromSlash(name)) }

// names lists at most n entries, all if n < 0.
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
		return &RemovalError{[]RemovalFailure{{filepath.Join(d.Name(), name), err.Error(), false}}}
	}
	return nil
}

// isDirectory reports whether a directory stands at a name.
func (d directory) isDirectory(name string) bool {
	info, err := d.lstat(name)
	return err == nil && info.IsDir()
}

// File is nil: a directory that was opened here is not inherited.
func (w *Workspace) File() *os.File { return nil }

// Inherit opens the directory of the run id in another process of that run.
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

// Open opens a directory below the workspace; the path is absolute.
func (w *Workspace) Open(path string) (*os.File, error) {
	name, err := w.below(path)
	if err != nil {
		return nil, err
	}
	return w.dir.root.Open(filepath.FromSlash(name))
}
