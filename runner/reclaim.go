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

// notRemoved says where something stays that this run has left.
func notRemoved(path string, why error) string {
	text := fmt.Sprintf("%s was not removed: %v", path, why)
	if left, ok := errors.AsType[*workspace.RemovalError](why); ok {
		text += "; " + left.Advice()
	}
	return text
}

// reclaim removes the workspaces that earlier processes of the run were killed in, but
// for those that were left on purpose, and names that of this one. It touches nothing
// if one of those processes still lives: this may be a copy of its results.
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
	// Were its trial's process killed with it, something that this had started may
	// still be there.
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
		if err != nil { // it is left alone, and keeps nobody from going on
			r.leftovers = append(r.leftovers, notRemoved(l.Path, err))
		}
	}
	r.id = r.sessionID(sessions + 1)
	return nil
}

// sessionID names the workspaces of one process of the run; sessions count from 1.
func (r *run) sessionID(session int) string {
	if session == 1 {
		return r.ID
	}
	return fmt.Sprintf("%s-%d", r.ID, session)
}

// isKept reports whether a workspace was left on purpose: --keep-workspace.
func isKept(notes []journal.Note, path string) bool {
	return slices.ContainsFunc(notes, func(n journal.Note) bool {
		// The same workspace may have another path by now.
		kept := filepath.ToSlash(n.Text) + "/"
		return n.Kind == journal.NoteKept && strings.Contains(kept, "/"+filepath.Base(path)+"/")
	})
}
