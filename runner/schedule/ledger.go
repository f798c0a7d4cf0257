package schedule

import (
	"slices"
	"strings"

	"iosweep/journal"
)

// A Ledger knows what became of every trial of a plan, whichever process of the
// run did it: what still has to be done is what the ledger does not have.
type Ledger struct {
	plan *Plan
	// results are by round of the plan, up to the last one that has a record, and then
	// by cell; a round without any record has none.
	results [][]result
	// failures counts, by cell, the rounds since its last good trial that failed,
	// with all their retries.
	failures []int
	// setAside marks the cells that are left alone for another reason.
	setAside []bool

	// Of repeats that adapt; see adaptive.go.
	against  [][]int // by baseline: the cells that are compared with it
	skipped  []bool  // by cell: it is not run at all
	precise  []bool  // by cell: it has been measured often enough
	rounds   []int   // by cell: after how many rounds that is likely, when it was last asked
	Recorded int     // trials that the journal holds, without those that are void
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

// NewLedger is an empty one; skipped says which cells are not run at all.
func NewLedger(p *Plan, skipped func(cell int) bool) *Ledger {
	cells := len(p.Experiment.Cells)
	l := &Ledger{
		plan: p, failures: make([]int, cells), setAside: make([]bool, cells),
		against: make([][]int, cells), skipped: make([]bool, cells), precise: make([]bool, cells), rounds: make([]int, cells),
	}
	for cell, b := range p.Experiment.Baseline {
		l.skipped[cell] = skipped(cell)
		if b != cell {
			l.against[b] = append(l.against[b], cell)
		}
	}
	return l
}

// result returns what became of a cell in a round: the zero result if nothing has.
func (l *Ledger) result(round, cell int) result {
	if round >= len(l.results) || l.results[round] == nil {
		return result{}
	}
	return l.results[round][cell]
}

// Attempts returns how many records there are of a cell in a round.
func (l *Ledger) Attempts(t Slot) int { return int(l.result(t.Round, t.Cell).attempts) }

// HasMetFault reports whether the machine was to blame for one of them.
func (l *Ledger) HasMetFault(t Slot) bool { return l.result(t.Round, t.Cell).void }

// reach returns the result of a cell in a round, which is about to get a record.
func (l *Ledger) reach(round, cell int) *result {
	if more := round + 1 - len(l.results); more > 0 {
		l.results = append(l.results, make([][]result, more)...)
	}
	if l.results[round] == nil {
		l.results[round] = make([]result, len(l.failures))
	}
	return &l.results[round][cell]
}

// Replay takes down what a journal holds; cellOf says which cell of the plan one of the
// journal is, and -1 if the plan has it no longer.
func (l *Ledger) Replay(log *journal.Log, cellOf func(int) int) {
	notes := log.Notes
	for i := 0; i <= len(log.Trials); i++ {
		for ; len(notes) > 0 && notes[0].After <= i; notes = notes[1:] {
			l.replayNote(&notes[0], cellOf)
		}
		if i < len(log.Trials) {
			t := &log.Trials[i]
			l.Record(l.plan.indexOf(Round{t.Phase, t.Round}), cellOf(t.Cell), t)
		}
	}
}

// LeftBehind is in the note of a cell whose trial left what cannot be removed. It
// counts for resumed runs too: another trial would leave more of it.
const LeftBehind = "its last trial left files that cannot be removed"

func (l *Ledger) replayNote(n *journal.Note, cellOf func(int) int) {
	if n.RetryFailed {
		l.Forgive()
	}
	if n.Kind == journal.NoteQuarantined && n.Cell != nil && strings.Contains(n.Text, LeftBehind) {
		if cell := cellOf(*n.Cell); cell >= 0 {
			l.setAside[cell] = true
		}
	}
}

// Record takes a record down. One of a round or a cell that the plan has no longer
// counts as recorded and nothing else.
func (l *Ledger) Record(round, cell int, t *journal.Trial) {
	if !t.Void {
		l.Recorded++
	}
	if round < 0 || cell < 0 {
		return
	}
	s := l.reach(round, cell)
	s.attempts = max(s.attempts+1, int32(t.Attempt))
	if t.Void {
		s.state, s.void = pending, true
		return
	}
	s.spent++
	s.wrong = s.wrong || t.Wrong()
	if t.Status == journal.OK {
		s.state = good
		l.failures[cell] = 0
		if t.Measurement != nil {
			s.seconds = t.Measurement.Seconds
		}
		return
	}
	s.state = bad
	if int(s.spent) == l.plan.Experiment.Trials.Retries+1 { // with the last retry it has failed for good
		l.failures[cell]++
	}
}

// IsWanted reports whether a cell still has to be tried in a round: it has not been, and
// has not been measured often enough; or it failed and may be tried again.
func (l *Ledger) IsWanted(round, cell int) bool {
	s := l.result(round, cell)
	switch s.state {
	case good:
		return false
	case bad:
		return int(s.spent) <= l.plan.Experiment.Trials.Retries
	}
	return s.attempts > 0 || !l.isEnough(round, cell)
}

// SetAside leaves a cell alone, whatever its trials have come to.
func (l *Ledger) SetAside(cell int) { l.setAside[cell] = true }

// IsSetAside reports whether a cell was set aside.
func (l *Ledger) IsSetAside(cell int) bool { return l.setAside[cell] }

// FailedRounds returns in how many rounds a cell has failed since its last good trial.
func (l *Ledger) FailedRounds(cell int) int { return l.failures[cell] }

// IsQuarantined reports whether a cell failed so often in a row that it is left alone.
func (l *Ledger) IsQuarantined(cell int) bool {
	limit := l.plan.Experiment.Trials.Quarantine
	return l.setAside[cell] || limit > 0 && l.failures[cell] >= limit
}

// Forgive lets every trial that failed be tried again, as if for the first time,
// and lifts every quarantine.
func (l *Ledger) Forgive() {
	for _, round := range l.results {
		for cell := range round {
			if round[cell].state == bad {
				round[cell].state, round[cell].spent = pending, 0
			}
		}
	}
	clear(l.failures)
	clear(l.setAside)
}

// Failed counts the trials of a plan that are not good, those included that were
// good only when they were repeated after a wrong outcome.
func (l *Ledger) Failed() (n int) {
	for _, round := range l.results {
		for _, s := range round {
			if s.state == bad || s.wrong {
				n++
			}
		}
	}
	return n
}

// Remaining counts the trials of a cell that are still to be run.
func (l *Ledger) Remaining(cell int) (n int) {
	if l.IsQuarantined(cell) {
		return 0
	}
	// Where no trial has been yet, all rounds are alike but for those that every cell has.
	known := min(l.plan.Rounds, max(len(l.results), l.leastRounds()))
	for round := range known {
		if l.IsWanted(round, cell) {
			n++
		}
	}
	if known < l.plan.Rounds && l.IsWanted(known, cell) {
		n += l.plan.Rounds - known
	}
	return n
}

// leastRounds is how many rounds every cell has where repeats adapt, warm-ups included; 0
// where all rounds are alike.
func (l *Ledger) leastRounds() int {
	trials := l.plan.Experiment.Trials
	if trials.Adaptive != nil {
		return trials.Warmup + trials.Adaptive.Min
	}
	return 0
}

// latest is how many seconds the last good trial of a cell took; 0 if it has none.
func (l *Ledger) latest(cell int) float64 {
	for round := range slices.Backward(l.results) {
		if s := l.result(round, cell); s.state == good {
			return s.seconds
		}
	}
	return 0
}

// pairs are the seconds of two cells in the measured rounds in which both were
// good, and none of their attempts was wrong.
func (l *Ledger) pairs(a, b int) (x, y []float64) {
	for round := l.plan.Experiment.Trials.Warmup; round < len(l.results); round++ {
		s, t := l.result(round, a), l.result(round, b)
		if s.state == good && t.state == good && !s.wrong && !t.wrong {
			x, y = append(x, s.seconds), append(y, t.seconds)
		}
	}
	return x, y
}
