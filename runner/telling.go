package runner

import (
	"math"

	"iosweep/internal/estimate"
)

// mostTelling is the next trial of the cell whose speed-up is least certain, of
// those that fit. A speed-up is paired by round: a trial tells
// something if its baseline has been measured in the same round, and the
// baseline's own does for all that wait for it.
func (l *ledger) mostTelling(fits func(cell int) bool) (best turn, found bool) {
	worth := l.uncertainties()
	most := 0.0
	seen := make([]bool, len(l.skipped))
	for t := range l.turns() {
		if t.round > len(l.slots) {
			break // where no trial has been yet, the first round stands for all
		}
		if seen[t.cell] || l.over(t) {
			continue
		}
		if l.alone(t) {
			continue // a later round may have what this one will not
		}
		seen[t.cell] = true // a cell's rounds are done in their order
		if worth[t.cell] > most && fits(t.cell) {
			best, most, found = t, worth[t.cell], true
		}
	}
	return best, found
}

// alone says that a trial would pair with nothing: its baseline has no good trial
// in the same round, or it is itself a baseline, and nothing of the round is or
// can be compared with it.
func (l *ledger) alone(t turn) bool {
	baselines := l.plan.Experiment.Baseline
	if b := baselines[t.cell]; b != t.cell {
		return l.at(t.round, b).state != good
	}
	for cell, b := range baselines {
		if b != t.cell || cell == b || l.skipped[cell] {
			continue
		}
		waits := l.wants(t.round, cell) && !l.quarantined(cell)
		if waits || l.at(t.round, cell).state == good {
			return false
		}
	}
	return true
}

// uncertainties are, by cell, the width of the interval of its speed-up relative
// to the speed-up, infinite while there is none; of a baseline, that of the least
// certain cell that is compared with it.
func (l *ledger) uncertainties() []float64 {
	list := make([]float64, len(l.skipped))
	for cell, b := range l.plan.Experiment.Baseline {
		if cell == b || l.skipped[cell] || l.quarantined(cell) {
			continue
		}
		list[cell] = math.Inf(1)
		if ratio := estimate.Compare(l.pairs(b, cell)); ratio.CI.OK && ratio.Value.OK {
			list[cell] = (ratio.CI.High - ratio.CI.Low) / ratio.Value.X
		}
		list[b] = max(list[b], list[cell])
	}
	return list
}
