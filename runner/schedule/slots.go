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
func (tr *Tracker) Slots() iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for round := range tr.plan.Rounds {
			if !tr.hasRemaining(round) {
				if round >= len(tr.results) {
					return
				}
				continue
			}
			for _, cell := range tr.plan.Order(round) {
				if !tr.skipped[cell] && !yield(Slot{Cell: cell, Round: round}) {
					return
				}
			}
		}
	}
}

// hasRemaining reports whether a round has something left to do.
func (tr *Tracker) hasRemaining(round int) bool {
	for cell := range tr.skipped {
		if !tr.skipped[cell] && !tr.IsDone(Slot{Cell: cell, Round: round}) {
			return true
		}
	}
	return false
}

// IsDone reports whether nothing is left to do in a slot.
func (tr *Tracker) IsDone(t Slot) bool {
	return !tr.NeedsTrial(t.Round, t.Cell) || tr.IsQuarantined(t.Cell)
}
