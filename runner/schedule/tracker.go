package schedule

import (
	"slices"
	"strings"

	"iosweep/journal"
)

// A Tracker knows what became of every trial of a plan, whichever process of the
// run did it: what still has to be done is what the tracker does not have.
type Tracker struct {
	plan *Plan
	// results are by round of the plan, up to the last one that has a record, and then
	// by cell; a round without any record has none.
	results [][]result
	// failures counts, by cell, the rounds since its last good trial that failed,
	// with all their retries.
	failures []int
	// excluded marks the cells that are left alone for another reason.
	excluded []bool

	// Of repeats that adapt; see adaptive.go.
	comparedWith [][]int // by baseline: the cells that are compared with it
	skipped      []bool  // by cell: it is not run at all
	precise      []bool  // by cell: it has been measured often enough
	rounds       []int   // by cell: after how many rounds that is likely, when it was last asked
	Recorded     int     // trials that the journal holds, without those that are void
}

// A result is what became of one slot.
type result struct {
	seconds  float64 // of a good trial
	attempts int32   // records so far
	spent    int32   // of them, those that count against the retries
	state    state
	void     bool // the machine would not do it, once at least
	wrong    bool // an attempt had a wrong outcome: no retry makes that good
}

// A state is what the last attempt came to.
type state uint8

const (
	pending state = iota // none, or one that was void
	good
	bad
)

// NewTracker is an empty one; skipped says which cells are not run at all.
func NewTracker(p *Plan, skipped func(cell int) bool) *Tracker {
	cells := len(p.Experiment.Cells)
	tr := &Tracker{
		plan: p, failures: make([]int, cells), excluded: make([]bool, cells),
		comparedWith: make([][]int, cells), skipped: make([]bool, cells), precise: make([]bool, cells), rounds: make([]int, cells),
	}
	for cell, b := range p.Experiment.Baseline {
		tr.skipped[cell] = skipped(cell)
		if b != cell {
			tr.comparedWith[b] = append(tr.comparedWith[b], cell)
		}
	}
	return tr
}

// result returns what became of a cell in a round: the zero result if nothing has.
func (tr *Tracker) result(round, cell int) result {
	if round >= len(tr.results) || tr.results[round] == nil {
		return result{}
	}
	return tr.results[round][cell]
}

// Attempts returns how many records there are of a cell in a round.
func (tr *Tracker) Attempts(t Slot) int { return int(tr.result(t.Round, t.Cell).attempts) }

// HadFault reports whether the machine was to blame for one of them.
func (tr *Tracker) HadFault(t Slot) bool { return tr.result(t.Round, t.Cell).void }

// reach returns the result of a cell in a round, which is about to get a record.
func (tr *Tracker) resultAt(round, cell int) *result {
	if more := round + 1 - len(tr.results); more > 0 {
		tr.results = append(tr.results, make([][]result, more)...)
	}
	if tr.results[round] == nil {
		tr.results[round] = make([]result, len(tr.failures))
	}
	return &tr.results[round][cell]
}

// Replay takes down what a journal holds; cellOf says which cell of the plan one of the
// journal is, and -1 if the plan has it no longer.
func (tr *Tracker) Replay(log *journal.Log, cellOf func(int) int) {
	notes := log.Notes
	for i := 0; i <= len(log.Trials); i++ {
		for ; len(notes) > 0 && notes[0].After <= i; notes = notes[1:] {
			tr.replayNote(&notes[0], cellOf)
		}
		if i < len(log.Trials) {
			t := &log.Trials[i]
			tr.Record(tr.plan.indexOf(Round{t.Phase, t.Round}), cellOf(t.Cell), t)
		}
	}
}

// LeftBehind is in the note of a cell whose trial left what cannot be removed. It
// counts for resumed runs too: another trial would leave more of it.
const LeftBehind = "its last trial left files that cannot be removed"

func (tr *Tracker) replayNote(n *journal.Note, cellOf func(int) int) {
	if n.RetryFailed {
		tr.ResetFailures()
	}
	if n.Kind == journal.NoteQuarantined && n.Cell != nil && strings.Contains(n.Text, LeftBehind) {
		if cell := cellOf(*n.Cell); cell >= 0 {
			tr.excluded[cell] = true
		}
	}
}

// Record takes a record down. One of a round or a cell that the plan has no longer
// counts as recorded and nothing else.
func (tr *Tracker) Record(round, cell int, t *journal.Trial) {
	if !t.Void {
		tr.Recorded++
	}
	if round < 0 || cell < 0 {
		return
	}
	s := tr.resultAt(round, cell)
	s.attempts = max(s.attempts+1, int32(t.Attempt))
	if t.Void {
		s.state, s.void = pending, true
		return
	}
	s.spent++
	s.wrong = s.wrong || t.Wrong()
	if t.Status == journal.OK {
		s.state = good
		tr.failures[cell] = 0
		if t.Measurement != nil {
			s.seconds = t.Measurement.Seconds
		}
		return
	}
	s.state = bad
	if int(s.spent) == tr.plan.Experiment.Trials.Retries+1 { // with the last retry it has failed for good
		tr.failures[cell]++
	}
}

// NeedsTrial reports whether a cell still has to be tried in a round: it has not been, and
// has not been measured often enough; or it failed and may be tried again.
func (tr *Tracker) NeedsTrial(round, cell int) bool {
	s := tr.result(round, cell)
	switch s.state {
	case good:
		return false
	case bad:
		return int(s.spent) <= tr.plan.Experiment.Trials.Retries
	}
	return s.attempts > 0 || !tr.hasEnoughTrials(round, cell)
}

// Exclude leaves a cell alone, whatever its trials have come to.
func (tr *Tracker) Exclude(cell int) { tr.excluded[cell] = true }

// IsExcluded reports whether a cell was set aside.
func (tr *Tracker) IsExcluded(cell int) bool { return tr.excluded[cell] }

// FailedRounds returns in how many rounds a cell has failed since its last good trial.
func (tr *Tracker) FailedRounds(cell int) int { return tr.failures[cell] }

// IsQuarantined reports whether a cell failed so often in a row that it is left alone.
func (tr *Tracker) IsQuarantined(cell int) bool {
	limit := tr.plan.Experiment.Trials.Quarantine
	return tr.excluded[cell] || limit > 0 && tr.failures[cell] >= limit
}

// ResetFailures lets every trial that failed be tried again, as if for the first time,
// and lifts every quarantine.
func (tr *Tracker) ResetFailures() {
	for _, round := range tr.results {
		for cell := range round {
			if round[cell].state == bad {
				round[cell].state, round[cell].spent = pending, 0
			}
		}
	}
	clear(tr.failures)
	clear(tr.excluded)
}

// Failed counts the trials of a plan that are not good, those included that were
// good only when they were repeated after a wrong outcome.
func (tr *Tracker) Failed() (n int) {
	for _, round := range tr.results {
		for _, s := range round {
			if s.state == bad || s.wrong {
				n++
			}
		}
	}
	return n
}

// Remaining counts the trials of a cell that are still to be run.
func (tr *Tracker) Remaining(cell int) (n int) {
	if tr.IsQuarantined(cell) {
		return 0
	}
	// Where no trial has been yet, all rounds are alike but for those that every cell has.
	known := min(tr.plan.Rounds, max(len(tr.results), tr.minRounds()))
	for round := range known {
		if tr.NeedsTrial(round, cell) {
			n++
		}
	}
	if known < tr.plan.Rounds && tr.NeedsTrial(known, cell) {
		n += tr.plan.Rounds - known
	}
	return n
}

// minRounds is how many rounds every cell has where repeats adapt, warm-ups included; 0
// where all rounds are alike.
func (tr *Tracker) minRounds() int {
	trials := tr.plan.Experiment.Trials
	if trials.Adaptive != nil {
		return trials.Warmup + trials.Adaptive.Min
	}
	return 0
}

// latest is how many seconds the last good trial of a cell took; 0 if it has none.
func (tr *Tracker) latestSeconds(cell int) float64 {
	for round := range slices.Backward(tr.results) {
		if s := tr.result(round, cell); s.state == good {
			return s.seconds
		}
	}
	return 0
}

// pairs are the seconds of two cells in the measured rounds in which both were
// good, and none of their attempts was wrong.
func (tr *Tracker) pairs(a, b int) (x, y []float64) {
	for round := tr.plan.Experiment.Trials.Warmup; round < len(tr.results); round++ {
		s, t := tr.result(round, a), tr.result(round, b)
		if s.state == good && t.state == good && !s.wrong && !t.wrong {
			x, y = append(x, s.seconds), append(y, t.seconds)
		}
	}
	return x, y
}
