package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"iosweep/internal/fault"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// turn does a cell's trial of a round: again where it fails, as often as the
// experiment allows. stop is the kind of note with which the run has to end; ""
// if it goes on.
func (r *run) turn(ctx context.Context, t schedule.Turn) (stop string, err error) {
	begun, last := time.Now(), journal.OK
	for r.ledger.Wants(t.Round, t.Cell) && !r.ledger.Quarantined(t.Cell) {
		trial, err := r.attempt(ctx, t)
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
	r.forecast.Saw(t.Cell, time.Since(begun))
	if r.ledger.Quarantined(t.Cell) && !r.ledger.Stuck[t.Cell] && last != journal.OK {
		if err := r.quarantine(t.Cell); err != nil {
			return journal.NoteFault, err
		}
	}
	if err := r.settle(t); err != nil {
		return journal.NoteFault, err
	}
	if last != journal.OK && r.opt.FailFast {
		return journal.NoteFailFast, nil
	}
	return "", nil
}

// settle notes which cells need no more trials, now that a trial of one has ended, and
// counts anew how many those need that go on.
func (r *run) settle(t schedule.Turn) error {
	if r.Plan.Experiment.Trials.Adaptive == nil || r.Plan.Round(t.Round).Phase != journal.Measured {
		return nil
	}
	settled := r.ledger.Settle(t.Round, t.Cell)
	if err := r.notePrecise(settled); err != nil {
		return err
	}
	for _, cell := range append(r.ledger.Touched(t.Round, t.Cell), settled...) {
		r.forecast.Expect(cell, r.ledger.Expected(cell))
	}
	// A baseline is counted anew with its own trials, once in a round, and when the
	// last cell that needed it has settled.
	if b := r.Plan.Experiment.Baseline[t.Cell]; b != t.Cell && len(settled) > 0 && r.ledger.Left(b) == 0 {
		r.forecast.Expect(b, 0)
	}
	return nil
}

// quarantine notes that a cell gets no more trials.
func (r *run) quarantine(cell int) error {
	trials := r.Plan.Experiment.Trials
	text := fmt.Sprintf("%s gets no more trials: it failed %s", r.Cells[cell].Name, inRounds(r.ledger.Losing[cell]))
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

// mostSuspended is how often a trial that was suspended is done again.
const mostSuspended = 3

// attempt does one trial and records it, unless it was interrupted: what was
// abandoned was not measured. Neither was what was suspended, and that is done
// again.
func (r *run) attempt(ctx context.Context, t schedule.Turn) (trial journal.Trial, err error) {
	round := r.Plan.Round(t.Round)
	shown := Turn{
		Number: r.forecast.Done + 1, Of: r.forecast.Done + max(1, r.forecast.Pending), Phase: round.Phase, Round: round.Number,
		Attempt: int(r.ledger.At(t.Round, t.Cell).Attempts) + 1,
		Cell:    r.Plan.Experiment.Cells[t.Cell], Remaining: r.forecast.Remaining(),
	}
	if err := r.Hold(ctx, t.Cell); err != nil && ctx.Err() == nil {
		return trial, err
	}
	if ctx.Err() != nil {
		return trial, nil
	}
	var end *endedTrial
	for again := 0; ; again++ {
		if err := r.checkGround(t); err != nil {
			return trial, err
		}
		r.opt.Progress.Begun(shown)
		end, err = r.trial(ctx, t, shown.Attempt)
		if err != nil || ctx.Err() != nil {
			return end.record, errors.Join(err, r.tidy(ctx, t, end))
		}
		if end.suspended == "" || again == mostSuspended {
			break
		}
		if err := r.tidy(ctx, t, end); err != nil {
			return end.record, err
		}
		text := fmt.Sprintf("%s, %s %d, is done again: %s", end.record.Name, end.record.Phase, end.record.Round, end.suspended)
		if err := r.note(journal.Note{Kind: journal.NoteRepeated, Text: text}); err != nil {
			return end.record, err
		}
	}
	if end.suspended != "" {
		end.record.Status, end.record.Error, end.record.Measurement = journal.Failed, fmt.Sprintf("%s, in each of %d attempts", end.suspended, mostSuspended+1), nil
	}
	return end.record, r.conclude(ctx, t, shown, end)
}

// conclude records a trial, and only then does what may fail: it removes what the
// trial left, and leaves a cell alone that met a limit. The error ends the run.
func (r *run) conclude(ctx context.Context, t schedule.Turn, shown Turn, end *endedTrial) error {
	tidy := func() error { return r.tidy(ctx, t, end) }
	if r.filledAgain(t, &end.record) {
		tidied := tidy()
		tidy = func() error { return tidied }
		r.blameAgain(&end.record)
	}
	if err := r.record(t, shown, &end.record); err != nil {
		return errors.Join(err, tidy())
	}
	r.latest = end.record.Name
	if err := tidy(); err != nil {
		return err
	}
	if end.limit != "" {
		if err := r.leaveAlone(t.Cell, "it met a limit of this machine: "+end.limit); err != nil {
			return err
		}
	}
	if end.changed != "" {
		return errors.New(end.changed)
	}
	return nil
}

// filledAgain reports whether a trial found the disk full, and not for the first time.
func (r *run) filledAgain(t schedule.Turn, trial *journal.Trial) bool {
	return trial.Void && r.ledger.At(t.Round, t.Cell).Void && strings.Contains(trial.Error, fault.Full)
}

// blameAgain lays that to the cell, where there is room again without the trial: else
// a contender that writes too much would stop every resumed run in the same place.
func (r *run) blameAgain(trial *journal.Trial) {
	if err := r.CheckRoom(r.opt.Out, func(string) {}); err == nil {
		trial.Void = false
		trial.Error += "; it was so before, and there is room for the plan once its files are gone: the cell takes more than its outcome needs"
	}
}

// record writes a trial into the journal, and only then into the ledger.
func (r *run) record(t schedule.Turn, shown Turn, trial *journal.Trial) error {
	if err := r.journal.Append(journal.Entry{Trial: trial}); err != nil {
		if _, changed := errors.AsType[*journal.ChangedError](err); changed {
			return fmt.Errorf("while %s ran (trial %d), which is not recorded: %w", trial.Name, trial.Trial, err)
		}
		return fmt.Errorf("the journal cannot be written, so the run stops; what it holds is whole: %w", err)
	}
	r.records++
	r.ledger.Book(t.Round, t.Cell, trial)
	r.opt.Progress.Ended(shown, *trial)
	return nil
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
