package schedule

import (
	"fmt"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/internal/units"
	"iosweep/journal"
)

// Repeats that adapt: a cell gets trials until its speed-up is known to within the
// width that the experiment asks for, and a baseline for as long as a cell needs it.
// What decides is the pairs that the journal holds and nothing else, so that a run
// that was resumed stops where one that went through would have.

// UpdatePrecise checks whether a trial of a cell in a round has made anything certain enough:
// its own speed-up or, of a baseline, those against it. It returns the cells that are,
// since now. A trial that was tried again later may also make one less certain.
func (tr *Tracker) UpdatePrecise(round, cell int) (precise []int) {
	if tr.plan.Experiment.Trials.Adaptive == nil {
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

// UpdateAllPrecise does so for what a journal holds.
func (tr *Tracker) UpdateAllPrecise() {
	if tr.plan.Experiment.Trials.Adaptive == nil {
		return
	}
	for cell := range tr.precise {
		tr.precise[cell] = tr.isPreciseEnough(cell)
	}
}

// Affected are the cells that a trial says something about: its own, and those that it
// is paired with. A cell that is left alone from now on changes by what its baseline,
// or whatever is compared with it, is to be judged.
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

// isActive says that a cell is run, and goes on to be.
func (tr *Tracker) isActive(cell int) bool { return !tr.skipped[cell] && !tr.IsQuarantined(cell) }

// hasActiveComparison reports whether anything is compared with a cell.
func (tr *Tracker) hasActiveComparison(cell int) bool {
	return slices.ContainsFunc(tr.comparedWith[cell], tr.isActive)
}

// isPreciseEnough applies the rule to what there is of a cell: to its speed-up or, where it
// has none, to its mean. A baseline is known well when nothing needs it any more, which
// is for the cells to say that are compared with it.
func (tr *Tracker) isPreciseEnough(cell int) bool {
	rule := estimate.StoppingRule(*tr.plan.Experiment.Trials.Adaptive)
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.isActive(b) {
		return rule.IsRatioKnown(tr.pairs(b, cell))
	}
	if tr.hasActiveComparison(cell) {
		return false
	}
	own, _ := tr.pairs(cell, cell)
	return rule.IsMeanKnown(own)
}

// hasEnoughTrials reports whether a cell that has not been tried in a round need not be.
func (tr *Tracker) hasEnoughTrials(round, cell int) bool {
	a := tr.plan.Experiment.Trials.Adaptive
	if a == nil || tr.plan.Round(round).Phase != journal.Measured {
		return false
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

// ExpectedTrials is how many trials of a cell are likely to come: all that the plan has
// left for it, or, of repeats that adapt, as many as it takes at the spread that was
// seen so far.
func (tr *Tracker) ExpectedTrials(cell int) int {
	left := tr.Remaining(cell)
	a := tr.plan.Experiment.Trials.Adaptive
	if a == nil || left == 0 {
		return left
	}
	need, done := a.Min, 0
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
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.isActive(b) {
		base, own := tr.pairs(b, cell)
		tr.rounds[cell] = estimate.Rounds(base, own, a.Width)
		need = max(need, tr.rounds[cell])
	}
	for _, c := range tr.comparedWith[cell] {
		if tr.isActive(c) && !tr.precise[c] {
			need = max(need, tr.rounds[c])
		}
	}
	return min(left, max(1, need-done))
}

// DescribePrecision says how well a cell is known that is known well enough.
func (tr *Tracker) DescribePrecision(cell int) string {
	own, _ := tr.pairs(cell, cell)
	text := "the interval of its mean is as narrow after " + units.Count(len(own), "round")
	if b := tr.plan.Experiment.Baseline[cell]; b != cell && tr.isActive(b) {
		ratio := estimate.Compare(tr.pairs(b, cell))
		text = fmt.Sprintf("the interval of its speed-up is %.2g%% wide after %s", 100*estimate.Width(ratio).X, units.Count(ratio.Pairs, "round"))
	}
	return text + fmt.Sprintf(", and %.4g%% was asked for", 100*tr.plan.Experiment.Trials.Adaptive.Width)
}
