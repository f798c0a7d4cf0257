package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Reclaim removes what a process of the run id that was killed has left under
// parent. Nothing is left: nothing is done. A kill may have fallen between the
// making of the directory and that of its marker, or between the removal of the
// marker and that of the directory; so one that is empty, or has an empty marker
// and no more, is the run's too. Anything else without the run's marker is
// somebody's, and an error.
func Reclaim(parent, id string) error {
	name := nameOf(id)
	if id == "" || filepath.Base(name) != name {
		return fmt.Errorf("workspace: %q is no id of a run", id)
	}
	dir, err := openExisting(parent, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("workspace: %w", err)
	}
	w := &Workspace{path: filepath.Join(parent, name), id: id, root: dir.root, from: dir}
	begun, err := w.barelyBegun()
	if err != nil {
		return errors.Join(err, w.Close())
	}
	if !begun {
		return w.Remove()
	}
	if err := w.root.Remove(Marker); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, w.Close())
	}
	return w.from.remove()
}

// barelyBegun says whether a directory is empty but for an empty marker. One that
// holds more and has no marker of the run is an error that says what it holds.
func (w *Workspace) barelyBegun() (bool, error) {
	entries, err := fs.ReadDir(w.root.FS(), ".")
	if err != nil {
		return false, err
	}
	if len(entries) == 0 {
		return true, nil
	}
	held, err := readMarker(w.root)
	if err == nil && held == w.id {
		return false, nil
	}
	if err == nil && held == "" && len(entries) == 1 {
		return true, nil
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("has no %s", Marker)
	case err == nil && held == "":
		err = fmt.Errorf("has an empty %s", Marker)
	case err == nil:
		err = fmt.Errorf("belongs to run %q, not %s", held, w.id)
	}
	return false, fmt.Errorf("workspace: %s %w and holds %s: it is left alone; if nobody needs it, remove it by hand", w.path, err, listed(entries))
}

// listed names the first of some entries.
func listed(entries []os.DirEntry) string {
	const most = 3
	text := ""
	for i, e := range entries {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(entries)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", e.Name())
	}
	return text
}
