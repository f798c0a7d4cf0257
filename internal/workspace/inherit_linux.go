package workspace

import (
	"errors"
	"fmt"
	"os"

	"iosweep/internal/regular"
)

// File is the directory, for a process of the run to inherit.
func (w *Workspace) File() *os.File { return w.dir.file }

// Inherit is the directory of the run id in another process of that run, which has
// it open as a file already. What is under its path now does not matter.
func Inherit(f *os.File, path, id string) (*Workspace, error) {
	info, err := f.Stat()
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a directory but " + regular.KindOf(info.Mode()))
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

// Open opens a directory below the workspace, following no link and crossing no
// mount on the way; the path is absolute.
func (w *Workspace) Open(path string) (*os.File, error) {
	name, err := w.below(path)
	if err != nil {
		return nil, err
	}
	dir, err := w.dir.open(name)
	return dir.file, err
}
