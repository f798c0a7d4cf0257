package schedule

import (
	"math"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/journal"
)

// A Tracker records the result of every trial of a plan, including the trials of earlier
// sessions. It decides which trials remain.
type Tracker struct {
	plan     *Plan
	Recorded int // trials in the journal, without void ones
	// results is indexed by round of the plan and then by cell. It ends with the last round
	// that has a record. The entry of a round without a record is nil.
	results [][]result
	// failures counts, by cell, the failed rounds since its last good trial. A round has
	// failed when all its retries have.
	failures []int
	// excluded marks the cells that get no more trials for a reason other than failures.
	excluded []bool
	closed   []bool // by round of the plan: it gets no more trials
	leftOut  bool   // see LeaveOutWarmups

	// The fields below serve adaptive repeats; see adaptive.go.
	comparedWith [][]int // by baseline: the cells that are compared with it
	skipped      []bool  // by cell: it never runs
	precise      []bool  // by cell: its interval is narrow enough
	neededRounds []int   // by cell: the latest estimate of the rounds that it needs

	races   races // nil: they must be made from all results
	rewound bool  // a race has lost decisions, so earlier rounds may have trials again
}

// A result is the state of one slot.
type result struct {
	seconds  float64 // of a good trial
	judged   float64 // the figure of a good trial that speed-ups are about; NaN: none
	attempts int32   // records so far
	spent    int32   // attempts that count against the retries
	state    state
	void     bool // at least one attempt failed because of the machine
	wrong    bool // an attempt had a wrong outcome: the slot has failed, also after a good retry
	unfit    bool // the good trial failed as the experiment expects, or corrupted items: the cell cannot be the best
}

// A state is the result of the latest attempt.
type state uint8

const (
	pending state = iota // there was no attempt, or the latest one was void
	good
	bad
)

// NewTracker returns a Tracker without results. skipped reports whether a cell never runs.
func NewTracker(p *Plan, skipped func(cell int) bool) *Tracker {
	cells := len(p.Experiment.Cells)
	tr := &Tracker{
		plan: p, failures: make([]int, cells), excluded: make([]bool, cells),
		comparedWith: make([][]int, cells), skipped: make([]bool, cells), precise: make([]bool, cells), neededRounds: make([]int, cells),
	}
	for cell, b := range p.Experiment.Baseline {
		tr.skipped[cell] = skipped(cell)
		if b != cell {
			tr.comparedWith[b] = append(tr.comparedWith[b], cell)
		}
	}
	return tr
}

// result returns the result of a cell in a round, or the zero result if there is no record.
func (tr *Tracker) result(round, cell int) result {
	if round >= len(tr.results) || tr.results[round] == nil {
		return result{}
	}
	return tr.results[round][cell]
}

// Attempts returns the number of records of a slot.
func (tr *Tracker) Attempts(t Slot) int { return int(tr.result(t.Round, t.Cell).attempts) }

// HadFault reports whether an attempt of a slot failed because of the machine.
func (tr *Tracker) HadFault(t Slot) bool { return tr.result(t.Round, t.Cell).void }

// resultAt returns a pointer to the result of a cell in a round, and makes it if necessary.
func (tr *Tracker) resultAt(round, cell int) *result {
	if more := round + 1 - len(tr.results); more > 0 {
		tr.results = append(tr.results, make([][]result, more)...)
	}
	if tr.results[round] == nil {
		tr.results[round] = make([]result, len(tr.failures))
	}
	return &tr.results[round][cell]
}

// Replay adds the trials and notes of a journal. cellOf maps a cell of the journal to the
// cell of the plan, or to -1 if the plan no longer has it.
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

// LeftBehind is part of the note about a cell whose trial left files behind. These files
// cannot be removed. Replay looks for this text, because such a cell gets no trials in
// resumed runs either: another trial would leave more files.
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

// Record adds a trial. If the plan no longer has its round or its cell, the trial increases
// Recorded and changes nothing else.
func (tr *Tracker) Record(round, cell int, t *journal.Trial) {
	if !t.Void {
		tr.Recorded++
	}
	if round < 0 || cell < 0 {
		return
	}
	defer tr.checkRace(round, cell)
	s := tr.resultAt(round, cell)
	s.attempts = max(s.attempts+1, int32(t.Attempt))
	if t.Void {
		s.state, s.void = pending, true
		return
	}
	s.spent++
	s.wrong = s.wrong || t.FailedVerification()
	if t.Status == journal.OK {
		s.state = good
		tr.failures[cell] = 0
		if t.Measurement != nil {
			m := t.Measurement
			s.seconds, s.judged = m.Seconds, math.NaN()
			s.unfit = m.Finding != "" || m.CorruptItems != nil && *m.CorruptItems > 0
			metric, _ := tr.plan.Experiment.JudgedMetric()
			if x, ok := m.Figure(journal.Metric(metric)); ok {
				s.judged = x
			}
		}
		return
	}
	s.state = bad
	if int(s.spent) == tr.plan.Experiment.Trials.Retries+1 { // the last retry has failed
		tr.failures[cell]++
	}
}

// NeedsTrial reports whether a cell needs a trial in a round. It does if it has had no trial
// there and has not been measured often enough, or if it failed and has a retry left. It needs none
// after its own rounds, or in a closed round.
func (tr *Tracker) NeedsTrial(round, cell int) bool {
	if round >= tr.plan.RoundsOf(cell) || round < len(tr.closed) && tr.closed[round] || tr.leftOut && 0 < round && round < tr.plan.Experiment.Trials.Warmup {
		return false
	}
	s := tr.result(round, cell)
	switch s.state {
	case good:
		return false
	case bad:
		return int(s.spent) <= tr.plan.Experiment.Trials.Retries
	}
	return s.attempts > 0 || !tr.hasEnoughTrials(round, cell)
}

// CloseMeasured gives the measured rounds that have records no more trials, after Replay.
func (tr *Tracker) CloseMeasured() {
	tr.closed = make([]bool, len(tr.results))
	for round, results := range tr.results {
		tr.closed[round] = results != nil && tr.plan.Round(round).Phase == journal.Measured
	}
}

// LeaveOutWarmups gives the warm-up rounds after the first round no trials in this session.
func (tr *Tracker) LeaveOutWarmups() { tr.leftOut = true }

// Exclude gives a cell no more trials, whatever its results are.
func (tr *Tracker) Exclude(cell int) {
	tr.excluded[cell] = true
	tr.checkRace(0, cell)
}

// Skip makes a cell one that never runs. Call it before the first slot.
func (tr *Tracker) Skip(cell int) {
	tr.skipped[cell] = true
	tr.races = nil // the number of cells is a part of their rule
}

// IsExcluded reports whether a cell was excluded.
func (tr *Tracker) IsExcluded(cell int) bool { return tr.excluded[cell] }

// FailedRounds returns the number of failed rounds of a cell since its last good trial.
func (tr *Tracker) FailedRounds(cell int) int { return tr.failures[cell] }

// IsQuarantined reports whether a cell gets no more trials, because too many rounds in a row
// have failed or because it was excluded.
func (tr *Tracker) IsQuarantined(cell int) bool {
	limit := tr.plan.Experiment.Trials.Quarantine
	return tr.excluded[cell] || limit > 0 && tr.failures[cell] >= limit
}

// ResetFailures allows every failed trial to be repeated with all its retries, and lifts
// every quarantine.
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

// Failed returns the number of slots that are not good. A slot with a wrong outcome counts as
// failed even if a repeated trial was good.
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

// Remaining returns the number of remaining trials of a cell.
func (tr *Tracker) Remaining(cell int) (n int) {
	if tr.IsQuarantined(cell) {
		return 0
	}
	// NeedsTrial gives the same answer for round known and all rounds of the cell after it: they
	// have no records, and adaptive repeats do not require them. So one call is enough for all.
	rounds := tr.plan.RoundsOf(cell)
	known := min(rounds, max(tr.knownRounds(), tr.minRounds()))
	for round := range known {
		if tr.NeedsTrial(round, cell) {
			n++
		}
	}
	if known < rounds && tr.NeedsTrial(known, cell) {
		n += rounds - known
	}
	return n
}

// knownRounds returns the number of rounds up to the last one with a record or without trials. All rounds
// after it are alike.
func (tr *Tracker) knownRounds() int {
	if tr.leftOut {
		return max(len(tr.results), tr.plan.Experiment.Trials.Warmup)
	}
	return len(tr.results)
}

// minRounds returns the number of rounds, including warm-ups, that every cell must have with
// adaptive repeats. It returns 0 without adaptive repeats.
func (tr *Tracker) minRounds() int {
	trials := tr.plan.Experiment.Trials
	if trials.Adaptive != nil {
		return trials.Warmup + trials.Adaptive.Min
	}
	return 0
}

// latestSeconds returns the seconds of the latest good trial of a cell, or 0 if it has none.
func (tr *Tracker) latestSeconds(cell int) float64 {
	for round := range slices.Backward(tr.results) {
		if s := tr.result(round, cell); s.state == good {
			return s.seconds
		}
	}
	return 0
}

// pairs returns the judged figures of a baseline and a cell in the measured rounds in which both were
// good. The ratio of the first to the second is the speed-up.
func (tr *Tracker) pairs(a, b int) (x, y []float64) {
	if metric, ok := tr.plan.Experiment.JudgedMetric(); ok && metric.Better == experiments.BetterHigher {
		a, b = b, a
	}
	for round := tr.plan.Experiment.Trials.Warmup; round < len(tr.results); round++ {
		s, t := tr.result(round, a), tr.result(round, b)
		if s.state == good && t.state == good && !math.IsNaN(s.judged) && !math.IsNaN(t.judged) {
			x, y = append(x, s.judged), append(y, t.judged)
		}
	}
	return x, y
}
