// Package workspace is the only code of iosweep that creates and deletes
// directories. Benchmark tools have deleted people's data; this one cannot:
//
//  1. Create makes a directory of its own, new, under the directory that the
//     experiment tests, and puts a marker with the run's id into it.
//  2. Everything below happens through an os.Root of that directory, so that
//     neither ".." nor a symbolic link leads out of it.
//  3. Remove deletes that directory alone, and only while its marker holds the
//     id. A directory that existed before is never adopted.
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
}

// Create makes a new directory under parent for the run id.
func Create(parent, id string) (*Workspace, error) {
	parent, err := Resolve(parent)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(parent, ".iosweep-"+id)
	if err := os.Mkdir(path, 0o755); err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	w := &Workspace{path: path, id: id, root: root}
	if err := root.WriteFile(Marker, []byte(id+"\n"), 0o644); err != nil {
		return nil, errors.Join(err, root.Close(), os.Remove(path))
	}
	return w, nil
}

// Attach opens the directory of the run id from another process of that run.
func Attach(path, id string) (*Workspace, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	w := &Workspace{path: path, id: id, root: root}
	if err := w.checkMarker(); err != nil {
		root.Close()
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
		return "", fmt.Errorf("workspace: %s is not a directory", real)
	case filepath.Dir(real) == real:
		return "", fmt.Errorf("workspace: %s is the root of a file system; name a directory below it", real)
	case isHome(real):
		return "", fmt.Errorf("workspace: %s is the home directory; name a directory below it", real)
	}
	return real, nil
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

// Writable says whether a directory can be made under parent, by making one and
// removing it.
func Writable(parent string) error {
	path, err := os.MkdirTemp(parent, ".iosweep-probe-")
	if err != nil {
		return fmt.Errorf("workspace: %w", err)
	}
	return os.Remove(path)
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
	held, err := w.root.ReadFile(Marker)
	if err != nil {
		return fmt.Errorf("workspace: %s has no marker of iosweep: it is left alone: %w", w.path, err)
	}
	if strings.TrimSpace(string(held)) != w.id {
		return fmt.Errorf("workspace: %s belongs to run %s, not %s: it is left alone", w.path, strings.TrimSpace(string(held)), w.id)
	}
	return nil
}

// Close lets go of the directory and leaves it as it is.
func (w *Workspace) Close() error { return w.root.Close() }

// Remove deletes the workspace and closes it. The marker goes last, so that an
// interrupted removal can still be told from somebody's data.
func (w *Workspace) Remove() error {
	defer w.root.Close()
	if err := w.checkMarker(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(w.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == Marker {
			continue
		}
		if err := w.removeAll(e.Name()); err != nil {
			return err
		}
	}
	if err := w.root.Remove(Marker); err != nil {
		return err
	}
	return os.Remove(w.path)
}
