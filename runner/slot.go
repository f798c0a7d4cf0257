package runner

import (
	"context"
	"time"

	"iosweep/journal"
	"iosweep/runner/schedule"
)

// runSlot runs the trial of a slot, and repeats it after failures as often as the experiment
// allows. stop is the kind of note with which the run must end, or "" if it continues.
func (r *run) runSlot(ctx context.Context, slot schedule.Slot) (stop string, err error) {
	begun, last := time.Now(), journal.OK
	for r.tracker.NeedsTrial(slot.Round, slot.Cell) && !r.tracker.IsQuarantined(slot.Cell) {
		trial, err := r.attempt(ctx, slot)
		switch {
		case err != nil:
			r.why = err.Error()
			return journal.NoteFault, err
		case ctx.Err() != nil:
			return r.stopped(ctx), nil
		case trial.Void:
			r.why = trial.Error
			return journal.NoteFault, nil
		}
		last = trial.Status
	}
	r.forecast.Record(slot.Cell, time.Since(begun))
	if r.tracker.IsQuarantined(slot.Cell) && !r.tracker.IsExcluded(slot.Cell) && last != journal.OK {
		if err := r.quarantine(slot.Cell); err != nil {
			return journal.NoteFault, err
		}
	}
	if err := r.updatePrecise(slot); err != nil {
		return journal.NoteFault, err
	}
	if last != journal.OK && r.opt.FailFast {
		return journal.NoteFailFast, nil
	}
	return "", nil
}

// updatePrecise notes the cells that have become precise enough with the trial of a slot, and
// updates the forecast of the affected cells.
func (r *run) updatePrecise(slot schedule.Slot) error {
	if r.Plan.Experiment.Trials.Adaptive == nil {
		return nil
	}
	if change := r.tracker.UpdateRace(slot.Cell); change != nil {
		for _, cell := range change.Cells {
			r.forecast.SetPending(cell, r.tracker.ExpectedTrials(cell))
		}
		return r.noteRace(change)
	}
	if r.Plan.Round(slot.Round).Phase != journal.Measured {
		return nil // a failed warm-up concerns a race only
	}
	precise := r.tracker.UpdatePrecise(slot.Round, slot.Cell)
	for _, cell := range precise {
		if err := r.noteNoMoreTrials(journal.NotePrecise, cell, r.tracker.DescribePrecision(cell)); err != nil {
			return err
		}
	}
	for _, cell := range append(r.tracker.Affected(slot.Round, slot.Cell), precise...) {
		r.forecast.SetPending(cell, r.tracker.ExpectedTrials(cell))
	}
	// The forecast of a baseline is updated once in a round, after its own trial. It is also
	// updated when the last cell that needed it has become precise enough.
	if b := r.Plan.Experiment.Baseline[slot.Cell]; b != slot.Cell && len(precise) > 0 && r.tracker.Remaining(b) == 0 {
		r.forecast.SetPending(b, 0)
	}
	return nil
}
