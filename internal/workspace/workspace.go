// Package workspace is the only code of iosweep that creates and deletes
// directories. Benchmark tools have deleted people's data; this one cannot:
//
//  1. Create makes a directory of its own, new, under the directory that the
//     experiment tests, and puts a marker with the run's id into it.
//  2. Everything below happens through an os.Root of that directory, so that
//     neither ".." nor a symbolic link leads out of it.
//  3. Remove deletes that directory alone, and only while its marker holds the
//     id and its name still leads to it. A directory that existed before is
//     never adopted.
//  4. Reclaim deletes what a run that was killed has left, by the same rules.
//  5. No run works inside the workspace of another.
package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Marker is the file that makes a directory one of ours. It holds the run's id.
const Marker = ".iosweep-workspace"

// A Workspace is one run's own directory.
type Workspace struct {
	path string // absolute, without symbolic links
	id   string
	root *os.Root
	from *opened // the directory as seen from its parent; nil for one attached to
}

// nameOf is the name of the directory of a run.
func nameOf(id string) string { return ".iosweep-" + id }

// Create makes a new directory under parent for the run id.
func Create(parent, id string) (*Workspace, error) {
	parent, err := Resolve(parent)
	if err != nil {
		return nil, err
	}
	dir, err := makeNew(parent, nameOf(id))
	if err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	w := &Workspace{path: filepath.Join(parent, dir.name), id: id, root: dir.root, from: dir}
	if err := w.mark(); err != nil {
		return nil, errors.Join(fmt.Errorf("workspace: %w", err), dir.remove())
	}
	return w, nil
}

// mark makes the marker. Where that fails nothing of it is left, so that the
// directory can be removed again.
func (w *Workspace) mark() error {
	f, err := w.root.OpenFile(Marker, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(w.id + "\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, w.root.Remove(Marker))
	}
	return nil
}

// Attach opens the directory of the run id from another process of that run.
func Attach(path, id string) (*Workspace, error) {
	dir, err := openExisting(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return nil, err
	}
	w := &Workspace{path: path, id: id, root: dir.root}
	if err := errors.Join(w.checkMarker(), dir.parent.Close()); err != nil {
		dir.root.Close()
		return nil, err
	}
	return w, nil
}

// Resolve checks that a directory is fit to have a workspace under it and
// returns it absolute and without symbolic links. It changes nothing.
func Resolve(parent string) (string, error) {
	if strings.TrimSpace(parent) == "" {
		return "", errors.New("workspace: the path is empty; name a directory on the file system to be tested")
	}
	abs, err := filepath.Abs(parent)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("workspace: %s does not exist; name an existing directory on the file system to be tested", abs)
	}
	if err != nil {
		return "", fmt.Errorf("workspace: %w", err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", fmt.Errorf("workspace: %w", err)
	}
	switch {
	case !info.IsDir():
		return "", fmt.Errorf("workspace: %s is not a directory but %s; name a directory on the file system to be tested", real, KindOf(info.Mode()))
	case filepath.Dir(real) == real:
		return "", fmt.Errorf("workspace: %s is the root of a file system; name a directory below it", real)
	case isHome(real):
		return "", fmt.Errorf("workspace: %s is the home directory; name a directory below it", real)
	}
	if err := Foreign(real); err != nil {
		return "", fmt.Errorf("workspace: %w", err)
	}
	return real, nil
}

// Foreign refuses a path inside the workspace of a run, at any depth: what is in
// there goes with it. The path is absolute and without symbolic links; it need
// not exist.
func Foreign(path string) error {
	for dir := path; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, Marker)); err == nil {
			return fmt.Errorf("%s is inside %s, the workspace of a run (it has %s): what is there is removed with it; name a directory outside it", path, dir, Marker)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// KindOf names what stands where a directory has to.
func KindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeCharDevice != 0:
		return "a character device"
	case mode&fs.ModeDevice != 0:
		return "a block device"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a special file"
}

func isHome(path string) bool {
	home, err := os.UserHomeDir()
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(home); err == nil {
		home = real
	}
	return filepath.Clean(home) == path
}

// Inside says whether path lies in tree or is tree. Both must be free of
// symbolic links, as Resolve returns them.
func Inside(path, tree string) bool {
	rel, err := filepath.Rel(tree, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Path is the directory, absolute.
func (w *Workspace) Path() string { return w.path }

// Make creates a directory below the workspace, with its parents, and returns
// its absolute path. The directory must be new: names are used once.
func (w *Workspace) Make(name string) (string, error) {
	if err := w.root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", err
	}
	if err := w.root.Mkdir(name, 0o755); err != nil {
		return "", err
	}
	return filepath.Join(w.path, name), nil
}

// MakeSpread is Make for a directory in which each one that is made is to lie apart
// from the others, where the file system can do that. ext4 puts a new directory near
// its parent, and its files into the same group of inodes. There it passes over every
// inode that was freed in the last minute, to be kind to who wants it back
// (recently_deleted in fs/ext4/ialloc.c): after a trial that left ten thousand of them,
// the next one's files would take ten times as long to make.
//
// It says whether the file system spreads them. It does so by how many directories
// there are in each part of the disk: see Empty.
func (w *Workspace) MakeSpread(name string) (spreads bool, err error) {
	if _, err := w.Make(name); err != nil {
		return false, err
	}
	dir, err := w.root.Open(name)
	if err != nil {
		return false, err
	}
	return spread(dir), dir.Close()
}

// Empty removes all that a directory below the workspace holds and lets it stand
// where it is. What is no directory any more, or can no longer be read, is removed.
func (w *Workspace) Empty(path string) error {
	name, err := w.below(path)
	if err != nil {
		return err
	}
	if err := w.checkMarker(); err != nil {
		return err
	}
	info, err := w.root.Lstat(name)
	if err != nil || !info.IsDir() {
		return w.removeAll(name)
	}
	entries, err := fs.ReadDir(w.root.FS(), filepath.ToSlash(name))
	if err != nil {
		return w.removeAll(name)
	}
	for _, e := range entries {
		if err := w.removeAll(filepath.Join(name, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Mkdir makes one directory; the path is absolute and below the workspace.
func (w *Workspace) Mkdir(path string) error {
	name, err := w.below(path)
	if err != nil {
		return err
	}
	return w.root.Mkdir(name, 0o755)
}

// Rmdir removes one empty directory; the path is absolute and below the workspace.
func (w *Workspace) Rmdir(path string) error {
	name, err := w.below(path)
	if err != nil {
		return err
	}
	info, err := w.root.Lstat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("workspace: %s is not a directory", path)
	}
	return w.root.Remove(name)
}

// Clear removes what stands at a path below the workspace, a directory with all
// that it holds, a link and not what it leads to. If nothing stands there, all is
// well.
func (w *Workspace) Clear(path string) error {
	name, err := w.below(path)
	if err != nil {
		return err
	}
	if err := w.checkMarker(); err != nil {
		return err
	}
	return w.removeAll(name)
}

// removeAll removes a directory with all that it holds, also where a program
// has left directories behind that their owner may not write.
func (w *Workspace) removeAll(name string) error {
	err := w.root.RemoveAll(name)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	walkErr := fs.WalkDir(w.root.FS(), filepath.ToSlash(name), func(path string, e fs.DirEntry, err error) error {
		if e == nil || !e.IsDir() {
			return nil
		}
		// A directory is visited before its entries are read.
		return w.root.Chmod(filepath.FromSlash(path), 0o700)
	})
	return errors.Join(walkErr, w.root.RemoveAll(name))
}

// below is a path relative to the workspace; the workspace itself is refused.
func (w *Workspace) below(path string) (string, error) {
	rel, err := filepath.Rel(w.path, path)
	if err != nil || rel == "." || !filepath.IsLocal(rel) || rel == Marker {
		return "", fmt.Errorf("workspace: %s is not below %s: nothing is made or removed there", path, w.path)
	}
	return rel, nil
}

// checkMarker refuses a directory that is not this run's.
func (w *Workspace) checkMarker() error {
	held, err := readMarker(w.root)
	if err != nil {
		return fmt.Errorf("workspace: %s has no marker of iosweep: it is left alone: %w", w.path, err)
	}
	if held != w.id {
		return fmt.Errorf("workspace: %s belongs to run %q, not %s: it is left alone", w.path, held, w.id)
	}
	return nil
}

// readMarker is the id in a marker. A program that a trial ran may have put
// anything in its place: a pipe would block whoever opens it.
func readMarker(root *os.Root) (id string, err error) {
	const most = 1 << 10
	info, err := root.Lstat(Marker)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return "", fmt.Errorf("%s is %s of %d bytes", Marker, KindOf(info.Mode()), info.Size())
	}
	held, err := root.ReadFile(Marker)
	return strings.TrimSpace(string(held)), err
}

// Close lets go of the directory and leaves it as it is.
func (w *Workspace) Close() error {
	if w.from == nil {
		return w.root.Close()
	}
	return w.from.close()
}

// Remove deletes the workspace and closes it. The marker goes last, so that an
// interrupted removal can still be told from somebody's data.
func (w *Workspace) Remove() error {
	if w.from == nil {
		return errors.Join(fmt.Errorf("workspace: %s is another process's to remove", w.path), w.root.Close())
	}
	if err := errors.Join(w.checkMarker(), w.from.check()); err != nil {
		return errors.Join(err, w.Close())
	}
	if err := w.empty(); err != nil {
		return errors.Join(err, w.Close())
	}
	return w.from.remove()
}

// empty removes all that the workspace holds, the marker last.
func (w *Workspace) empty() error {
	entries, err := fs.ReadDir(w.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == Marker {
			continue
		}
		if err := w.removeAll(e.Name()); err != nil {
			return fmt.Errorf("workspace: %s cannot be removed: %w; if a process still writes there, end it and resume the run", w.path, err)
		}
	}
	return w.root.Remove(Marker)
}
