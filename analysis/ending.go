package analysis

import (
	"fmt"

	"iosweep/journal"
)

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
	kind  string // of its last note, or stopKilled; empty if it went to its end
	fault string // that a trial met
}

// ending reads the notes in their order: whoever resumes a run begins anew, and
// has not ended before it says so.
func (d *Data) ending() ending {
	e := ending{kind: stopKilled}
	for _, n := range d.Notes {
		switch n.Kind {
		case journal.NoteResumed:
			e = ending{kind: stopKilled}
		case journal.NoteInterrupted, journal.NoteBudget, journal.NoteFailFast:
			e = ending{kind: n.Kind}
		case journal.NoteFault:
			e = ending{n.Kind, d.faultBefore(n)}
		case journal.NoteFinished:
			e = ending{}
		}
	}
	return e
}

// faultBefore is what the trial before a note met, if that is what stopped the run.
func (d *Data) faultBefore(n journal.Note) string {
	if n.After > 0 && n.After <= len(d.Trials) && d.Trials[n.After-1].Void {
		return faultOf(&d.Trials[n.After-1])
	}
	return ""
}

// String is what an unfinished cell says of it; empty if there is nothing to say.
func (e ending) String() string {
	switch {
	case e.kind == stopKilled:
		return "the run was ended without a word (killed, or power lost), or is still under way"
	case e.kind == journal.NoteFault && e.fault != "":
		return e.fault
	}
	return e.kind
}

// faultOf says what the machine would not do in a trial.
func faultOf(t *journal.Trial) string {
	return fmt.Sprintf("fault in trial %d: %s", t.Trial, errorOf(t))
}
