package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"iosweep/internal/dirio"
	"iosweep/journal"
	"iosweep/runner/trial"
)

// runGuarded runs the child of a trial. A contender is to write to its own
// directories and nowhere else: where it does, it has failed, whatever it left
// behind, and what it spoiled is made anew. Otherwise the trials after it would
// fail, or measure other work, on its account.
//
// Only the run's workspace can be watched. What a contender writes elsewhere on
// the machine, nobody sees.
func (r *run) runGuarded(ctx context.Context, spec *trial.Spec, end *trialResult) error {
	store := end.store
	if spec.Command == nil {
		end.suspended, end.limit = r.launcher.Run(ctx, spec, store.ws, &end.record)
		return nil
	}
	before, err := store.snapshot(ctx, spec)
	if err != nil {
		return err
	}
	end.suspended, end.limit = r.launcher.Run(ctx, spec, store.ws, &end.record)
	if ctx.Err() != nil {
		return nil // nobody will read the record, and the workspace goes as a whole
	}
	if end.record.Status == journal.Timeout && spec.Command.ExpectError != "" {
		end.record.Error = spec.Command.UnmetExpectation() + ": " + end.record.Error
	}
	if err := store.ws.Check(); err != nil {
		return nil // checkAfter says so; nothing can be put right there
	}
	if err := store.compare(ctx, spec, before, &end.record); err != nil {
		end.changed = fmt.Sprintf("what trials share cannot be put right: %v, while %s ran (trial %d)", err, end.record.Name, end.record.Trial)
		addFailure(&end.record, end.changed)
	}
	return nil
}

// A watch is what a contender has to leave as it is.
type snapshot struct {
	inputs  dirio.TreeState // zero where other trials do not read them
	listing listing
}

// watch takes down how things are before a trial.
func (s *store) snapshot(ctx context.Context, spec *trial.Spec) (snap snapshot, err error) {
	if s.shares(spec.Site.Input) {
		if snap.inputs, err = dirio.StateOf(ctx, s.ws, spec.Site.Input); err != nil {
			return snap, err
		}
	}
	snap.listing = s.listing(spec)
	return snap, nil
}

// compare compares how things are after a trial with how they were, holds what is
// different against the contender, and puts it right.
func (s *store) compare(ctx context.Context, spec *trial.Spec, before snapshot, record *journal.Trial) error {
	name, inputs := spec.Command.Name, spec.Site.Input
	if found := s.newMounts(); found != "" {
		addFailure(record, fmt.Sprintf("%s ended without unmounting what it had mounted: %s; it is left there", name, found))
	}
	if s.shares(inputs) {
		after, err := dirio.StateOf(ctx, s.ws, inputs)
		if err != nil || after.Sum != before.inputs.Sum {
			what := ""
			if err == nil {
				what = lastChanged(inputs, after)
			} else if !errors.Is(err, fs.ErrNotExist) {
				what = ": " + err.Error()
			}
			addFailure(record, name+" changed its inputs, which other trials read too"+what+"; it has to leave {input} as it is")
			if err := s.invalidate(inputs); err != nil {
				return err
			}
		}
	}
	violations := before.listing.violations(s.listing(spec))
	if len(violations) == 0 {
		return nil
	}
	addFailure(record, fmt.Sprintf("%s wrote outside its output directory: %s; it has to write to {output} alone",
		name, describe(violations, spec.Site.Output)))
	return s.repair(spec, violations)
}

// addFailure makes a trial fail. One that has failed already may well have done so
// for this reason, so it is told beside the other.
func addFailure(record *journal.Trial, what string) {
	if record.Status == journal.OK {
		record.Status, record.Error = journal.Failed, journal.Unverified+what
		return
	}
	record.Error += "; " + what
}
