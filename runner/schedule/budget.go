package schedule

import (
	"math"

	"iosweep/internal/estimate"
)

// MostInformative returns the next trial of the cell whose speed-up is least certain, among
// the cells that fit. Speed-ups are paired by round: a trial is useful if its baseline was
// measured in the same round. A trial of a baseline is as useful as the trials that it is
// paired with.
func (tr *Tracker) MostInformative(fits func(cell int) bool) (best Slot, found bool) {
	uncertainty := tr.uncertainties()
	largest := 0.0
	seen := make([]bool, len(tr.skipped))
	for t := range tr.Slots() {
		if t.Round > tr.knownRounds() {
			break // rounds without a trial are all alike, so the first is enough
		}
		if seen[t.Cell] || tr.IsDone(t) {
			continue
		}
		if tr.cannotPair(t) {
			continue // a later round may have a pair
		}
		seen[t.Cell] = true // the rounds of a cell run in order
		if uncertainty[t.Cell] > largest && fits(t.Cell) {
			best, largest, found = t, uncertainty[t.Cell], true
		}
	}
	return best, found
}

// cannotPair reports whether a trial would have no pair. A trial of a baseline has no pair if no
// cell has or can get a good trial in the same round. Any other trial has no pair if its baseline
// has no good trial in that round.
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

// uncertainties returns, by cell, the width of the interval of its speed-up relative to the
// speed-up. It is infinite while there is no interval, or an open one. A baseline has the
// largest value of the cells that are compared with it.
func (tr *Tracker) uncertainties() []float64 {
	list := make([]float64, len(tr.skipped))
	for cell, b := range tr.plan.Experiment.Baseline {
		if cell == b || tr.skipped[cell] || tr.IsQuarantined(cell) {
			continue
		}
		list[cell] = math.Inf(1)
		if width := estimate.Width(estimate.Compare(tr.pairs(b, cell))); width.OK {
			list[cell] = width.X
		}
		list[b] = max(list[b], list[cell])
	}
	return list
}
