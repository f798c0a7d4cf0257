package schedule

import "iter"

// A Slot is a cell in a round of the plan.
type Slot struct {
	Cell  int
	Round int // of the plan, from 0
}

// Slots yields the slots that may need a trial, in the order of the plan. Skipped cells have
// no slots. The order of a round is computed when the round is reached. A round without
// records never needs more trials than the rounds before it. So the first such round that
// needs none ends the iteration, even if a plan with adaptive repeats has many more rounds. If a race
// has lost decisions, the iteration begins again with the first round, as it does in a resumed run.
func (tr *Tracker) Slots() iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for round := 0; round < tr.plan.Rounds; round++ {
			if !tr.hasRemaining(round) {
				if round >= tr.knownRounds() {
					return
				}
				continue
			}
			for _, cell := range tr.plan.Order(round) {
				if !tr.skipped[cell] && !yield(Slot{Cell: cell, Round: round}) {
					return
				}
				if tr.rewound {
					tr.rewound, round = false, -1
					break
				}
			}
		}
	}
}

// hasRemaining reports whether a round has a slot that is not done.
func (tr *Tracker) hasRemaining(round int) bool {
	for cell := range tr.skipped {
		if !tr.skipped[cell] && !tr.IsDone(Slot{Cell: cell, Round: round}) {
			return true
		}
	}
	return false
}

// IsDone reports whether a slot needs no more trials.
func (tr *Tracker) IsDone(t Slot) bool {
	return !tr.NeedsTrial(t.Round, t.Cell) || tr.IsQuarantined(t.Cell)
}
