package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"iosweep/experiments"
	"iosweep/journal"
)

// A Plan represents the order of all trials of an experiment. Equal experiments on machines
// with the same number of CPUs have equal plans. A Plan does not store the trials: it computes
// the order of a round on request, because a file of 200 bytes can request 100,000 cells in
// 2,000,000 rounds.
type Plan struct {
	Experiment *experiments.Experiment
	// Rounds is the number of rounds, including warm-ups. With adaptive repeats it is the
	// maximum. A cell may have fewer; see RoundsOf.
	Rounds int
	// Hash identifies the plan: its cells, its work and its order. Two runs with equal
	// hashes measured the same things in the same order.
	Hash string

	whole *Plan // of which this is a part; nil: it is whole
	cells []int // by cell of the part: its index in whole
	first int   // the first measured round, from 0
}

// A Round is one pass over all cells.
type Round struct {
	Phase  journal.Phase
	Number int // from 1 within its phase
}

// NewPlan returns the plan of an experiment.
func NewPlan(e *experiments.Experiment) *Plan {
	_, most := e.Repeats()
	p := &Plan{Experiment: e, Rounds: e.Trials.Warmup + most}
	p.Hash = planHash(p)
	return p
}

// Round returns the n-th round of the plan, from 0.
func (p *Plan) Round(n int) Round {
	if warmup := p.Experiment.Trials.Warmup; n >= warmup {
		return Round{journal.Measured, p.first + n - warmup + 1}
	}
	return Round{journal.Warmup, n + 1}
}

// RoundsOf returns the number of rounds of a cell, including warm-ups. They are the first rounds of
// the plan.
func (p *Plan) RoundsOf(cell int) int {
	warmup := p.Experiment.Trials.Warmup
	return warmup + min(max(0, p.Experiment.RepeatsOf(cell)-p.first), p.Rounds-warmup)
}

// indexOf returns the index of a round in the plan, or -1 if the plan does not have it.
func (p *Plan) indexOf(r Round) int {
	warmup := p.Experiment.Trials.Warmup
	switch {
	case r.Phase == journal.Warmup && r.Number >= 1 && r.Number <= warmup:
		return r.Number - 1
	case r.Phase == journal.Measured && r.Number > p.first && r.Number-p.first <= p.Rounds-warmup:
		return warmup + r.Number - p.first - 1
	}
	return -1
}

// Order returns the indices of the cells in the order in which the n-th round runs them. Each
// round has its own stream of random numbers, so that no round depends on earlier ones.
func (p *Plan) Order(n int) []int {
	if p.whole != nil {
		return p.partOrder(n)
	}
	e := p.Experiment
	return Order(string(e.Trials.Order), e.Trials.Seed, len(e.Cells), n)
}

// Order returns the order of the n-th round of a plan with this number of cells.
func Order(order string, seed int64, cells, n int) []int {
	if order == string(experiments.Shuffled) {
		return rand.New(rand.NewPCG(uint64(seed), uint64(n))).Perm(cells)
	}
	list := make([]int, cells)
	for i := range list {
		list[i] = i
	}
	return list
}

// Trials returns the number of trials, including warm-ups. With adaptive repeats it is the
// maximum.
func (p *Plan) Trials() (trials int) {
	for cell := range p.Experiment.Cells {
		trials += p.RoundsOf(cell)
	}
	return trials
}

// planHash hashes everything that determines the measured work and its order, and nothing
// else: titles and plots may change.
func planHash(p *Plan) string {
	h := sha256.New()
	e := p.Experiment
	t := e.Trials
	fmt.Fprintf(h, "trials %d %d %v %d\n", t.Repeats, t.Warmup, t.Order == experiments.Shuffled, t.Seed)
	if a := t.Adaptive; a != nil {
		fmt.Fprintf(h, "adaptive {%d %v}\n", a.Min, a.Width)
		if a.Race > 0 {
			fmt.Fprintf(h, "race %v\n", a.Race)
		}
	}
	for i, c := range e.Cells {
		fmt.Fprintf(h, "cell %d", e.Baseline[i])
		for axis, level := range e.FactorsOf(c) {
			fmt.Fprintf(h, " %q=%q", axis, level)
		}
		if repeats := e.RepeatsOf(i); repeats != t.Repeats {
			fmt.Fprintf(h, " repeats %d", repeats)
		}
		fmt.Fprintln(h)
	}
	for i := range e.Operations {
		op := &e.Operations[i]
		fmt.Fprintf(h, "operation %q %q\n", op.Name, op.Definition())
	}
	for _, c := range e.Commands {
		fmt.Fprintf(h, "command %q %q %q %v %q %q\n", c.Name, c.Operation, c.Run, c.ExpectFailure, c.ExpectError, c.Environ(nil))
	}
	for _, m := range e.Metrics {
		fmt.Fprintf(h, "metric %q %q %q %s\n", m.Name, m.Stdout, m.Stderr, m.Better)
	}
	if e.Judge != "" {
		fmt.Fprintf(h, "judge %q\n", e.Judge)
	}
	return hex.EncodeToString(h.Sum(nil))
}
