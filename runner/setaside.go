package runner

import (
	"errors"
	"fmt"
	"strings"

	"iosweep/internal/workspace"
	"iosweep/journal"
)

// leftBehind is in the note of a cell whose trial left what cannot be removed. It
// counts for resumed runs too: another trial would leave more of it.
const leftBehind = "its last trial left files that cannot be removed"

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

// replayStuck marks the cells that left something behind, as the notes of a journal
// have it.
func (l *ledger) replayStuck(notes []journal.Note, cellOf func(int) int) {
	for _, n := range notes {
		if n.RetryFailed {
			clear(l.stuck)
		}
		if n.Kind != journal.NoteQuarantined || n.Cell == nil || !strings.Contains(n.Text, leftBehind) {
			continue
		}
		if cell := cellOf(*n.Cell); cell >= 0 {
			l.stuck[cell] = true
		}
	}
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
