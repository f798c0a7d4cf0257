package runner

import (
	"fmt"
	"time"

	"iosweep/internal/units"
)

// An Ending describes how a run has ended.
type Ending struct {
	Kind        string        // the kind of its last note
	Why         string        // for NoteFault: the error; for NoteBudget: the length of the budget
	Remaining   int           // remaining trials of the plan
	Adaptive    bool          // repeats are adaptive, so Remaining is an upper bound
	Trials      int           // trials in the journal, including earlier sessions
	Failed      int           // trials of the plan that are not good
	Skipped     int           // cells that were skipped, without optional ones
	Quarantined int           // cells that failed too often or were excluded
	Left        time.Duration // estimated time of the remaining trials; 0: unknown
	BudgetLeft  time.Duration // the rest of the budget; 0: it is spent, or there is none
}

// ending returns an Ending of a kind, with the counts so far.
func (r *run) ending(kind string) Ending {
	e := Ending{Kind: kind, Why: r.why, Adaptive: r.Plan.Experiment.Trials.Adaptive != nil, Trials: r.tracker.Recorded, Failed: r.tracker.Failed()}
	for i, c := range r.Cells {
		switch {
		case c.Skip != "":
			if !c.Optional {
				e.Skipped++
			}
		case r.tracker.IsQuarantined(i):
			e.Quarantined++
		default:
			e.Remaining += r.tracker.Remaining(i)
		}
	}
	if r.forecast != nil && e.Remaining > 0 {
		e.Left, e.BudgetLeft = r.forecast.Remaining(), r.budgetLeft()
	}
	return e
}

// allDone returns the reason why a finished run has no remaining trials.
func (e Ending) allDone() string {
	if e.Skipped+e.Quarantined > 0 {
		return "no trials remain, except for cells that are skipped or quarantined"
	}
	return "all trials are completed"
}

func (e Ending) String() string {
	text := fmt.Sprintf("%s, %d failed", units.Count(e.Trials, "trial"), e.Failed)
	if e.Skipped > 0 {
		text += fmt.Sprintf(", %s skipped", units.Count(e.Skipped, "cell"))
	}
	if e.Quarantined > 0 {
		text += fmt.Sprintf(", %s quarantined", units.Count(e.Quarantined, "cell"))
	}
	if e.Remaining > 0 {
		most := ""
		if e.Adaptive {
			most = "at most "
		}
		text += fmt.Sprintf(", %s%s not run", most, units.Count(e.Remaining, "trial"))
		if e.Left >= time.Second {
			text += fmt.Sprintf(" (about %v)", e.Left.Round(time.Second))
		}
	}
	return text
}
