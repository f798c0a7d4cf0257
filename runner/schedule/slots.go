package schedule

import "iter"

// A turn is a cell in a round that may have to be run: turns leaves out the cells
// skipped.
type Turn struct {
	Cell  int
	Round int // of the plan, from 0
}

// Turns yields the turns in which something may be left to do, in the order of the
// plan. A round gets its order when it is reached. Where no trial has been yet, no
// round has more to do than those before it: so the first of them with nothing to do
// is the end, however many rounds a plan with adaptive repeats may have.
func (l *Ledger) Turns() iter.Seq[Turn] {
	return func(yield func(Turn) bool) {
		for round := range l.plan.Rounds {
			if !l.open(round) {
				if round >= len(l.slots) {
					return
				}
				continue
			}
			for _, cell := range l.plan.Order(round) {
				if !l.skipped[cell] && !yield(Turn{Cell: cell, Round: round}) {
					return
				}
			}
		}
	}
}

// open reports whether a round has something left to do.
func (l *Ledger) open(round int) bool {
	for cell := range l.skipped {
		if !l.skipped[cell] && !l.Over(Turn{Cell: cell, Round: round}) {
			return true
		}
	}
	return false
}

// Over says that nothing is to be done in a turn any more.
func (l *Ledger) Over(t Turn) bool {
	return !l.Wants(t.Round, t.Cell) || l.Quarantined(t.Cell)
}
