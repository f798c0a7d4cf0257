package runner

import (
	"fmt"

	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// quarantine notes that a cell gets no more trials.
func (r *run) quarantine(cell int) error {
	trials := r.Plan.Experiment.Trials
	text := fmt.Sprintf("%s gets no more trials: it failed %s", r.Cells[cell].Name, inRounds(r.ledger.FailedRounds(cell)))
	if trials.Retries > 0 {
		text += fmt.Sprintf(", tried %d times in each", trials.Retries+1)
	}
	r.forecast.Expect(cell, 0)
	return r.note(journal.Note{Kind: journal.NoteQuarantined, Cell: new(r.Index[cell]), Text: text})
}

func inRounds(n int) string {
	if n == 1 {
		return "in one round"
	}
	return fmt.Sprintf("in %d rounds in a row", n)
}

// notePrecise writes down that cells get no more trials, and why.
func (r *run) notePrecise(cells []int) error {
	for _, cell := range cells {
		text := fmt.Sprintf("%s gets no more trials: %s", r.Cells[cell].Name, r.ledger.Precision(cell))
		if err := r.note(journal.Note{Kind: journal.NotePrecise, Cell: new(r.Index[cell]), Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// setAside leaves a directory where it is, and its cell alone.
func (r *run) setAside(cell int, left *workspace.LeftError) error {
	return r.leaveAlone(cell, fmt.Sprintf("%s: %v; %s", schedule.LeftBehind, left, left.Advice()))
}

// leaveAlone notes that a cell gets no more trials from this process.
func (r *run) leaveAlone(cell int, why string) error {
	r.ledger.SetAside(cell)
	r.forecast.Expect(cell, 0)
	text := fmt.Sprintf("%s gets no more trials: %s", r.Cells[cell].Name, why)
	return r.note(journal.Note{Kind: journal.NoteQuarantined, Cell: new(r.Index[cell]), Text: text})
}
