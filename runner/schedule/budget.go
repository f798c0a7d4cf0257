package schedule

import (
	"math"

	"iosweep/internal/estimate"
)

// MostInformative is the next trial of the cell whose speed-up is least certain, of
// those that fit. A speed-up is paired by round: a trial tells something if its
// baseline has been measured in the same round, and the baseline's own trial does for all
// that wait for it.
func (tr *Tracker) MostInformative(fits func(cell int) bool) (best Slot, found bool) {
	worth := tr.uncertainties()
	most := 0.0
	seen := make([]bool, len(tr.skipped))
	for t := range tr.Slots() {
		if t.Round > len(tr.results) {
			break // where no trial has been yet, the first round stands for all
		}
		if seen[t.Cell] || tr.IsDone(t) {
			continue
		}
		if tr.cannotPair(t) {
			continue // a later round may have what this one will not
		}
		seen[t.Cell] = true // a cell's rounds are done in their order
		if worth[t.Cell] > most && fits(t.Cell) {
			best, most, found = t, worth[t.Cell], true
		}
	}
	return best, found
}

// cannotPair reports whether a trial would pair with nothing: its baseline has no
// good trial in the same round, or it is itself a baseline, and nothing of the round is or
// can be compared with it.
func (tr *Tracker) cannotPair(t Slot) bool {
	baselines := tr.plan.Experiment.Baseline
	if b := baselines[t.Cell]; b != t.Cell {
		return tr.result(t.Round, b).state != good
	}
	for cell, b := range baselines {
		if b != t.Cell || cell == b || tr.skipped[cell] {
			continue
		}
		waits := tr.NeedsTrial(t.Round, cell) && !tr.IsQuarantined(cell)
		if waits || tr.result(t.Round, cell).state == good {
			return false
		}
	}
	return true
}

// uncertainties are, by cell, the width of the interval of its speed-up relative
// to the speed-up, infinite while there is none; of a baseline, that of the least
// certain cell that is compared with it.
func (tr *Tracker) uncertainties() []float64 {
	list := make([]float64, len(tr.skipped))
	for cell, b := range tr.plan.Experiment.Baseline {
		if cell == b || tr.skipped[cell] || tr.IsQuarantined(cell) {
			continue
		}
		list[cell] = math.Inf(1)
		if ratio := estimate.Compare(tr.pairs(b, cell)); ratio.CI.OK && ratio.Value.OK {
			list[cell] = (ratio.CI.High - ratio.CI.Low) / ratio.Value.X
		}
		list[b] = max(list[b], list[cell])
	}
	return list
}
