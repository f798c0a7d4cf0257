package analysis

import "iosweep/journal"

// A turn is one cell in one round: one trial, or as many as were tried. The last
// one counts; those before it are attempts that failed.
type turn struct {
	*journal.Trial     // the last attempt
	at             int // where that stands in the journal, from 0
	// before are the attempts before it, but for those that are void: they were
	// no fault of the cell's.
	before []*journal.Trial
}

// failed is the attempt for which the turn counts as failed; nil if it does not.
// A trial that was killed or crashed may be made good by another. One that did its
// work wrongly may not: work that goes wrong now and then may be fast for that
// very reason.
func (t *turn) failed() *journal.Trial {
	for _, attempt := range t.before {
		if attempt.Wrong() {
			return attempt
		}
	}
	if t.Status != journal.OK && !t.Void {
		return t.Trial
	}
	return nil
}

// failure says why the turn has failed; empty if it has not.
func (t *turn) failure() string {
	switch attempt := t.failed(); attempt {
	case nil:
		return ""
	case t.Trial:
		return errorOf(attempt)
	default:
		return "an attempt failed and was repeated: " + errorOf(attempt)
	}
}

// undone says that the turn is still to be done: the machine would not let it.
func (t *turn) undone() bool { return t.Void && t.failed() == nil }

// good says that estimates are made from the turn.
func (t *turn) good() bool {
	return t.Phase == journal.Measured && !t.Void && t.Measurement != nil && t.failed() == nil
}

// turnsOf are the turns of each cell in the order in which they were first tried.
func turnsOf(run *journal.Run, trials []journal.Trial) [][]turn {
	type place struct {
		cell, round int
		measured    bool
	}
	turns := make([][]turn, len(run.Cells))
	known := make(map[place]int, len(trials)) // index into the turns of the cell
	for i := range trials {
		t := &trials[i]
		where := place{t.Cell, t.Round, t.Phase == journal.Measured}
		of := &turns[t.Cell]
		if k, again := known[where]; again {
			(*of)[k].repeat(t, i)
			continue
		}
		known[where] = len(*of)
		*of = append(*of, turn{Trial: t, at: i})
	}
	return turns
}

// repeat takes a further attempt, which is the one that counts from now on.
func (t *turn) repeat(again *journal.Trial, at int) {
	if !t.Void {
		t.before = append(t.before, t.Trial)
	}
	t.Trial, t.at = again, at
}

// Failures are by cell the numbers of the measured trials that count as failed.
func (d *Data) Failures() [][]int {
	numbers := make([][]int, len(d.turns))
	for cell, turns := range d.turns {
		for i := range turns {
			if t := turns[i].failed(); t != nil && t.Phase == journal.Measured {
				numbers[cell] = append(numbers[cell], t.Trial)
			}
		}
	}
	return numbers
}
