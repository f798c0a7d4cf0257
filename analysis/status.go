package analysis

import (
	"cmp"
	"fmt"

	"iosweep/internal/format"
	"iosweep/journal"
)

// setStatus counts the trials of the cell and sets its status and reason, after
// setEstimates. end is the ending of the whole run.
func (s *Summary) setStatus(run *journal.Run, end ending) {
	c := s.count(run)
	s.Trials, s.Failed = c.measured, c.failed
	complete := c.inPlan >= run.RepeatsOf(&s.Cell) || s.Precise
	s.StopReason = s.stopReason(complete, c, run, end)
	switch {
	case s.Cell.Skip != "" && len(s.results) == 0:
		s.Status, s.Reason = StatusSkipped, s.Cell.Skip
		if s.Cell.Optional {
			s.Reason = "optional: " + s.Cell.Skip
		}
	case s.quarantined:
		s.Status, s.Reason = StatusFailed, s.quarantineReason()
		if s.quarantineCause != "" {
			s.Reason = "quarantined: " + s.quarantineCause
		}
	case s.Failed > 0 || complete && c.warmupError != "":
		s.Status, s.Reason = StatusFailed, cmp.Or(c.firstError, c.warmupError)
	case !complete:
		s.Status, s.Reason = StatusIncomplete, progress(s.Trials, run.RepeatsOf(&s.Cell), run)
		if why := s.missing(c, end); why != "" {
			s.Reason += "; " + why
		}
	case s.ExpectedFailures > 0:
		s.Status, s.Reason = StatusXFail, s.Finding
	default:
		s.Status = StatusOK
	}
}

// isTrouble reports whether a cell counts against its run. A cell that failed as expected
// does not.
func (s Status) isTrouble() bool { return s != StatusOK && s != StatusXFail }

// counts are the numbers of results of a cell. A void result does not count. If an earlier attempt
// had a wrong outcome, it is a failed round that still has to run.
type counts struct {
	completed int // completed rounds of the plan, including warm-ups
	inPlan    int // the measured rounds among them
	measured  int // all measured rounds, even if the present plan has fewer
	failed    int // the failed rounds among these

	firstError, warmupError string
	void                    string // why a round still has to run
}

func (s *Summary) count(run *journal.Run) (c counts) {
	for i := range s.results {
		t := &s.results[i]
		failure := t.failure()
		if t.Void { // the round still has to run
			c.void = cmp.Or(c.void, faultOf(t.Trial))
		}
		switch {
		case t.Void && failure == "":
		case t.Phase != journal.Measured:
			if failure != "" {
				c.warmupError = cmp.Or(c.warmupError, "warm-up: "+failure)
			}
			if t.Round <= run.Warmup && !t.Void {
				c.completed++
			}
		default:
			c.measured++
			if failure != "" {
				c.firstError = cmp.Or(c.firstError, failure)
				c.failed++
			}
			if t.Round <= run.RepeatsOf(&s.Cell) && !t.Void {
				c.completed++
				c.inPlan++
			}
		}
	}
	return c
}

// missing returns the reason why a cell has too few trials.
func (s *Summary) missing(c counts, end ending) string {
	if s.Cell.Retired {
		return "no longer in the experiment"
	}
	return cmp.Or(s.Cell.Skip, c.warmupError, c.void, end.why)
}

// stopReason returns the word for the reason why there are no more trials.
func (s *Summary) stopReason(complete bool, c counts, run *journal.Run, end ending) string {
	switch {
	case s.Cell.Retired:
		return stopRetired
	case complete && run.Adaptive == nil:
		return stopRepeats
	case run.Adaptive != nil && s.quarantined:
		return stopQuarantined
	case s.Precise && s.raceStop != "":
		return s.raceStop
	case s.Precise && (c.inPlan < run.RepeatsOf(&s.Cell) || !s.IsBaseline()):
		return stopPrecise
	case complete:
		return stopMax
	case s.quarantined:
		return stopQuarantined
	case s.Cell.Skip != "" && c.completed > 0:
		return stopSkipped
	case s.Cell.Skip != "":
		return ""
	case c.void != "":
		return journal.NoteFault
	}
	return end.kind
}

// progress returns a text with the number of trials of a cell, or of several cells that have at
// most this number of repeats.
func progress(trials, repeats int, run *journal.Run) string {
	if run.Adaptive != nil {
		return fmt.Sprintf("%d of at most %d trials", trials, repeats)
	}
	return fmt.Sprintf("%d of %d trials", trials, repeats)
}

// errorOf returns the error of a trial. It is never empty: without an error it is the
// status.
func errorOf(t *journal.Trial) string { return cmp.Or(t.Error, string(t.Status)) }

// Unmeasured returns the reason why the trials of a cell cannot be judged; empty if they
// can.
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

// Reasons why there are no more trials, in addition to the kinds of notes.
const (
	stopRepeats     = "repeats"     // all trials are complete
	stopPrecise     = "ci"          // adaptive repeats: the interval is as narrow as requested
	stopMax         = "max"         // adaptive repeats: the maximum is reached, before the interval is narrow enough or the race has ended
	stopDropped     = "dropped"     // a race: another cell is better
	stopRace        = "race"        // the race has ended
	stopKilled      = "killed"      // the run ended without a note
	stopRetired     = "retired"     // the cell is no longer in the experiment
	stopQuarantined = "quarantined" // the cell failed too often in a row, or the note names another cause
	stopSkipped     = "skipped"     // the cell can no longer run
)

// An ending describes how the last process of a run ended.
type ending struct {
	kind string // kind of its last note, or stopKilled; empty if the run finished
	why  string // the reason for an unfinished cell; may be empty
}

// ending returns how the run ended. It reads the notes in order: after a resumption, only a
// later note ends the run.
func (d *Data) ending() ending {
	kind, fault := stopKilled, ""
	for _, n := range d.Notes {
		switch n.Kind {
		case journal.NoteResumed:
			kind = stopKilled
		case journal.NoteInterrupted, journal.NoteBudget, journal.NoteFailFast, journal.NoteFault:
			kind, fault = n.Kind, ""
			// The trial before the note, if that trial stopped the run.
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
		return ending{kind, cmp.Or(fault, "the machine failed")}
	}
	if kind == journal.NoteInterrupted && len(d.Run.Nodes) > 0 {
		return ending{kind, "not all shards of the sweep are done"}
	}
	return ending{kind, endingReasons[kind]}
}

// endingReasons are the reasons for an unfinished cell, by the kind of the last note.
var endingReasons = map[string]string{
	journal.NoteInterrupted: "the run was interrupted",
	journal.NoteBudget:      "the budget was spent",
	journal.NoteFailFast:    "--fail-fast stopped the run",
}

// faultOf describes the failure of the machine in a trial.
func faultOf(t *journal.Trial) string {
	return fmt.Sprintf("fault in trial %d: %s", t.Trial, errorOf(t))
}
