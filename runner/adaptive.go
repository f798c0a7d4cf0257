package runner

import (
	"fmt"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/runner/journal"
)

// Repeats that adapt: a cell gets trials until its speed-up is known to within the
// width that the experiment asks for, and a baseline for as long as a cell needs it.
// What decides is the pairs that the journal holds and nothing else, so that a run
// that was resumed stops where one that went through would have.

// settle looks whether a trial of a cell has made speed-ups certain enough: its own,
// or, of a baseline, those against it. It returns the cells that are, since now.
func (l *ledger) settle(cell int) (settled []int) {
	if l.plan.Experiment.Trials.Adaptive == nil {
		return nil
	}
	for _, c := range append([]int{cell}, l.against[cell]...) {
		if !l.precise[c] && l.knownWell(c) {
			l.precise[c] = true
			settled = append(settled, c)
		}
	}
	return settled
}

// knownWell applies the rule to what there is of a cell. A baseline is known well
// when nothing needs it any more, which is for the cells to say, unless it is alone.
func (l *ledger) knownWell(cell int) bool {
	a := l.plan.Experiment.Trials.Adaptive
	b := l.plan.Experiment.Baseline[cell]
	if b != cell {
		base, own := l.pairs(b, cell)
		return len(own) >= a.Min && estimate.Precise(base, own, a.Width)
	}
	if len(l.against[cell]) > 0 {
		return false
	}
	own, _ := l.pairs(cell, cell)
	return len(own) >= a.Min && estimate.PreciseMean(own, a.Width)
}

// enough says whether a cell that has not been tried in a round need not be.
func (l *ledger) enough(round, cell int) bool {
	a := l.plan.Experiment.Trials.Adaptive
	if a == nil || l.plan.Rounds[round].Phase != journal.Measured {
		return false
	}
	if len(l.against[cell]) == 0 {
		return l.precise[cell]
	}
	if l.plan.Rounds[round].Number <= a.Min {
		return false
	}
	for _, c := range l.against[cell] {
		waits := l.wants(round, c) && !l.quarantined(c)
		if waits || l.slots[round][c].state == good {
			return false
		}
	}
	return true
}

// expected is how many trials of a cell are likely to come: all that the plan has
// left for it, or, of repeats that adapt, as many as it takes at the spread that was
// seen so far.
func (l *ledger) expected(cell int) int {
	left := l.left(cell)
	a := l.plan.Experiment.Trials.Adaptive
	if a == nil || left == 0 {
		return left
	}
	need, done := a.Min, 0
	for i, round := range l.plan.Rounds {
		switch {
		case round.Phase != journal.Measured:
			if l.wants(i, cell) {
				need++
			}
		case l.slots[i][cell].state == good:
			done++
		}
	}
	for _, c := range append([]int{cell}, l.against[cell]...) {
		need = max(need, l.needed(c, a))
	}
	return min(left, max(1, need-done))
}

// needed is how many pairs of a cell make it precise, as far as can be told.
func (l *ledger) needed(cell int, a *experiments.Adaptive) int {
	b := l.plan.Experiment.Baseline[cell]
	if b == cell || l.precise[cell] || l.quarantined(cell) {
		return 0
	}
	return estimate.Rounds(estimate.Compare(l.pairs(b, cell)), a.Width)
}

// notePrecise writes down that cells get no more trials, and why.
func (r *run) notePrecise(cells []int) error {
	for _, cell := range cells {
		text := fmt.Sprintf("%s gets no more trials: ", r.Cells[cell].Name)
		a := r.Plan.Experiment.Trials.Adaptive
		if b := r.Plan.Experiment.Baseline[cell]; b != cell {
			ratio := estimate.Compare(r.ledger.pairs(b, cell))
			text += fmt.Sprintf("the interval of its speed-up is %.2g%% wide after %s", 100*estimate.Width(ratio).X, plural(ratio.Pairs, "round"))
		} else {
			own, _ := r.ledger.pairs(cell, cell)
			text += fmt.Sprintf("the interval of its mean is as narrow after %s", plural(len(own), "round"))
		}
		text += fmt.Sprintf(", and %.4g%% was asked for", 100*a.Width)
		if err := r.note(journal.Note{Kind: journal.NotePrecise, Cell: new(r.index[cell]), Text: text}); err != nil {
			return err
		}
	}
	return nil
}
