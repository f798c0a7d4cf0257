package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"iosweep/experiments"
	"iosweep/journal"
)

// A Plan is the order of all trials of an experiment. Equal experiments on
// machines with as many cpus have equal plans. It holds no trial: the order of a
// round is computed when somebody asks for it, because a file of 200 bytes can ask
// for 100,000 cells in 2,000,000 rounds.
type Plan struct {
	Experiment *experiments.Experiment
	// Rounds is the number of rounds, warm-ups included; the most, where repeats adapt.
	Rounds int
	// Hash names the plan: the cells, the work, the order. Two runs with equal
	// hashes measured the same things in the same order.
	Hash string
}

// A Round runs each cell once.
type Round struct {
	Phase  journal.Phase
	Number int // from 1 within its phase
}

// NewPlan lays out the trials of an experiment.
func NewPlan(e *experiments.Experiment) *Plan {
	p := &Plan{Experiment: e, Rounds: e.Trials.Warmup + e.Trials.Repeats}
	p.Hash = planHash(p)
	return p
}

// Round returns the n-th round of the plan, from 0.
func (p *Plan) Round(n int) Round {
	if warmup := p.Experiment.Trials.Warmup; n >= warmup {
		return Round{journal.Measured, n - warmup + 1}
	}
	return Round{journal.Warmup, n + 1}
}

// indexOf returns which round of the plan a round is, or -1 if the plan does not
// have it.
func (p *Plan) indexOf(r Round) int {
	trials := p.Experiment.Trials
	switch {
	case r.Phase == journal.Warmup && r.Number >= 1 && r.Number <= trials.Warmup:
		return r.Number - 1
	case r.Phase == journal.Measured && r.Number >= 1 && r.Number <= trials.Repeats:
		return trials.Warmup + r.Number - 1
	}
	return -1
}

// Order returns the indices of the cells in the order in which the n-th round runs
// them. Each round has a stream of random numbers of its own, so that no round
// depends on those before it.
func (p *Plan) Order(n int) []int {
	e := p.Experiment
	if e.Trials.Order == experiments.Shuffled {
		return rand.New(rand.NewPCG(uint64(e.Trials.Seed), uint64(n))).Perm(len(e.Cells))
	}
	list := make([]int, len(e.Cells))
	for i := range list {
		list[i] = i
	}
	return list
}

// Trials is the number of trials, warm-ups included; the most, where repeats adapt.
func (p *Plan) Trials() int { return p.Rounds * len(p.Experiment.Cells) }

// planHash covers everything that decides what is measured and in which order,
// and nothing that does not: titles and plots may change.
func planHash(p *Plan) string {
	h := sha256.New()
	e := p.Experiment
	t := e.Trials
	fmt.Fprintf(h, "trials %d %d %v %d\n", t.Repeats, t.Warmup, t.Order == experiments.Shuffled, t.Seed)
	if t.Adaptive != nil {
		fmt.Fprintf(h, "adaptive %v\n", *t.Adaptive)
	}
	for i, c := range e.Cells {
		fmt.Fprintf(h, "cell %d", e.Baseline[i])
		for axis, level := range e.FactorsOf(c) {
			fmt.Fprintf(h, " %q=%q", axis, level)
		}
		fmt.Fprintln(h)
	}
	for _, c := range e.Commands {
		fmt.Fprintf(h, "command %q %q %q %v %q %q\n", c.Name, c.Operation, c.Run, c.ExpectFailure, c.ExpectError, c.Environ(nil))
	}
	return hex.EncodeToString(h.Sum(nil))
}
