package runner

import (
	"fmt"

	"iosweep/journal"
)

// noteNoMoreTrials notes that a cell gets no more trials, and the reason. Package analysis takes
// the reason from the text after "gets no more trials: ".
func (r *run) noteNoMoreTrials(kind string, cell int, why string) error {
	text := fmt.Sprintf("%s gets no more trials: %s", r.Cells[cell].Name, why)
	return r.note(journal.Note{Kind: kind, Cell: new(r.Index[cell]), Text: text})
}

// quarantine notes that a cell has failed too often. Package analysis recognizes such a reason by
// its beginning, "it failed in ".
func (r *run) quarantine(cell int) error {
	why, suffix := "it failed in one round", ""
	if n := r.tracker.FailedRounds(cell); n != 1 {
		why, suffix = fmt.Sprintf("it failed in %d rounds in a row", n), " in each"
	}
	if retries := r.Plan.Experiment.Trials.Retries; retries > 0 {
		why += fmt.Sprintf(", with %d attempts", retries+1) + suffix
	}
	r.forecast.SetPending(cell, 0)
	return r.noteNoMoreTrials(journal.NoteQuarantined, cell, why)
}

// exclude gives a cell no more trials in this session, and notes the reason.
func (r *run) exclude(cell int, why string) error {
	r.tracker.Exclude(cell)
	r.forecast.SetPending(cell, 0)
	return r.noteNoMoreTrials(journal.NoteQuarantined, cell, why)
}
