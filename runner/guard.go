package runner

import (
	"context"
	"crypto/sha256"
	"fmt"

	"iosweep/runner/journal"
)

// runGuarded runs the child of a trial. A contender is to write to its own
// directories and nowhere else: where it does, it has failed, whatever it left
// behind, and what it spoiled is made anew. Otherwise the trials after it would
// fail, or measure other work, on its account.
//
// Only the run's workspace can be watched. What a contender writes elsewhere on
// the machine, nobody sees.
func (r *run) runGuarded(ctx context.Context, spec *trialSpec, store *store, record *journal.Trial) (suspended string, err error) {
	if spec.Command == nil {
		return r.runChild(ctx, spec, record), nil
	}
	before, err := store.watch(spec)
	if err != nil {
		return "", err
	}
	suspended = r.runChild(ctx, spec, record)
	if ctx.Err() != nil {
		return "", nil // nobody will read the record, and the workspace goes as a whole
	}
	if record.Status == journal.Timeout && spec.Command.ExpectError != "" {
		record.Error = spec.Command.unmet() + ": " + record.Error
	}
	return suspended, store.hold(spec, before, record)
}

// A watch is what a contender has to leave as it is.
type watch struct {
	inputs       [sha256.Size]byte // zero where other trials do not read them
	surroundings surroundings
}

// watch takes down how things are before a trial.
func (s *store) watch(spec *trialSpec) (w watch, err error) {
	if s.shares(spec.Site.Input) {
		if w.inputs, err = fingerprint(spec.Site.Input); err != nil {
			return w, err
		}
	}
	w.surroundings = s.surroundings(spec)
	return w, nil
}

// hold compares how things are after a trial with how they were, holds what is
// different against the contender, and puts it right.
func (s *store) hold(spec *trialSpec, before watch, record *journal.Trial) error {
	name, inputs := spec.Command.Name, spec.Site.Input
	if s.shares(inputs) {
		if after, err := fingerprint(inputs); err != nil || after != before.inputs {
			blame(record, name+" changed its inputs, which other trials read too; it has to leave {input} as it is")
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
