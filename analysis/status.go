package analysis

import (
	"cmp"
	"fmt"

	"iosweep/internal/format"
	"iosweep/journal"
)

// setStatus counts the cell's trials and says how it stands. end is how the whole
// run ended.
func (s *Summary) setStatus(run *journal.Run, end ending) {
	c := s.count(run)
	s.Trials, s.Failed = c.measured, c.failed
	complete := c.inPlan >= run.Repeats || s.Precise
	s.StopReason = s.stopReason(complete, c, run, end)
	switch {
	case s.Cell.Skip != "" && len(s.results) == 0:
		s.Status, s.Reason = StatusSkipped, s.Cell.Skip
		if s.Cell.Optional {
			s.Reason = "optional: " + s.Cell.Skip
		}
	case s.quarantined:
		s.Status, s.Reason = StatusFailed, s.quarantineReason()
		if s.leftAlone != "" {
			s.Reason = "quarantined: " + s.leftAlone
		}
	case s.Failed > 0 || complete && c.warmupError != "":
		s.Status, s.Reason = StatusFailed, cmp.Or(c.firstError, c.warmupError)
	case !complete:
		s.Status, s.Reason = StatusIncomplete, progress(s.Trials, run)
		if why := s.missing(c, end); why != "" {
			s.Reason += ": " + why
		}
	default:
		s.Status = StatusOK
	}
}

// The counts are what the results of a cell came to. A void one is none of it.
type counts struct {
	over     int // rounds of the plan that are over, warm-ups included
	inPlan   int // of them, those that are measured
	measured int // measured rounds, though the plan has fewer by now
	failed   int // of these

	firstError, warmupError string
	void                    string // why a round is still to be done
}

func (s *Summary) count(run *journal.Run) (c counts) {
	for i := range s.results {
		t := &s.results[i]
		failure := t.failure()
		switch {
		case t.undone():
			c.void = cmp.Or(c.void, faultOf(t.Trial))
		case t.Phase != journal.Measured:
			if failure != "" {
				c.warmupError = cmp.Or(c.warmupError, "warm-up: "+failure)
			}
			if t.Round <= run.Warmup {
				c.over++
			}
		default:
			c.measured++
			if failure != "" {
				c.firstError = cmp.Or(c.firstError, failure)
				c.failed++
			}
			if t.Round <= run.Repeats {
				c.over++
				c.inPlan++
			}
		}
	}
	return c
}

// missing says why a cell has too few trials.
func (s *Summary) missing(c counts, end ending) string {
	if s.Cell.Retired {
		return "no longer in the experiment"
	}
	return cmp.Or(s.Cell.Skip, c.warmupError, c.void, end.why)
}

// stopReason says in a word why there are no more trials.
func (s *Summary) stopReason(complete bool, c counts, run *journal.Run, end ending) string {
	switch {
	case s.Cell.Retired:
		return stopRetired
	case complete && run.Adaptive == nil:
		return stopRepeats
	case run.Adaptive != nil && s.quarantined:
		return stopQuarantined
	case s.Precise && (c.inPlan < run.Repeats || !s.IsBaseline()):
		return stopPrecise
	case complete:
		return stopMax
	case s.quarantined:
		return stopQuarantined
	case s.Cell.Skip != "" && c.over > 0:
		return stopSkipped
	case s.Cell.Skip != "":
		return ""
	case c.void != "":
		return journal.NoteFault
	}
	return end.kind
}

// progress is how far an unfinished cell got.
func progress(trials int, run *journal.Run) string {
	if run.Adaptive != nil {
		return fmt.Sprintf("%d of at most %d trials", trials, run.Repeats)
	}
	return fmt.Sprintf("%d of %d trials", trials, run.Repeats)
}

// errorOf never is empty: a trial that failed without a word failed somehow.
func errorOf(t *journal.Trial) string { return cmp.Or(t.Error, string(t.Status)) }

// Unmeasured is why a cell has no trials to judge by; empty if it has.
func (s *Summary) Unmeasured() string {
	switch {
	case s.Status == StatusSkipped:
		return "it was skipped: " + format.OneLine(s.Reason)
	case s.Failed > 0:
		return fmt.Sprintf("%d of %s failed: %s", s.Failed, format.Count(s.Trials, "trial"), format.OneLine(s.Reason))
	case s.Status == StatusFailed:
		return "it failed: " + format.OneLine(s.Reason)
	case len(s.Good) == 0:
		return "it has no good trial"
	}
	return ""
}

// Why there are no more trials, where no note of the journal says it.
const (
	stopRepeats     = "repeats"     // there are all
	stopPrecise     = "ci"          // repeats adapt, and the interval is as narrow as was asked for
	stopMax         = "max"         // repeats adapt, and the interval is not, with as many as may be
	stopKilled      = "killed"      // the run never got to say
	stopRetired     = "retired"     // the cell is no longer in the experiment
	stopQuarantined = "quarantined" // it failed too often in a row
	stopSkipped     = "skipped"     // it cannot be run any more
)

// An ending is how the last process of a run ended.
type ending struct {
	kind string // of its last note, or stopKilled; empty if it went to its end
	why  string // what an unfinished cell says of it; empty if there is nothing to say
}

// ending returns how the run ended. It reads the notes in their order: a resumed run has
// not ended before a later note says so.
func (d *Data) ending() ending {
	kind, fault := stopKilled, ""
	for _, n := range d.Notes {
		switch n.Kind {
		case journal.NoteResumed:
			kind = stopKilled
		case journal.NoteInterrupted, journal.NoteBudget, journal.NoteFailFast, journal.NoteFault:
			kind, fault = n.Kind, ""
			// What the trial before the note met, if that is what stopped the run.
			if n.Kind == journal.NoteFault && n.After > 0 && n.After <= len(d.Trials) && d.Trials[n.After-1].Void {
				fault = faultOf(&d.Trials[n.After-1])
			}
		case journal.NoteFinished:
			kind = ""
		}
	}
	switch kind {
	case stopKilled:
		return ending{kind, "the run was ended without a word (killed, or power lost), or is still under way"}
	case journal.NoteFault:
		return ending{kind, cmp.Or(fault, kind)}
	}
	return ending{kind, kind}
}

// faultOf says what the machine would not do in a trial.
func faultOf(t *journal.Trial) string {
	return fmt.Sprintf("fault in trial %d: %s", t.Trial, errorOf(t))
}
