package runner

import (
	"errors"
	"fmt"

	"iosweep/internal/workspace"
	"iosweep/journal"
)

// setAside leaves a directory where it is, and its cell alone.
func (r *run) setAside(cell int, left *workspace.LeftError) error {
	return r.leaveAlone(cell, fmt.Sprintf("%s: %v; %s", leftBehind, left, left.Advice()))
}

// leaveAlone notes that a cell gets no more trials from this process.
func (r *run) leaveAlone(cell int, why string) error {
	r.ledger.stuck[cell] = true
	r.forecast.expect(cell, 0)
	text := fmt.Sprintf("%s gets no more trials: %s", r.Cells[cell].Name, why)
	return r.note(journal.Note{Kind: journal.NoteQuarantined, Cell: new(r.index[cell]), Text: text})
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
