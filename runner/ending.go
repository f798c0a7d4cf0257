package runner

import (
	"fmt"

	"iosweep/internal/units"
)

// An Ending says how a run came to its end.
type Ending struct {
	Kind        string // the kind of its last note
	Why         string // of a fault: what the machine would not do; of a budget: how long it was
	Remaining   int    // trials of the plan that are still to be run
	Adaptive    bool   // and may turn out not to be needed
	Trials      int    // trials in the journal, those of earlier processes included
	Failed      int    // trials of the plan that are not good
	Skipped     int    // cells that were not run at all, those left out that are optional
	Quarantined int    // cells that failed too often and were left alone
}

// ending counts up.
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
	return e
}

func (e Ending) String() string {
	text := fmt.Sprintf("%s, %d failed", units.Count(e.Trials, "trial"), e.Failed)
	if e.Skipped > 0 {
		text += fmt.Sprintf(", %s skipped", units.Count(e.Skipped, "cell"))
	}
	if e.Quarantined > 0 {
		text += fmt.Sprintf(", %s left alone (quarantined)", units.Count(e.Quarantined, "cell"))
	}
	if e.Remaining > 0 {
		most := ""
		if e.Adaptive {
			most = "at most "
		}
		text += fmt.Sprintf(", %s%s not run", most, units.Count(e.Remaining, "trial"))
	}
	return text
}
