package schedule

import "iter"

// A Slot is a cell in a round of the plan.
type Slot struct {
	Cell  int
	Round int // of the plan, from 0
}

// Slots yields the slots in which something may be left to do, in the order of the plan.
// Cells that are skipped have none. A round gets its order when it is reached. A round
// without a trial so far never has more to do than the rounds before it, so the first
// such round with nothing to do is the end, however many rounds a plan with adaptive
// repeats may have.
func (l *Ledger) Slots() iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for round := range l.plan.Rounds {
			if !l.hasMore(round) {
				if round >= len(l.results) {
					return
				}
				continue
			}
			for _, cell := range l.plan.Order(round) {
				if !l.skipped[cell] && !yield(Slot{Cell: cell, Round: round}) {
					return
				}
			}
		}
	}
}

// hasMore reports whether a round has something left to do.
func (l *Ledger) hasMore(round int) bool {
	for cell := range l.skipped {
		if !l.skipped[cell] && !l.IsOver(Slot{Cell: cell, Round: round}) {
			return true
		}
	}
	return false
}

// IsOver reports whether nothing is left to do in a slot.
func (l *Ledger) IsOver(t Slot) bool {
	return !l.IsWanted(t.Round, t.Cell) || l.IsQuarantined(t.Cell)
}
