package reports

import (
	"cmp"
	"fmt"

	"iosweep/runner/journal"
)

// stopRepeats is the stop reason of a cell that has all its trials.
const stopRepeats = "repeats"

// setStatus counts the cell's trials and says how it stands. stop is why the
// whole run ended early, if it did.
func (s *Summary) setStatus(trials []*journal.Trial, repeats int, stop string) {
	var firstError, warmupError string
	for _, t := range trials {
		bad := t.Status != journal.OK
		switch {
		case t.Phase != journal.Measured && bad:
			warmupError = cmp.Or(warmupError, "warm-up: "+errorOf(t))
		case t.Phase == journal.Measured:
			s.Trials++
			if bad {
				s.Failed++
				firstError = cmp.Or(firstError, errorOf(t))
			}
		}
	}
	complete := s.Trials >= repeats
	switch {
	case s.Cell.Skip != "":
		s.Status, s.Reason = StatusSkipped, s.Cell.Skip
		if s.Cell.Optional {
			s.Reason = "optional: " + s.Reason
		}
		return
	case s.Failed > 0 || complete && warmupError != "":
		s.Status, s.Reason = StatusFailed, cmp.Or(firstError, warmupError)
	case !complete:
		s.Status = StatusIncomplete
		s.Reason = progress(s.Trials, repeats)
		if why := cmp.Or(warmupError, stop); why != "" {
			s.Reason += ": " + why
		}
	default:
		s.Status = StatusOK
	}
	s.StopReason = stop
	if complete {
		s.StopReason = stopRepeats
	}
}

// progress is how far an unfinished cell got.
func progress(trials, repeats int) string { return fmt.Sprintf("%d of %d trials", trials, repeats) }

// errorOf never is empty: a trial that failed without a word failed somehow.
func errorOf(t *journal.Trial) string { return cmp.Or(t.Error, t.Status) }

// stopReason is why the run last ended without all its trials; empty if it went
// to its end or never got to say.
func stopReason(notes []journal.Note) string {
	stop := ""
	for _, n := range notes {
		switch n.Kind {
		case journal.NoteInterrupted, journal.NoteBudget, journal.NoteFailFast:
			stop = n.Kind
		case journal.NoteFinished:
			stop = ""
		}
	}
	return stop
}
