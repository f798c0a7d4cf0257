package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Reclaim removes what a process of the run id that was killed has left under
// parent. Nothing is left: nothing is done. A kill may have fallen between the
// making of the directory and that of its marker, or between the removal of the
// marker and that of the directory; so one that is empty, or has an empty marker
// and no more, is the run's too. Anything else without the run's marker is
// somebody's, and an error. While the process that made the directory lives, the
// error is a *InUseError.
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
	w := &Workspace{path: filepath.Join(parent, name), id: id, dir: dir.dir, from: dir}
	if err := w.lockMarker(); err != nil {
		return errors.Join(err, w.Close())
	}
	begun, err := w.barelyBegun()
	if err != nil {
		return errors.Join(err, w.Close())
	}
	if !begun {
		return w.Remove()
	}
	if w.marker != nil {
		w.marker.Close()
	}
	if err := w.dir.unlink(Marker); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, w.from.close())
	}
	return w.from.remove()
}

// barelyBegun reports whether a directory is empty but for an empty marker. One that
// holds more and has no marker of the run is an error that says what it holds.
func (w *Workspace) barelyBegun() (bool, error) {
	entries, err := w.dir.names(-1)
	if err != nil {
		return false, err
	}
	if len(entries) == 0 {
		return true, nil
	}
	held, err := readMarker(w.dir)
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
func listed(entries []string) string {
	const most = 3
	var quoted []string
	for _, e := range entries[:min(len(entries), most)] {
		quoted = append(quoted, strconv.Quote(e))
	}
	text := strings.Join(quoted, ", ")
	if more := len(entries) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// A Leftover is what looks like the workspace of a process of a run.
type Leftover struct {
	Path      string
	Session   int  // from 1
	Unrelated bool // it is none, only called like one
}

// Leftovers lists what processes of the run id may have left under parent: its own
// directory, and those of later sessions (ID-2, ID-3, ...). If one of them belongs to a
// process that lives, the error is a *InUseError.
func Leftovers(parent, id string) (list []Leftover, err error) {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("workspace: %w", err)
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), nameOf(id))
		session := 1
		if rest != "" {
			number, numbered := strings.CutPrefix(rest, "-")
			session, err = strconv.Atoi(number)
			if !numbered || err != nil || session < 2 || strconv.Itoa(session) != number {
				ours = false
			}
		}
		if !ours {
			continue
		}
		info, err := e.Info()
		// Somebody else may have put it there, to be in the way perhaps. Its name is taken.
		foreign := err != nil || !info.IsDir() || !ownedByUsOrRoot(info)
		list = append(list, Leftover{filepath.Join(parent, e.Name()), session, foreign})
		if foreign {
			continue
		}
		if err := checkDead(parent, e.Name(), id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// checkDead returns a *InUseError if a living process has the marker of a directory
// locked. Whether there is a marker at all is for Reclaim to say.
func checkDead(parent, name, id string) error {
	dir, err := openExisting(parent, name)
	if err != nil {
		return nil
	}
	w := &Workspace{path: filepath.Join(parent, name), id: id, dir: dir.dir, from: dir}
	err = w.lockMarker()
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	if _, live := errors.AsType[*InUseError](err); live {
		return err
	}
	return nil
}
