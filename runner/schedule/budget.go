package schedule

import (
	"math"

	"iosweep/internal/estimate"
)

// MostInformative is the next trial of the cell whose speed-up is least certain, of
// those that fit. A speed-up is paired by round: a trial tells something if its
// baseline has been measured in the same round, and the baseline's own trial does for all
// that wait for it.
func (l *Ledger) MostInformative(fits func(cell int) bool) (best Slot, found bool) {
	worth := l.uncertainties()
	most := 0.0
	seen := make([]bool, len(l.skipped))
	for t := range l.Slots() {
		if t.Round > len(l.results) {
			break // where no trial has been yet, the first round stands for all
		}
		if seen[t.Cell] || l.IsOver(t) {
			continue
		}
		if l.pairsWithNothing(t) {
			continue // a later round may have what this one will not
		}
		seen[t.Cell] = true // a cell's rounds are done in their order
		if worth[t.Cell] > most && fits(t.Cell) {
			best, most, found = t, worth[t.Cell], true
		}
	}
	return best, found
}

// pairsWithNothing reports whether a trial would pair with nothing: its baseline has no
// good trial in the same round, or it is itself a baseline, and nothing of the round is or
// can be compared with it.
func (l *Ledger) pairsWithNothing(t Slot) bool {
	baselines := l.plan.Experiment.Baseline
	if b := baselines[t.Cell]; b != t.Cell {
		return l.result(t.Round, b).state != good
	}
	for cell, b := range baselines {
		if b != t.Cell || cell == b || l.skipped[cell] {
			continue
		}
		waits := l.IsWanted(t.Round, cell) && !l.IsQuarantined(cell)
		if waits || l.result(t.Round, cell).state == good {
			return false
		}
	}
	return true
}

// uncertainties are, by cell, the width of the interval of its speed-up relative
// to the speed-up, infinite while there is none; of a baseline, that of the least
// certain cell that is compared with it.
func (l *Ledger) uncertainties() []float64 {
	list := make([]float64, len(l.skipped))
	for cell, b := range l.plan.Experiment.Baseline {
		if cell == b || l.skipped[cell] || l.IsQuarantined(cell) {
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
