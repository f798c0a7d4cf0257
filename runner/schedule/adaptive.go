package schedule

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/internal/units"
	"iosweep/journal"
)

// With adaptive repeats a cell gets trials until the interval of its speed-up is as narrow as
// the experiment requests. A baseline gets trials as long as a cell needs it. The decision
// depends only on the pairs in the journal, so that a resumed run stops in the same round as
// an uninterrupted one.

// UpdatePrecise decides again which cells are precise enough, after a trial of a cell in a
// round. It returns the cells whose intervals have just become narrow enough. A trial that
// was repeated later can also make an interval too wide again.
func (tr *Tracker) UpdatePrecise(round, cell int) (precise []int) {
	if !tr.stopsAtWidth() {
		return nil
	}
	for _, c := range tr.Affected(round, cell) {
		was := tr.precise[c]
		if tr.precise[c] = tr.isPreciseEnough(c); tr.precise[c] && !was {
			precise = append(precise, c)
		}
	}
	return precise
}

// UpdateAllPrecise decides for all cells whether they have enough trials, after Replay.
func (tr *Tracker) UpdateAllPrecise() {
	tr.races = nil
	if !tr.stopsAtWidth() {
		return
	}
	for cell := range tr.precise {
		tr.precise[cell] = tr.isPreciseEnough(cell)
	}
}

// stopsAtWidth reports whether a cell has enough trials when its interval is narrow enough.
func (tr *Tracker) stopsAtWidth() bool {
	a := tr.plan.Experiment.Trials.Adaptive
	return a != nil && a.Race == 0
}

// Affected returns the cells whose precision a trial of a cell may change: the cell itself and
// the cells that are paired with it. After the quarantine of the cell, another rule may apply
// to its baseline and to the cells compared with the cell. Affected then returns these too.
func (tr *Tracker) Affected(round, cell int) []int {
	list := []int{cell}
	for _, c := range tr.comparedWith[cell] {
		if tr.result(round, c).state == good || tr.IsQuarantined(cell) {
			list = append(list, c)
		}
	}
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.IsQuarantined(cell) {
		list = append(list, b)
	}
	return list
}

// isActive reports whether a cell is neither skipped nor quarantined.
func (tr *Tracker) isActive(cell int) bool { return !tr.skipped[cell] && !tr.IsQuarantined(cell) }

// hasActiveComparison reports whether an active cell is compared with this one.
func (tr *Tracker) hasActiveComparison(cell int) bool {
	return slices.ContainsFunc(tr.comparedWith[cell], tr.isActive)
}

// isPreciseEnough applies the stopping rule to the speed-up of a cell or, without an active
// baseline, to its mean. A baseline is not precise enough while an active cell is compared
// with it: those cells decide how many trials it gets.
func (tr *Tracker) isPreciseEnough(cell int) bool {
	a := tr.plan.Experiment.Trials.Adaptive
	rule := estimate.StoppingRule{Min: a.Min, Width: a.Width}
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.isActive(b) {
		return rule.IsRatioPrecise(tr.pairs(b, cell))
	}
	if tr.hasActiveComparison(cell) {
		return false
	}
	own, _ := tr.pairs(cell, cell)
	return rule.IsMeanPrecise(own)
}

// hasEnoughTrials reports whether a cell can be left out of a round. The cell has had no
// trial in that round yet.
func (tr *Tracker) hasEnoughTrials(round, cell int) bool {
	a := tr.plan.Experiment.Trials.Adaptive
	if a == nil || tr.plan.Round(round).Phase != journal.Measured {
		return false
	}
	if a.Race > 0 {
		return tr.isOutOfRace(round, cell)
	}
	if !tr.hasActiveComparison(cell) {
		return tr.precise[cell]
	}
	if tr.plan.Round(round).Number <= a.Min {
		return false
	}
	return !slices.ContainsFunc(tr.comparedWith[cell], func(c int) bool {
		return tr.result(round, c).state == good || tr.isActive(c) && tr.NeedsTrial(round, c)
	})
}

// ExpectedTrials returns the expected number of further trials of a cell. Without adaptive
// repeats these are all its remaining trials. With them the number is estimated from the
// spread observed so far.
func (tr *Tracker) ExpectedTrials(cell int) int {
	remaining := tr.Remaining(cell)
	a := tr.plan.Experiment.Trials.Adaptive
	if a == nil || remaining == 0 {
		return remaining
	}
	need, done := a.Min, 0
	if r, at := tr.raceOf(cell); r != nil {
		need = cmp.Or(r.predicted[at], tr.plan.RoundsOf(cell))
		if tr.plan.Experiment.Baseline[cell] == cell {
			need = max(need, slices.Max(r.predicted)) // it stays to the end
		}
	}
	for round := range min(tr.plan.Rounds, max(len(tr.results), tr.minRounds())) {
		switch {
		case tr.plan.Round(round).Phase != journal.Measured:
			if tr.NeedsTrial(round, cell) {
				need++
			}
		case tr.result(round, cell).state == good:
			done++
		}
	}
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.isActive(b) && a.Race == 0 {
		base, own := tr.pairs(b, cell)
		tr.neededRounds[cell] = estimate.PredictRounds(base, own, a.Width)
		need = max(need, tr.neededRounds[cell])
	}
	for _, c := range tr.comparedWith[cell] {
		if tr.isActive(c) && !tr.precise[c] {
			need = max(need, tr.neededRounds[c])
		}
	}
	return min(remaining, max(1, need-done))
}

// DescribePrecision describes the interval of a cell that is precise enough.
func (tr *Tracker) DescribePrecision(cell int) string {
	own, _ := tr.pairs(cell, cell)
	text := "the interval of its mean is narrow enough after " + units.Count(len(own), "round")
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.isActive(b) {
		ratio := estimate.Compare(tr.pairs(b, cell))
		text = fmt.Sprintf("the interval of its speed-up is %.2g%% wide after %s", 100*estimate.Width(ratio).X, units.Count(ratio.Pairs, "round"))
	}
	return text + fmt.Sprintf(" (requested: at most %.4g%%)", 100*tr.plan.Experiment.Trials.Adaptive.Width)
}
