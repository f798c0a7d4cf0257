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
func (r *run) runGuarded(ctx context.Context, spec *trial.Spec, end *trialEnd) error {
	store := end.store
	if spec.Command == nil {
		end.suspended, end.limit = r.launcher.Run(ctx, spec, store.ws, &end.record)
		return nil
	}
	before, err := store.watch(ctx, spec)
	if err != nil {
		return err
	}
	end.suspended, end.limit = r.launcher.Run(ctx, spec, store.ws, &end.record)
	if ctx.Err() != nil {
		return nil // nobody will read the record, and the workspace goes as a whole
	}
	if end.record.Status == journal.Timeout && spec.Command.ExpectError != "" {
		end.record.Error = spec.Command.Unmet() + ": " + end.record.Error
	}
	if err := store.ws.Check(); err != nil {
		return nil // checkAfter says so; nothing can be put right there
	}
	if err := store.compare(ctx, spec, before, &end.record); err != nil {
		end.changed = fmt.Sprintf("what trials share cannot be put right: %v, while %s ran (trial %d)", err, end.record.Name, end.record.Trial)
		blame(&end.record, end.changed)
	}
	return nil
}

// A watch is what a contender has to leave as it is.
type watch struct {
	inputs       dirio.TreeState // zero where other trials do not read them
	surroundings surroundings
}

// watch takes down how things are before a trial.
func (s *store) watch(ctx context.Context, spec *trial.Spec) (w watch, err error) {
	if s.shares(spec.Site.Input) {
		if w.inputs, err = dirio.StateOf(ctx, s.ws, spec.Site.Input); err != nil {
			return w, err
		}
	}
	w.surroundings = s.surroundings(spec)
	return w, nil
}

// compare compares how things are after a trial with how they were, holds what is
// different against the contender, and puts it right.
func (s *store) compare(ctx context.Context, spec *trial.Spec, before watch, record *journal.Trial) error {
	name, inputs := spec.Command.Name, spec.Site.Input
	if found := s.newMounts(); found != "" {
		blame(record, fmt.Sprintf("%s ended without unmounting what it had mounted: %s; it is left there", name, found))
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
			blame(record, name+" changed its inputs, which other trials read too"+what+"; it has to leave {input} as it is")
			if err := s.forget(inputs); err != nil {
				return err
			}
		}
	}
	strays := before.surroundings.strays(s.surroundings(spec))
	if len(strays) == 0 {
		return nil
	}
	blame(record, fmt.Sprintf("%s wrote outside its output directory: %s; it has to write to {output} alone",
		name, describe(strays, spec.Site.Output)))
	return s.mend(spec, strays)
}

// blame makes a trial fail. One that has failed already may well have done so
// for this reason, so it is told beside the other.
func blame(record *journal.Trial, what string) {
	if record.Status == journal.OK {
		record.Status, record.Error = journal.Failed, journal.Unverified+what
		return
	}
	record.Error += "; " + what
}
