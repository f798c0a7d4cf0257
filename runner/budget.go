package runner

import (
	"context"
	"math"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// spendRest spends what is left of the budget once the next trial of the plan no
// longer fits: on shorter trials, and of those on the ones that tell most. It ends
// when no trial fits that would make a speed-up surer.
func (r *run) spendRest(ctx context.Context) (Ending, error) {
	r.why = r.Plan.Experiment.Budget.String()
	for {
		next, ok := r.mostTelling()
		if !ok {
			ending := r.ending(journal.NoteBudget)
			if ending.Undone == 0 {
				ending.Kind = journal.NoteFinished // what was expected to be long was not
			}
			return ending, nil
		}
		if stop, err := r.turn(ctx, next); stop != "" || err != nil {
			return r.ending(stop), err
		}
	}
}

// mostTelling is the next trial of the cell whose speed-up is least certain, of
// those that fit into the budget. A speed-up is paired by round: a trial tells
// something if its baseline has been measured in the same round, and the
// baseline's own does for all that wait for it.
func (r *run) mostTelling() (best turn, found bool) {
	worth := r.uncertainties()
	most := 0.0
	seen := make([]bool, len(r.Cells))
	for t := range r.turns() {
		if t.round > len(r.ledger.slots) {
			break // where no trial has been yet, the first round stands for all
		}
		if seen[t.cell] || r.over(t) {
			continue
		}
		if r.alone(t) {
			continue // a later round may have what this one will not
		}
		seen[t.cell] = true // a cell's rounds are done in their order
		if worth[t.cell] > most && !r.overBudget(t.cell) {
			best, most, found = t, worth[t.cell], true
		}
	}
	return best, found
}

// alone says that a trial would pair with nothing: its baseline has no good trial
// in the same round, or it is itself a baseline, and nothing of the round is or
// can be compared with it.
func (r *run) alone(t turn) bool {
	baselines := r.Plan.Experiment.Baseline
	if b := baselines[t.cell]; b != t.cell {
		return r.ledger.at(t.round, b).state != good
	}
	for cell, b := range baselines {
		if b != t.cell || cell == b || r.Cells[cell].Skip != "" {
			continue
		}
		waits := r.ledger.wants(t.round, cell) && !r.ledger.quarantined(cell)
		if waits || r.ledger.at(t.round, cell).state == good {
			return false
		}
	}
	return true
}

// uncertainties are, by cell, the width of the interval of its speed-up relative
// to the speed-up, infinite while there is none; of a baseline, that of the least
// certain cell that is compared with it.
func (r *run) uncertainties() []float64 {
	list := make([]float64, len(r.Cells))
	for cell, b := range r.Plan.Experiment.Baseline {
		if cell == b || r.Cells[cell].Skip != "" || r.ledger.quarantined(cell) {
			continue
		}
		list[cell] = math.Inf(1)
		if ratio := estimate.Compare(r.ledger.pairs(b, cell)); ratio.CI.OK && ratio.Value.OK {
			list[cell] = (ratio.CI.High - ratio.CI.Low) / ratio.Value.X
		}
		list[b] = max(list[b], list[cell])
	}
	return list
}
