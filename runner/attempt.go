package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"iosweep/internal/fault"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// maxSuspensions is how often a trial that was suspended is done again.
const maxSuspensions = 3

// attempt does one trial and records it, unless it was interrupted: what was
// abandoned was not measured. Neither was what was suspended, and that is done
// again.
func (r *run) attempt(ctx context.Context, t schedule.Slot) (trial journal.Trial, err error) {
	round := r.Plan.Round(t.Round)
	shown := TrialInfo{
		Number: r.forecast.Done + 1, Of: r.forecast.Done + max(1, r.forecast.Pending()), Phase: round.Phase, Round: round.Number,
		Attempt: r.tracker.Attempts(t) + 1,
		Cell:    r.Plan.Experiment.Cells[t.Cell], Remaining: r.forecast.Remaining(),
	}
	if err := r.LoadManifest(ctx, t.Cell); err != nil && ctx.Err() == nil {
		return trial, err
	}
	if ctx.Err() != nil {
		return trial, nil
	}
	for again := 0; ; again++ {
		if err := r.checkBefore(t); err != nil {
			return trial, err
		}
		r.opt.Progress.Begun(shown)
		end, err := r.trial(ctx, t, shown.Attempt)
		if errors.Is(err, context.Cause(ctx)) || errors.Is(err, ctx.Err()) {
			err = nil // the interruption itself, which is no fault of the machine
		}
		if err != nil || ctx.Err() != nil {
			return end.record, errors.Join(err, r.cleanUp(ctx, t, end))
		}
		if end.suspended != "" && again == maxSuspensions {
			end.record.Status, end.record.Error, end.record.Measurement = journal.Failed, fmt.Sprintf("%s, in each of %d attempts", end.suspended, maxSuspensions+1), nil
		}
		if end.suspended == "" || again == maxSuspensions {
			return end.record, r.finishTrial(ctx, t, shown, end)
		}
		if err := r.cleanUp(ctx, t, end); err != nil {
			return end.record, err
		}
		text := fmt.Sprintf("%s, %s %d, is done again: %s", end.record.Name, end.record.Phase, end.record.Round, end.suspended)
		if err := r.note(journal.Note{Kind: journal.NoteRepeated, Text: text}); err != nil {
			return end.record, err
		}
	}
}

// finishTrial records a trial, and only then does what may fail: it removes what the
// trial left, and leaves a cell alone that met a limit. The error ends the run.
func (r *run) finishTrial(ctx context.Context, t schedule.Slot, shown TrialInfo, end *trialResult) error {
	cleanUp := sync.OnceValue(func() error { return r.cleanUp(ctx, t, end) })
	// A disk that is full again, and not for the first time, is laid to the cell, where
	// there is room once its files are gone: else a contender that writes too much would
	// stop every resumed run in the same place.
	if trial := &end.record; trial.Void && r.tracker.HadFault(t) && strings.Contains(trial.Error, fault.Full) {
		cleanUp()
		if err := r.CheckSpace(r.opt.Out, func(string) {}); err == nil {
			trial.Void = false
			trial.Error += "; it was so before, and there is room for the plan once its files are gone: the cell takes more than its outcome needs"
		}
	}
	if err := r.record(t, shown, &end.record); err != nil {
		return errors.Join(err, cleanUp())
	}
	r.latest = end.record.Name
	if err := cleanUp(); err != nil {
		return err
	}
	if end.limit != "" {
		if err := r.exclude(t.Cell, "it met a limit of this machine: "+end.limit); err != nil {
			return err
		}
	}
	if end.changed != "" {
		return errors.New(end.changed)
	}
	return nil
}

// record writes a trial into the journal, and only then into the tracker.
func (r *run) record(t schedule.Slot, shown TrialInfo, trial *journal.Trial) error {
	if err := r.journal.Append(journal.Entry{Trial: trial}); err != nil {
		if _, changed := errors.AsType[*journal.ChangedError](err); changed {
			return fmt.Errorf("while %s ran (trial %d), which is not recorded: %w", trial.Name, trial.Trial, err)
		}
		return fmt.Errorf("the journal cannot be written, so the run stops; what it holds is whole: %w", err)
	}
	r.records++
	r.tracker.Record(t.Round, t.Cell, trial)
	r.opt.Progress.Ended(shown, *trial)
	return nil
}

// A trialResult is what came of a trial. Its directory stands until cleanUp.
type trialResult struct {
	record    journal.Trial
	suspended string // why nothing was measured: the trial was stopped while it ran
	changed   string // what the run stands on and is no longer as it was
	limit     string // the limit of the machine that the cell met
	store     *store
	dir       string
}

// trial runs one trial in a child process, in a fresh directory. Whatever goes wrong
// with the trial is in the record; the error is for what would go wrong with every
// trial.
func (r *run) trial(ctx context.Context, t schedule.Slot, attempt int) (*trialResult, error) {
	round := r.Plan.Round(t.Round)
	store := r.stores[r.Places[t.Cell].Workspace]
	end := &trialResult{store: store, record: journal.Trial{
		Trial: r.records + 1, Round: round.Number, Phase: round.Phase, Attempt: attempt,
		Cell: r.Index[t.Cell], Name: r.Cells[t.Cell].Name, Status: journal.Failed,
	}}
	r.attempts++
	name := fmt.Sprintf("%s/%06d", trialsName, r.attempts)
	dir, err := store.ws.Make(name)
	if err != nil {
		return end, err
	}
	end.dir = dir
	spec, err := r.spec(ctx, t.Cell, store, name)
	end.record.StartedAt = time.Now().UTC()
	if err != nil {
		end.record.Error, end.record.Void = err.Error(), fault.Of(err) != ""
		if errors.Is(err, errTooLong) {
			end.record.Status = journal.Timeout
		}
	} else if err := r.runGuarded(ctx, spec, end); err != nil {
		return end, err
	}
	if ctx.Err() == nil && end.suspended == "" {
		r.checkAfter(ctx, t.Cell, end)
	}
	return end, nil
}

// cleanUp removes what a trial has left, or keeps it. What cannot be removed stays where
// it is: its cell gets no more trials, for it would leave more of it, and the run goes
// on.
func (r *run) cleanUp(ctx context.Context, t schedule.Slot, end *trialResult) error {
	record := &end.record
	if end.dir == "" || end.changed != "" {
		return nil
	}
	if r.opt.KeepWorkspace && record.Status != journal.OK && !record.Void && end.suspended == "" && ctx.Err() == nil {
		end.store.kept = true
		return r.note(journal.Note{Kind: journal.NoteKept, Text: end.dir})
	}
	err := end.store.clear(end.dir)
	if left, ok := errors.AsType[*workspace.RemovalError](err); ok {
		if ctx.Err() != nil {
			return nil // it was abandoned, and is done again
		}
		return r.exclude(t.Cell, fmt.Sprintf("%s: %v; %s", schedule.LeftBehind, left, left.Advice()))
	}
	if err != nil {
		return err
	}
	// What this trial left to be written must not be written during the next.
	return syncWorkspace(end.store.ws)
}
