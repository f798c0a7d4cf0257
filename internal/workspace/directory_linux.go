package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
	"iosweep/internal/regular"
)

// A directory is an open directory. Names are slash-separated and relative. Resolving a name
// follows no link and crosses no mount.
type directory struct{ file *os.File }

// openDirectory opens the directory at a path. The path may contain links.
func openDirectory(path string) (directory, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY, 0)
	return directory{f}, err
}

func (d directory) Close() error { return d.file.Close() }

// Name returns the path that opened the directory.
func (d directory) Name() string { return d.file.Name() }

func (d directory) fd() int { return int(d.file.Fd()) }

// open opens a directory below this one.
func (d directory) open(name string) (directory, error) {
	fd, err := dirio.Open(d.fd(), name, unix.O_RDONLY, false)
	if err != nil {
		return directory{}, d.withFullPath(err)
	}
	return directory{os.NewFile(uintptr(fd), filepath.Join(d.Name(), filepath.FromSlash(name)))}, nil
}

// openFile opens a file below this directory. It does not block on a pipe.
func (d directory) openFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	return d.openAt("open", name, flag|unix.O_NONBLOCK, perm)
}

// openAt opens the file at a name, of any kind. op is the operation for errors.
func (d directory) openAt(op, name string, flag int, perm fs.FileMode) (f *os.File, err error) {
	err = d.at(op, name, func(above directory, last string) error {
		for {
			fd, err := unix.Openat(above.fd(), last, flag|unix.O_NOFOLLOW|unix.O_CLOEXEC, uint32(perm.Perm()))
			if err == nil {
				f = os.NewFile(uintptr(fd), filepath.Join(above.Name(), last))
			}
			if err != unix.EINTR {
				return err
			}
		}
	})
	return f, err
}

// withFullPath replaces the relative path in an error by the full path.
func (d directory) withFullPath(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		failed.Path = filepath.Join(d.Name(), filepath.FromSlash(failed.Path))
	}
	return err
}

// stat describes the directory itself.
func (d directory) stat() (fs.FileInfo, error) { return d.file.Stat() }

// lstat describes the file at a name. It does not follow a link.
func (d directory) lstat(name string) (fs.FileInfo, error) {
	f, err := d.openAt("lstat", name, unix.O_PATH, 0) // no other access is needed
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}

// at opens the parent directory of a name and calls a function with it. op is the operation
// for errors of the function.
func (d directory) at(op, name string, call func(above directory, last string) error) error {
	dir, last := path.Split(path.Clean(name))
	above := d
	if dir != "" {
		var err error
		if above, err = d.open(path.Clean(dir)); err != nil {
			return err
		}
		defer above.Close()
	}
	if err := call(above, last); err != nil {
		return &fs.PathError{Op: op, Path: filepath.Join(above.Name(), last), Err: err}
	}
	return nil
}

func (d directory) mkdir(name string) error {
	return d.at("mkdir", name, func(above directory, last string) error { return unix.Mkdirat(above.fd(), last, 0o755) })
}

// rmdir removes an empty directory, and no other file.
func (d directory) rmdir(name string) error {
	return d.at("rmdir", name, func(above directory, last string) error { return unix.Unlinkat(above.fd(), last, unix.AT_REMOVEDIR) })
}

// symlink creates a symbolic link.
func (d directory) symlink(target, name string) error {
	return d.at("symlink", name, func(above directory, last string) error { return unix.Symlinkat(target, above.fd(), last) })
}

// unlink removes a file. It removes a link itself, not its target.
func (d directory) unlink(name string) error {
	return d.at("unlink", name, func(above directory, last string) error { return unix.Unlinkat(above.fd(), last, 0) })
}

// names returns at most n entries, or all of them if n < 0.
func (d directory) names(n int) ([]string, error) {
	again, err := d.open(".") // a second descriptor has a separate offset
	if err != nil {
		return nil, err
	}
	defer again.Close()
	return again.file.Readdirnames(n)
}

// File returns the open directory, for a process of the run to inherit.
func (w *Workspace) File() *os.File { return w.dir.file }

// Inherit returns the workspace of the run id in another process of that run, which has
// inherited f. It does not use the path: another directory may have replaced it.
func Inherit(f *os.File, path, id string) (*Workspace, error) {
	info, err := f.Stat()
	if err == nil && !info.IsDir() {
		err = errors.New("it must be a directory, but is " + regular.KindOf(info.Mode()))
	}
	if err != nil {
		return nil, fmt.Errorf("workspace: descriptor %d: %w", f.Fd(), err)
	}
	w := &Workspace{path: path, id: id, dir: directory{f}}
	if err := w.checkMarker(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Open opens a directory below the workspace. It follows no link and crosses no mount. The
// path is absolute.
func (w *Workspace) Open(path string) (*os.File, error) {
	name, err := w.relative(path)
	if err != nil {
		return nil, err
	}
	dir, err := w.dir.open(name)
	return dir.file, err
}
