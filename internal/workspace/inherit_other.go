//go:build !linux

package workspace

import (
	"errors"
	"os"
	"path/filepath"
)

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
