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

// Reclaim removes the workspace that a killed process of the run id left under parent, so that
// its space is free again. It does nothing if there is none. The process may have been killed
// between creating the directory and the marker, or between removing the marker and the
// directory. So a directory that is empty, or contains only an empty marker, also belongs to
// the run. Any other directory without the run's marker is an error. If the process that
// created the directory is still running, the error is an *InUseError.
func Reclaim(parent, id string) error {
	name := nameOf(id)
	if id == "" || filepath.Base(name) != name {
		return fmt.Errorf("workspace: %q is not a run id", id)
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
	unfinished, err := w.isUnfinished()
	if err != nil {
		return errors.Join(err, w.Close())
	}
	if !unfinished {
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

// isUnfinished reports whether a directory is empty except for an empty marker. If it has
// other content and no marker of the run, the error lists its content.
func (w *Workspace) isUnfinished() (bool, error) {
	entries, err := w.dir.names(-1)
	if err != nil {
		return false, err
	}
	if len(entries) == 0 {
		return true, nil
	}
	owner, err := readMarker(w.dir)
	if err == nil && owner == w.id {
		return false, nil
	}
	if err == nil && owner == "" && len(entries) == 1 {
		return true, nil
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("has no %s", Marker)
	case err == nil && owner == "":
		err = fmt.Errorf("has an empty %s", Marker)
	case err == nil:
		err = fmt.Errorf("belongs to run %q, not %s", owner, w.id)
	}
	return false, fmt.Errorf("workspace: %s %w and contains %s; it is left unchanged; remove it by hand if it is not needed", w.path, err, listed(entries))
}

// listed formats the first entries of a list.
func listed(entries []string) string {
	const maxListed = 3
	var quoted []string
	for _, e := range entries[:min(len(entries), maxListed)] {
		quoted = append(quoted, strconv.Quote(e))
	}
	text := strings.Join(quoted, ", ")
	if more := len(entries) - maxListed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// A Leftover is a directory that is named like a workspace of a run.
type Leftover struct {
	Path      string
	Session   int  // from 1
	Unrelated bool // not a workspace: not a directory, or owned by another user (root is allowed)
}

// Leftovers lists the workspaces that processes of the run id may have left under parent: the
// first session's directory, and the directories of later sessions (ID-2, ID-3, ...). If a running
// process uses one of them, the error is an *InUseError.
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
		// Another user may have put it there. It is listed because its name is taken.
		unrelated := err != nil || !info.IsDir() || !ownedByUsOrRoot(info)
		list = append(list, Leftover{filepath.Join(parent, e.Name()), session, unrelated})
		if unrelated {
			continue
		}
		if err := checkUnused(parent, e.Name(), id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// checkUnused returns an *InUseError if a running process has locked the marker of a
// directory. A missing marker is not an error here: Reclaim reports it.
func checkUnused(parent, name, id string) error {
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
