package runner

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/fault"
	"iosweep/internal/process"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// notRemoved describes a file or directory of this run that could not be removed.
func notRemoved(path string, why error) string {
	text := fmt.Sprintf("%s was not removed: %v", path, why)
	if left, ok := errors.AsType[*workspace.RemovalError](why); ok {
		text += "; " + left.Advice()
	}
	return text
}

// reclaim removes the run directories that killed sessions of this run have left, except those
// that were kept with --keep-workspace. It also sets the ID of this session. If a process of an
// earlier session is still running, reclaim removes nothing and returns an error. The results
// directory may be a copy of the one that the other process uses.
func (r *run) reclaim(log *journal.Log) error {
	parents := slices.Compact(slices.Sorted(slices.Values(slices.Concat(log.Run.Workspaces, r.Workspaces))))
	var left []workspace.Leftover
	for _, parent := range parents {
		found, err := workspace.Leftovers(parent, r.ID)
		if err != nil {
			return err
		}
		left = append(left, found...)
	}
	// If the process of a trial was killed too, processes that it had started may still be
	// running.
	process.KillRun(r.ID)
	sessions := 1
	for _, n := range log.Notes {
		if n.Kind == journal.NoteResumed {
			sessions++
		}
	}
	for i := 1; i <= sessions; i++ {
		workspace.RemoveCgroup(r.sessionID(i))
	}
	for _, l := range left {
		sessions = max(sessions, l.Session)
		if l.Unrelated || isKept(log.Notes, l.Path) {
			continue
		}
		err := workspace.Reclaim(filepath.Dir(l.Path), r.sessionID(l.Session))
		if _, live := errors.AsType[*workspace.InUseError](err); live || fault.InChain(err) != "" {
			return err
		}
		if err != nil { // the directory stays, and the run continues
			r.leftovers = append(r.leftovers, notRemoved(l.Path, err))
		}
	}
	r.session = r.sessionID(sessions + 1)
	return nil
}

// sessionID returns the ID of a session of the run. Sessions count from 1.
func (r *run) sessionID(session int) string {
	if session == 1 {
		return r.ID
	}
	return fmt.Sprintf("%s-%d", r.ID, session)
}

// isKept reports whether a run directory was kept with --keep-workspace.
func isKept(notes []journal.Note, path string) bool {
	return slices.ContainsFunc(notes, func(n journal.Note) bool {
		// The path of the workspace may have changed since the note.
		kept := filepath.ToSlash(n.Text) + "/"
		return n.Kind == journal.NoteKept && strings.Contains(kept, "/"+filepath.Base(path)+"/")
	})
}
