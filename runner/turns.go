package runner

import "iter"

// A turn is a cell in a round that may have to be run: turns leaves out the cells
// skipped.
type turn struct {
	cell  int
	round int // of the plan, from 0
}

// turns yields the turns in which something may be left to do, in the order of the
// plan. A round gets its order when it is reached. Where no trial has been yet, no
// round has more to do than those before it: so the first of them with nothing to do
// is the end, however many rounds a plan with adaptive repeats may have.
func (l *ledger) turns() iter.Seq[turn] {
	return func(yield func(turn) bool) {
		for round := range l.plan.Rounds {
			if !l.open(round) {
				if round >= len(l.slots) {
					return
				}
				continue
			}
			for _, cell := range l.plan.Order(round) {
				if !l.skipped[cell] && !yield(turn{cell: cell, round: round}) {
					return
				}
			}
		}
	}
}

// open reports whether a round has something left to do.
func (l *ledger) open(round int) bool {
	for cell := range l.skipped {
		if !l.skipped[cell] && !l.over(turn{cell: cell, round: round}) {
			return true
		}
	}
	return false
}

// over says that nothing is to be done in a turn any more.
func (l *ledger) over(t turn) bool {
	return !l.wants(t.round, t.cell) || l.quarantined(t.cell)
}
