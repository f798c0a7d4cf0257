package runner

import (
	"errors"
	"fmt"

	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// setAside leaves a directory where it is, and its cell alone.
func (r *run) setAside(cell int, left *workspace.LeftError) error {
	return r.leaveAlone(cell, fmt.Sprintf("%s: %v; %s", schedule.LeftBehind, left, left.Advice()))
}

// leaveAlone notes that a cell gets no more trials from this process.
func (r *run) leaveAlone(cell int, why string) error {
	r.ledger.Stuck[cell] = true
	r.forecast.Expect(cell, 0)
	text := fmt.Sprintf("%s gets no more trials: %s", r.Cells[cell].Name, why)
	return r.note(journal.Note{Kind: journal.NoteQuarantined, Cell: new(r.Index[cell]), Text: text})
}

// discard removes what is no longer of use in a workspace. What cannot be removed
// stays: what takes its place gets another name.
func (s *store) discard(path string) error {
	err := s.ws.Clear(path)
	if _, left := errors.AsType[*workspace.LeftError](err); left {
		return nil // Remove names it in the end
	}
	return err
}
