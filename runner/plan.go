package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"

	"iosweep/experiments"
	"iosweep/runner/journal"
)

// A Plan is the order of all trials of an experiment. Equal experiments on
// machines with as many cpus have equal plans.
type Plan struct {
	Experiment *experiments.Experiment
	Rounds     []Round
	// Hash names the plan: the cells, the work, the order. Two runs with equal
	// hashes measured the same things in the same order.
	Hash string
}

// A Round runs each cell once.
type Round struct {
	Phase  string // journal.Warmup or journal.Measured
	Number int    // from 1 within its phase
	Order  []int  // indices of cells
}

// NewPlan lays out the trials of an experiment.
func NewPlan(e *experiments.Experiment) *Plan {
	p := &Plan{Experiment: e}
	for n := range e.Trials.Warmup + e.Trials.Repeats {
		r := Round{Phase: journal.Warmup, Number: n + 1}
		if n >= e.Trials.Warmup {
			r.Phase, r.Number = journal.Measured, n-e.Trials.Warmup+1
		}
		r.Order = order(e, n)
		p.Rounds = append(p.Rounds, r)
	}
	p.Hash = planHash(p)
	return p
}

// order is the sequence of cells in round n. Each round has a stream of random
// numbers of its own, so that a resumed run need not replay the rounds before.
func order(e *experiments.Experiment, n int) []int {
	if e.Trials.Shuffled {
		return rand.New(rand.NewPCG(uint64(e.Trials.Seed), uint64(n))).Perm(len(e.Cells))
	}
	list := make([]int, len(e.Cells))
	for i := range list {
		list[i] = i
	}
	return list
}

// Trials is the number of trials, warm-ups included; the most, where repeats adapt.
func (p *Plan) Trials() int { return len(p.Rounds) * len(p.Experiment.Cells) }

// planHash covers everything that decides what is measured and in which order,
// and nothing that does not: titles and plots may change.
func planHash(p *Plan) string {
	h := sha256.New()
	e := p.Experiment
	t := e.Trials
	fmt.Fprintf(h, "trials %d %d %v %d\n", t.Repeats, t.Warmup, t.Shuffled, t.Seed)
	if t.Adaptive != nil {
		fmt.Fprintf(h, "adaptive %v\n", *t.Adaptive)
	}
	for i, c := range e.Cells {
		fmt.Fprintf(h, "cell %d", e.Baseline[i])
		for _, f := range e.FactorsOf(c) {
			fmt.Fprintf(h, " %q=%q", f.Axis, f.Level)
		}
		fmt.Fprintln(h)
	}
	for _, c := range e.Commands {
		fmt.Fprintf(h, "command %q %q %q %v %q", c.Name, c.Operation, c.Run, c.ExpectFailure, c.ExpectError)
		writeEnv(h, c)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// writeEnv writes a command's environment in a fixed order.
func writeEnv(h hash.Hash, c experiments.Command) {
	fmt.Fprintf(h, " %q\n", c.Environ(nil))
}
