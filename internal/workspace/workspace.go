package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// A Workspace is the directory of one run.
type Workspace struct {
	path   string // absolute, without symbolic links
	id     string
	dir    directory
	from   *openedDirectory // dir with its parent; nil if inherited
	marker *os.File         // locked; nil if inherited
}

// Create creates a new directory under parent for the run id.
func Create(parent, id string) (*Workspace, error) {
	parent, err := Resolve(parent)
	if err != nil {
		return nil, err
	}
	from, err := makeNew(parent, nameOf(id))
	if err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	w := &Workspace{path: filepath.Join(parent, from.name), id: id, dir: from.dir, from: from}
	if err := w.mark(); err != nil {
		return nil, errors.Join(fmt.Errorf("workspace: %w", err), from.remove())
	}
	// Wine 8 creates files below an open directory, but cannot remove them. Otherwise each cell would be quarantined
	// after its first trial.
	const probe = "removable"
	if err := errors.Join(w.dir.mkdir(probe), w.dir.rmdir(probe)); err != nil {
		_ = w.Remove() // fails for the same reason
		return nil, fmt.Errorf("workspace: nothing below %s can be removed, so no trial can run there (%w); remove it by hand, and choose a directory on another file system with --workspace", w.path, err)
	}
	return w, nil
}

// Path returns the absolute path of the directory.
func (w *Workspace) Path() string { return w.path }

// Make creates a directory below the workspace, with its parents, and returns its absolute
// path. The directory must not exist: each name is used once.
func (w *Workspace) Make(name string) (string, error) {
	name = filepath.ToSlash(name)
	if err := w.makeParents(name); err != nil {
		return "", err
	}
	if err := w.dir.mkdir(name); err != nil {
		return "", err
	}
	return filepath.Join(w.path, filepath.FromSlash(name)), nil
}

// makeParents creates the missing parent directories of a name.
func (w *Workspace) makeParents(name string) error {
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		// If the existing file is not a directory, the next mkdir fails.
		if err := w.dir.mkdir(name[:i]); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// MakeSpread is like Make. It also asks the file system to place new subdirectories apart from
// each other. ext4 puts a new directory near its parent, and its files into the same group of
// inodes. There it skips every inode that was freed in the last minute (recently_deleted in
// fs/ext4/ialloc.c). After a trial that freed ten thousand inodes, creating the files of the
// next trial would take ten times as long.
//
// MakeSpread reports whether the file system spreads the directories. ext4 puts a new directory
// into the part of the disk with the fewest directories. So if the caller empties a directory
// and keeps it, the next one goes to another part: see Empty.
func (w *Workspace) MakeSpread(name string) (spreads bool, err error) {
	if _, err := w.Make(name); err != nil {
		return false, err
	}
	dir, err := w.dir.open(filepath.ToSlash(name))
	if err != nil {
		return false, err
	}
	return spread(dir), dir.Close()
}

// Empty removes the content of a directory below the workspace and keeps the directory. If the
// path is not a directory any more, or can no longer be read, it is removed. A *RemovalError
// lists the paths that could not be removed.
func (w *Workspace) Empty(path string) error {
	name, err := w.relative(path)
	if err != nil {
		return err
	}
	if err := w.checkMarker(); err != nil {
		return err
	}
	if !w.dir.isDirectory(name) {
		return w.dir.remove(name)
	}
	return w.empty(name)
}

// empty removes the content of a directory, except for the marker of the workspace.
func (w *Workspace) empty(name string) error {
	dir, err := w.dir.open(name)
	if err != nil {
		return err
	}
	entries, err := dir.names(-1)
	if err = errors.Join(err, dir.Close()); err != nil {
		return err
	}
	var failures []RemovalFailure
	for _, entry := range entries {
		entry = path.Join(name, entry)
		if entry == Marker {
			continue
		}
		err := w.dir.remove(entry)
		if e, ok := errors.AsType[*RemovalError](err); ok {
			failures = append(failures, e.Failures...)
		} else if err != nil {
			return err
		}
	}
	return removalError(failures)
}

// RemoveTree removes the file or tree at a path below the workspace. It removes a link itself,
// not its target. It succeeds if nothing exists at the path. A *RemovalError lists the paths
// that could not be removed.
func (w *Workspace) RemoveTree(path string) error {
	return w.do(path, func(name string) error {
		if err := w.checkMarker(); err != nil {
			return err
		}
		return w.dir.remove(name)
	})
}

// Mkdir creates one directory. The path is absolute and below the workspace.
func (w *Workspace) Mkdir(path string) error { return w.do(path, w.dir.mkdir) }

// Rmdir removes one empty directory. The path is absolute and below the workspace.
func (w *Workspace) Rmdir(path string) error { return w.do(path, w.dir.rmdir) }

// Symlink creates a symbolic link at a path, which is absolute and below the workspace. The target is
// not checked: no method of a Workspace follows a link.
func (w *Workspace) Symlink(target, path string) error {
	return w.do(path, func(name string) error { return w.dir.symlink(target, name) })
}

// OpenFile opens a file below the workspace with the flags of os.OpenFile. It follows no link
// and does not block on a pipe. The path is absolute.
func (w *Workspace) OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	name, err := w.relative(path)
	if err != nil {
		return nil, err
	}
	return w.dir.openFile(name, flag, perm)
}

// do calls a function with a path relative to the workspace.
func (w *Workspace) do(path string, call func(name string) error) error {
	name, err := w.relative(path)
	if err != nil {
		return err
	}
	return call(name)
}

// relative returns a path relative to the workspace. It refuses the workspace itself and the
// marker.
func (w *Workspace) relative(path string) (string, error) {
	rel, err := filepath.Rel(w.path, path)
	if err != nil || rel == "." || !filepath.IsLocal(rel) || rel == Marker {
		return "", fmt.Errorf("workspace: %s is not below %s, so nothing is created or removed there", path, w.path)
	}
	return filepath.ToSlash(rel), nil
}

// Close closes the directory and does not change it.
func (w *Workspace) Close() error {
	var err error
	if w.marker != nil {
		err = w.marker.Close()
	}
	if w.from == nil {
		return errors.Join(err, w.dir.Close())
	}
	return errors.Join(err, w.from.close())
}

// Remove deletes the workspace and closes it. It removes the marker last, so that Reclaim
// can still recognise the directory after an interrupted removal. If a *RemovalError reports
// remaining files, the marker remains too.
func (w *Workspace) Remove() error {
	if w.from == nil {
		return errors.Join(fmt.Errorf("workspace: %s cannot be removed here: another process created it", w.path), w.Close())
	}
	w.dir.allowOwner() // a contender may have changed them
	if err := errors.Join(w.checkMarker(), w.from.check()); err != nil {
		return errors.Join(err, w.Close())
	}
	if err := w.empty("."); err != nil {
		if _, left := errors.AsType[*RemovalError](err); !left {
			err = fmt.Errorf("workspace: %s cannot be removed: %w", w.path, err)
		}
		return errors.Join(err, w.Close())
	}
	if w.marker != nil { // Windows cannot remove an open file
		w.marker.Close()
	}
	if err := w.dir.unlink(Marker); err != nil {
		return errors.Join(err, w.from.close())
	}
	return w.from.remove()
}

// CreateResults creates the results directory of a run, with its parents.
func CreateResults(path string) error {
	return os.MkdirAll(path, 0o755)
}

// CreateCache creates a directory of the user's cache, with its parents.
func CreateCache(path string) error {
	return os.MkdirAll(path, 0o700)
}

// EnsureDirectory creates one directory in the results directory, unless it exists.
func EnsureDirectory(path string) error {
	err := os.Mkdir(path, 0o755)
	if errors.Is(err, fs.ErrExist) {
		info, statErr := os.Stat(path)
		if statErr == nil && info.IsDir() {
			return nil
		}
	}
	return err
}
