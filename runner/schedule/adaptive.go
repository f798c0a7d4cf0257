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
func (l *Ledger) UpdatePrecise(round, cell int) (precise []int) {
	if l.plan.Experiment.Trials.Adaptive == nil {
		return nil
	}
	for _, c := range l.Affected(round, cell) {
		was := l.precise[c]
		if l.precise[c] = l.isKnownWell(c); l.precise[c] && !was {
			precise = append(precise, c)
		}
	}
	return precise
}

// UpdateAllPrecise does so for what a journal holds.
func (l *Ledger) UpdateAllPrecise() {
	if l.plan.Experiment.Trials.Adaptive == nil {
		return
	}
	for cell := range l.precise {
		l.precise[cell] = l.isKnownWell(cell)
	}
}

// Affected are the cells that a trial says something about: its own, and those that it
// is paired with. A cell that is left alone from now on changes by what its baseline,
// or whatever is compared with it, is to be judged.
func (l *Ledger) Affected(round, cell int) []int {
	list := []int{cell}
	for _, c := range l.against[cell] {
		if l.result(round, c).state == good || l.IsQuarantined(cell) {
			list = append(list, c)
		}
	}
	if b := l.plan.Experiment.Baseline[cell]; b != cell && l.IsQuarantined(cell) {
		list = append(list, b)
	}
	return list
}

// isLive says that a cell is run, and goes on to be.
func (l *Ledger) isLive(cell int) bool { return !l.skipped[cell] && !l.IsQuarantined(cell) }

// isNeeded reports whether anything is compared with a cell.
func (l *Ledger) isNeeded(cell int) bool { return slices.ContainsFunc(l.against[cell], l.isLive) }

// isKnownWell applies the rule to what there is of a cell: to its speed-up or, where it
// has none, to its mean. A baseline is known well when nothing needs it any more, which
// is for the cells to say that are compared with it.
func (l *Ledger) isKnownWell(cell int) bool {
	rule := estimate.StoppingRule(*l.plan.Experiment.Trials.Adaptive)
	if b := l.plan.Experiment.Baseline[cell]; b != cell && l.isLive(b) {
		return rule.IsRatioKnown(l.pairs(b, cell))
	}
	if l.isNeeded(cell) {
		return false
	}
	own, _ := l.pairs(cell, cell)
	return rule.IsMeanKnown(own)
}

// isEnough reports whether a cell that has not been tried in a round need not be.
func (l *Ledger) isEnough(round, cell int) bool {
	a := l.plan.Experiment.Trials.Adaptive
	if a == nil || l.plan.Round(round).Phase != journal.Measured {
		return false
	}
	if !l.isNeeded(cell) {
		return l.precise[cell]
	}
	if l.plan.Round(round).Number <= a.Min {
		return false
	}
	return !slices.ContainsFunc(l.against[cell], func(c int) bool {
		return l.result(round, c).state == good || l.isLive(c) && l.IsWanted(round, c)
	})
}

// Expected is how many trials of a cell are likely to come: all that the plan has
// left for it, or, of repeats that adapt, as many as it takes at the spread that was
// seen so far.
func (l *Ledger) Expected(cell int) int {
	left := l.Remaining(cell)
	a := l.plan.Experiment.Trials.Adaptive
	if a == nil || left == 0 {
		return left
	}
	need, done := a.Min, 0
	for round := range min(l.plan.Rounds, max(len(l.results), l.leastRounds())) {
		switch {
		case l.plan.Round(round).Phase != journal.Measured:
			if l.IsWanted(round, cell) {
				need++
			}
		case l.result(round, cell).state == good:
			done++
		}
	}
	if b := l.plan.Experiment.Baseline[cell]; b != cell && l.isLive(b) {
		base, own := l.pairs(b, cell)
		l.rounds[cell] = estimate.Rounds(base, own, a.Width)
		need = max(need, l.rounds[cell])
	}
	for _, c := range l.against[cell] {
		if l.isLive(c) && !l.precise[c] {
			need = max(need, l.rounds[c])
		}
	}
	return min(left, max(1, need-done))
}

// Precision says how well a cell is known that is known well enough.
func (l *Ledger) Precision(cell int) string {
	own, _ := l.pairs(cell, cell)
	text := "the interval of its mean is as narrow after " + units.Count(len(own), "round")
	if b := l.plan.Experiment.Baseline[cell]; b != cell && l.isLive(b) {
		ratio := estimate.Compare(l.pairs(b, cell))
		text = fmt.Sprintf("the interval of its speed-up is %.2g%% wide after %s", 100*estimate.Width(ratio).X, units.Count(ratio.Pairs, "round"))
	}
	return text + fmt.Sprintf(", and %.4g%% was asked for", 100*l.plan.Experiment.Trials.Adaptive.Width)
}
