package schedule

import (
	"math"
	"slices"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A race is the race of one table; see estimate.Race. It decides after a round of which no trial
// remains. Its decisions follow from the results alone: if a result of an earlier round changes, or a
// cell can no longer win, it decides again from the first round. Cells that come back then make up for
// the rounds that they have missed, before later rounds continue.
type race struct {
	*estimate.Race
	cells     []int // of the plan
	predicted []int // by index in cells: see estimate.Race.Predict
	stale     bool  // the decisions must be made again
	untold    bool  // UpdateRace has not returned the latest decisions
	// dropped and ended are the decisions that UpdateRace has returned.
	dropped []int
	ended   int
}

// races are the races of a plan by cell. A cell that is skipped has none.
type races []*race

// makeRaces makes the races of the tables, with the decisions that follow from the results so far.
func (tr *Tracker) makeRaces() {
	a := tr.plan.Experiment.Trials.Adaptive
	list := make(races, len(tr.skipped))
	tr.races = list
	if a == nil || a.Race == 0 {
		return
	}
	byBaseline := map[int]*race{}
	for cell, b := range tr.plan.Experiment.Baseline {
		if tr.skipped[cell] {
			continue
		}
		if byBaseline[b] == nil {
			byBaseline[b] = &race{}
		}
		list[cell] = byBaseline[b]
		list[cell].cells = append(list[cell].cells, cell)
	}
	for _, r := range byBaseline {
		r.Race = estimate.NewRace(a.Min, a.Race, len(r.cells))
		tr.redecide(r)
		r.dropped, r.ended, r.untold = slices.Clone(r.Dropped), r.Ended, false
	}
}

// raceOf returns the race of a cell and its index there. It returns nil if the cell does not race.
func (tr *Tracker) raceOf(cell int) (r *race, at int) {
	if tr.races == nil {
		tr.makeRaces()
	}
	if r = tr.races[cell]; r == nil {
		return nil, 0
	}
	if r.stale {
		tr.redecide(r)
	}
	return r, r.index(cell)
}

// index returns the index of a cell in the race.
func (r *race) index(cell int) int {
	at, _ := slices.BinarySearch(r.cells, cell)
	return at
}

// checkRace finds out whether a race must decide again, because a trial of a cell was added in a round, or
// because the cell gets no more trials.
func (tr *Tracker) checkRace(round, cell int) {
	if tr.races == nil || tr.races[cell] == nil {
		return
	}
	r, measured := tr.races[cell], round-tr.plan.Experiment.Trials.Warmup
	r.stale = r.stale || 0 <= measured && measured < r.Rounds || tr.IsQuarantined(cell) || tr.isSound(cell) != r.Sound[r.index(cell)]
}

// isOutOfRace reports whether a cell gets no trial in a measured round, because another one had beaten
// it or the race had ended. A baseline stays to the end, because all speed-ups refer to it.
func (tr *Tracker) isOutOfRace(round, cell int) bool {
	r, at := tr.raceOf(cell)
	if r == nil {
		return false
	}
	before := round - tr.plan.Experiment.Trials.Warmup
	out := func(after int) bool { return after > 0 && before >= after }
	return out(r.Ended) || out(r.Dropped[at]) && tr.plan.Experiment.Baseline[cell] != cell
}

// A RaceChange is a decision of a race after a round.
type RaceChange struct {
	Round   int   // the latest measured round that counts, from 1
	Cells   []int // all cells of the race
	Dropped []int // another cell has beaten them
	Revived []int // they are in the race again, because the cell that had beaten them has failed
	Left    []int // not beaten
	Ended   bool  // all that are left are within the margin
}

// UpdateRace decides again about the cells of a race, after the trials of a cell in a round. It returns nil
// if it has decided nothing.
func (tr *Tracker) UpdateRace(cell int) *RaceChange {
	r, _ := tr.raceOf(cell)
	if r == nil {
		return nil
	}
	if tr.isComplete(r) {
		tr.decide(r)
	}
	if !r.untold {
		return nil
	}
	ended, was := r.ended, r.dropped
	r.dropped, r.ended, r.untold = slices.Clone(r.Dropped), r.Ended, false
	change := &RaceChange{Round: r.Rounds, Cells: r.cells, Ended: r.Ended > 0 && ended == 0}
	for i, c := range r.cells {
		isBaseline := tr.plan.Experiment.Baseline[c] == c
		switch now := r.Dropped[i] > 0; {
		case !now && r.Sound[i]:
			change.Left = append(change.Left, c)
			fallthrough
		case !now:
			if was[i] > 0 && !isBaseline {
				change.Revived = append(change.Revived, c)
			}
		case was[i] == 0 && !isBaseline:
			change.Dropped = append(change.Dropped, c)
		}
	}
	return change
}

// redecide makes all decisions of a race again. It also finds out which cells can win.
func (tr *Tracker) redecide(r *race) {
	decided := r.Rounds
	r.stale = false
	r.Restart()
	for i, cell := range r.cells {
		r.Logs[i] = r.Logs[i][:0]
		r.Sound[i] = tr.isSound(cell)
	}
	tr.decide(r)
	tr.rewound = tr.rewound || r.Rounds < decided
}

// decide decides after each round of which no trial remains.
func (tr *Tracker) decide(r *race) {
	for r.Ended == 0 && r.Rounds < tr.plan.Rounds-tr.plan.Experiment.Trials.Warmup && tr.isComplete(r) {
		for i, cell := range r.cells {
			r.Logs[i] = append(r.Logs[i], tr.judgedLog(tr.plan.Experiment.Trials.Warmup+r.Rounds, cell))
		}
		r.Decide()
	}
	r.predicted, r.untold = r.Predict(), true
}

// isComplete reports whether no trial of the next round of a race remains.
func (tr *Tracker) isComplete(r *race) bool {
	round := tr.plan.Experiment.Trials.Warmup + r.Rounds
	if round >= len(tr.results) {
		return false
	}
	return !slices.ContainsFunc(r.cells, func(cell int) bool { return !tr.IsDone(Slot{Cell: cell, Round: round}) })
}

// judgedLog returns the logarithm of the judged figure of a trial, so that lower is better. It is NaN if
// there is no good trial, or if the figure has no logarithm.
func (tr *Tracker) judgedLog(round, cell int) float64 {
	s := tr.result(round, cell)
	if s.state != good || !(s.judged > 0) {
		return math.NaN()
	}
	if metric, ok := tr.plan.Experiment.JudgedMetric(); ok && metric.Better == experiments.BetterHigher {
		return -math.Log(s.judged)
	}
	return math.Log(s.judged)
}

// isSound reports whether a cell may win: no round of it has failed, as expected or not, none has corrupted
// items, and it gets more trials.
func (tr *Tracker) isSound(cell int) bool {
	if tr.IsQuarantined(cell) {
		return false
	}
	for round := range tr.results {
		s := tr.result(round, cell)
		if s.wrong || s.unfit && tr.plan.Round(round).Phase == journal.Measured || s.state == bad && int(s.spent) > tr.plan.Experiment.Trials.Retries {
			return false
		}
	}
	return true
}
