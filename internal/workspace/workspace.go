package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// A Workspace is one run's own directory.
type Workspace struct {
	path   string // absolute, without symbolic links
	id     string
	dir    directory
	from   *opened  // the directory as seen from its parent; nil for one that was inherited
	marker *os.File // locked; nil for one that was inherited
}

// Create makes a new directory under parent for the run id.
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
	return w, nil
}

// Path is the directory, absolute.
func (w *Workspace) Path() string { return w.path }

// Make creates a directory below the workspace, with its parents, and returns
// its absolute path. The directory must be new: names are used once.
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

// makeParents makes the directories above a name that are missing.
func (w *Workspace) makeParents(name string) error {
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		// What is there already shows when something is made in it.
		if err := w.dir.mkdir(name[:i]); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// MakeSpread is Make for a directory in which each one that is made is to lie apart
// from the others, where the file system can do that. ext4 puts a new directory near
// its parent, and its files into the same group of inodes. There it passes over every
// inode that was freed in the last minute, to be kind to who wants it back
// (recently_deleted in fs/ext4/ialloc.c): after a trial that left ten thousand of them,
// the next one's files would take ten times as long to make.
//
// It reports whether the file system spreads them. It does so by how many directories
// there are in each part of the disk: see Empty.
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

// Empty removes all that a directory below the workspace holds and lets it stand
// where it is. What is no directory any more, or can no longer be read, is removed.
// A *RemovalError says what had to be left.
func (w *Workspace) Empty(path string) error {
	name, err := w.below(path)
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

// empty removes what a directory holds, but for the marker of the workspace.
func (w *Workspace) empty(name string) error {
	dir, err := w.dir.open(name)
	if err != nil {
		return err
	}
	entries, err := dir.names(-1)
	if err = errors.Join(err, dir.Close()); err != nil {
		return err
	}
	var left []RemovalFailure
	for _, entry := range entries {
		entry = path.Join(name, entry)
		if entry == Marker {
			continue
		}
		err := w.dir.remove(entry)
		if e, ok := errors.AsType[*RemovalError](err); ok {
			left = append(left, e.Failures...)
		} else if err != nil {
			return err
		}
	}
	return removalError(left)
}

// RemoveAll removes what stands at a path below the workspace, a directory with all
// that it holds, a link and not what it leads to. If nothing stands there, all is
// well. A *RemovalError says what had to be left.
func (w *Workspace) RemoveAll(path string) error {
	return w.do(path, func(name string) error {
		if err := w.checkMarker(); err != nil {
			return err
		}
		return w.dir.remove(name)
	})
}

// Mkdir makes one directory; the path is absolute and below the workspace.
func (w *Workspace) Mkdir(path string) error { return w.do(path, w.dir.mkdir) }

// Rmdir removes one empty directory; the path is absolute and below the workspace.
func (w *Workspace) Rmdir(path string) error { return w.do(path, w.dir.rmdir) }

// OpenFile opens a file below the workspace with the flags of os.OpenFile, following
// no link on the way; the path is absolute. A pipe does not block.
func (w *Workspace) OpenFile(path string, flag int, perm fs.FileMode) (*os.File, error) {
	name, err := w.below(path)
	if err != nil {
		return nil, err
	}
	return w.dir.openFile(name, flag, perm)
}

// do calls a function with the name of a path below the workspace.
func (w *Workspace) do(path string, call func(name string) error) error {
	name, err := w.below(path)
	if err != nil {
		return err
	}
	return call(name)
}

// below is a path relative to the workspace; the workspace itself is refused.
func (w *Workspace) below(path string) (string, error) {
	rel, err := filepath.Rel(w.path, path)
	if err != nil || rel == "." || !filepath.IsLocal(rel) || rel == Marker {
		return "", fmt.Errorf("workspace: %s is not below %s: nothing is made or removed there", path, w.path)
	}
	return filepath.ToSlash(rel), nil
}

// Close lets go of the directory and leaves it as it is.
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

// Remove deletes the workspace and closes it. The marker goes last, so that an
// interrupted removal can still be told from somebody's data. Where a *RemovalError
// says that something had to be left the marker stays with it.
func (w *Workspace) Remove() error {
	if w.from == nil {
		return errors.Join(fmt.Errorf("workspace: %s is another process's to remove", w.path), w.Close())
	}
	if err := errors.Join(w.checkMarker(), w.from.check()); err != nil {
		return errors.Join(err, w.Close())
	}
	if err := w.empty("."); err != nil {
		if _, left := errors.AsType[*RemovalError](err); !left {
			err = fmt.Errorf("workspace: %s cannot be removed: %w", w.path, err)
		}
		return errors.Join(err, w.Close())
	}
	if w.marker != nil { // Windows removes nothing that is open
		w.marker.Close()
	}
	if err := w.dir.unlink(Marker); err != nil {
		return errors.Join(err, w.from.close())
	}
	return w.from.remove()
}

// CreateResults makes the directory that a run's files go into, with its
// parents.
func CreateResults(path string) error {
	return os.MkdirAll(path, 0o755)
}

// EnsureDirectory makes one directory in the results of a run; that it exists is fine.
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
