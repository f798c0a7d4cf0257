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

// maxSuspensions is the number of times that a suspended trial is repeated. If it is suspended
// once more, it is recorded as failed.
const maxSuspensions = 3

// attempt runs one trial and records it. It does not record a trial that was cancelled with the
// run, or one that was suspended. It repeats a suspended trial.
func (r *run) attempt(ctx context.Context, slot schedule.Slot) (trial journal.Trial, err error) {
	round := r.Plan.Round(slot.Round)
	info := TrialInfo{
		Number: r.forecast.Done + 1, Of: r.forecast.Done + max(1, r.forecast.Pending()), Phase: round.Phase, Round: round.Number,
		Attempt: r.tracker.Attempts(slot) + 1,
		Cell:    r.Plan.Experiment.Cells[slot.Cell], Remaining: r.forecast.Remaining(), Budget: r.budgetLeft(),
	}
	if err := r.LoadManifest(ctx, slot.Cell); err != nil && ctx.Err() == nil {
		return trial, err
	}
	if ctx.Err() != nil {
		return trial, nil
	}
	for suspensions := 0; ; suspensions++ {
		if err := r.checkBefore(slot); err != nil {
			return trial, err
		}
		r.opt.Progress.Begun(info)
		result, err := r.trial(ctx, slot, info.Attempt)
		if errors.Is(err, context.Cause(ctx)) || errors.Is(err, ctx.Err()) {
			err = nil // the cancellation itself, which is not a fault of the machine
		}
		r.awaitSignal(ctx, &result.record)
		if err != nil || ctx.Err() != nil {
			return result.record, errors.Join(err, r.cleanUp(ctx, slot, result))
		}
		if result.suspended != "" && suspensions == maxSuspensions {
			result.record.Status, result.record.Error, result.record.Measurement = journal.Failed, fmt.Sprintf("%s, in each of %d attempts", result.suspended, maxSuspensions+1), nil
		}
		if result.suspended == "" || suspensions == maxSuspensions {
			return result.record, r.finishTrial(ctx, slot, info, result)
		}
		if err := r.cleanUp(ctx, slot, result); err != nil {
			return result.record, err
		}
		text := fmt.Sprintf("%s, %s round %d, is repeated: %s", result.record.Name, result.record.Phase, result.record.Round, result.suspended)
		if err := r.note(journal.Note{Kind: journal.NoteRepeated, Text: text}); err != nil {
			return result.record, err
		}
	}
}

// finishTrial records a trial, and then does the steps that may fail: it removes the files of the
// trial, and excludes a cell that has reached a limit. An error ends the run.
func (r *run) finishTrial(ctx context.Context, slot schedule.Slot, info TrialInfo, result *trialResult) error {
	cleanUp := sync.OnceValue(func() error { return r.cleanUp(ctx, slot, result) })
	// The disk may be full for the second time in the same slot. If there is enough space after the
	// files of the trial were removed, the cell is the cause. Without this rule a contender that
	// writes too much would stop every resumed run in the same slot.
	if trial := &result.record; trial.Void && r.tracker.HadFault(slot) && strings.Contains(trial.Error, fault.Full) {
		cleanUp()
		if err := r.CheckSpace(r.opt.Out, func(string) {}); err == nil {
			trial.Void = false
			trial.Error += "; this happened before, and there is enough space for the plan without the files of this trial: the cell uses more space than its outcome needs"
		}
	}
	if err := r.record(slot, info, &result.record); err != nil {
		return errors.Join(err, cleanUp())
	}
	r.latest = result.record.Name
	if err := cleanUp(); err != nil {
		return err
	}
	if result.limit != "" {
		if err := r.exclude(slot.Cell, "it reached a limit of this machine: "+result.limit); err != nil {
			return err
		}
	}
	if result.changed != "" {
		return errors.New(result.changed)
	}
	return nil
}

// record adds a trial to the journal, and then to the tracker.
func (r *run) record(slot schedule.Slot, info TrialInfo, trial *journal.Trial) error {
	if err := r.journal.Append(journal.Entry{Trial: trial}); err != nil {
		if _, changed := errors.AsType[*journal.ChangedError](err); changed {
			return fmt.Errorf("while %s ran (trial %d, which is not recorded): %w", trial.Name, trial.Trial, err)
		}
		return fmt.Errorf("cannot write to the journal, so the run stops; the earlier entries are complete: %w", err)
	}
	r.records++
	r.tracker.Record(slot.Round, slot.Cell, trial)
	r.opt.Progress.Ended(info, *trial)
	return nil
}

// A trialResult is the result of a trial. The trial directory exists until cleanUp.
type trialResult struct {
	record    journal.Trial
	suspended string // why nothing was measured, for example because the trial was stopped
	changed   string // a change to files that all trials depend on; see integrity.go
	limit     string // the limit of the machine that the cell has reached
	store     *store
	dir       string // the trial directory
}

// trial runs one trial in a child process with a new trial directory. A failure of the trial is in
// its record. trial returns an error only for failures that would affect every trial.
func (r *run) trial(ctx context.Context, slot schedule.Slot, attempt int) (*trialResult, error) {
	round := r.Plan.Round(slot.Round)
	store := r.stores[r.Places[slot.Cell].Workspace]
	result := &trialResult{store: store, record: journal.Trial{
		Trial: r.records + 1, Round: round.Number, Phase: round.Phase, Attempt: attempt,
		Cell: r.Index[slot.Cell], Name: r.Cells[slot.Cell].Name, Status: journal.Failed,
	}}
	r.attempts++
	name := fmt.Sprintf("%s/%06d", trialsName, r.attempts)
	dir, err := store.ws.Make(name)
	if err != nil {
		return result, err
	}
	result.dir = dir
	spec, err := r.spec(ctx, slot.Cell, store, name)
	result.record.StartedAt = time.Now().UTC()
	if err != nil {
		result.record.Error, result.record.Void = err.Error(), fault.Of(err) != ""
		if errors.Is(err, errInputTimeout) {
			result.record.Status = journal.Timeout
		}
	} else if err := r.runGuarded(ctx, slot.Cell, spec, result); err != nil {
		return result, err
	}
	if ctx.Err() == nil && result.suspended == "" {
		r.checkAfter(ctx, slot.Cell, result)
	}
	return result, nil
}

// cleanUp removes or keeps the trial directory. If a file in it cannot be removed, the cell is
// excluded, because its next trial would leave another such file, and the run continues.
func (r *run) cleanUp(ctx context.Context, slot schedule.Slot, result *trialResult) error {
	record := &result.record
	if result.dir == "" || result.changed != "" {
		return nil
	}
	if r.opt.KeepWorkspace && record.Status != journal.OK && !record.Void && result.suspended == "" && ctx.Err() == nil {
		result.store.kept = true
		return r.note(journal.Note{Kind: journal.NoteKept, Text: result.dir})
	}
	err := result.store.clear(result.dir)
	if left, ok := errors.AsType[*workspace.RemovalError](err); ok {
		if ctx.Err() != nil {
			return nil // the trial was cancelled, and a resumed run repeats it
		}
		return r.exclude(slot.Cell, fmt.Sprintf("%s: %v; %s", schedule.LeftBehind, left, left.Advice()))
	}
	if err != nil {
		return err
	}
	// Data of this trial must not be written to the disk during the next one.
	return syncWorkspace(result.store.ws)
}
