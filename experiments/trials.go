package experiments

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"
)

// Trials says how often and in which order cells are run.
type Trials struct {
	// Repeats is how often each cell is measured; at most, where that adapts.
	Repeats int
	// Adaptive: a cell is measured until its speed-up is certain enough; nil if all
	// are measured equally often.
	Adaptive *Adaptive
	Warmup   int
	Order    Order
	Seed     int64         // of the shuffle
	Timeout  time.Duration // of one trial
	// Retries is how often a trial that failed is tried again, at once.
	Retries int
	// Quarantine is after how many trials in a row that failed, with all their
	// retries, a cell is left alone; 0: never.
	Quarantine int
}

// Order is the order of the cells within a round. Every round runs each cell once.
type Order string

// The orders.
const (
	Shuffled Order = "shuffled" // in a seeded shuffle
	Listed   Order = "listed"   // as the file lists them
)

// Adaptive says when a cell has been measured often enough.
type Adaptive struct {
	Min int // trials before which no cell stops
	// Width is that of the interval of the speed-up, from end to end, as a part of
	// the speed-up: 0.02 is from 1.98 to 2.02.
	Width float64
}

// never is the value of trials.quarantine that leaves no cell alone.
const never = "never"

func (d *decoder) trials(n *yaml.Node) Trials {
	s := d.section("trials", n, trialsKeys)
	t := Trials{
		Warmup:     s.int("warmup"),
		Order:      Order(s.word("order")),
		Seed:       s.whole("seed"),
		Timeout:    s.duration("timeout"),
		Retries:    s.int("retries"),
		Quarantine: s.int("quarantine"),
	}
	if t.Retries > 0 && !s.has("quarantine") {
		t.Quarantine = 1 // what was tried again at once has had its chance
	}
	if n := s.node("repeats"); n != nil && n.Kind == yaml.MappingNode {
		t.Repeats, t.Adaptive = d.adaptive(n)
	} else {
		t.Repeats = s.int("repeats")
	}
	return t
}

// adaptive reads the mapping {min, max, ci} of repeats that adapt.
func (d *decoder) adaptive(n *yaml.Node) (most int, a *Adaptive) {
	s := d.section("trials.repeats", n, adaptiveKeys)
	most = s.int("max")
	a = &Adaptive{
		Min:   s.int("min"),
		Width: s.percent("ci", "a percentage above 0% and up to 100%", func(x float64) bool { return x > 0 && x <= 100 }),
	}
	if s.valid && a.Min > most && most > 0 {
		d.problem(s.node("min"), "trials.repeats.min: %s is more than max, which is %s", thousands(int64(a.Min)), thousands(int64(most)))
	}
	return most, a
}

// MinRounds is the number of rounds that a run has at least, warm-ups included.
func (t Trials) MinRounds() int {
	if t.Adaptive != nil {
		return t.Warmup + t.Adaptive.Min
	}
	return t.Warmup + t.Repeats
}

// checkTrials refuses a plan with more trials than anybody waits for, at the key that
// asks for most of them. The product does not overflow: there are at most 2^31 cells
// and 2,000,000 rounds.
func (f *file) checkTrials() {
	cells, limit := int64(len(f.Cells)), f.opt.MaxTrials
	total := cells * int64(f.Trials.MinRounds())
	if total <= limit {
		return
	}
	warmup, repeats, key := f.Trials.Warmup, f.Trials.MinRounds()-f.Trials.Warmup, "trials.repeats"
	if f.Trials.Adaptive != nil {
		key = "trials.repeats.min"
	}
	advice := "take fewer cells"
	if most := limit / cells; most > 0 {
		advice += fmt.Sprintf(", or lower trials.warmup and %s to %s together", key, thousands(most))
	}
	if warmup > repeats {
		key = "trials.warmup"
	}
	f.add(cmp.Or(f.PositionOf(key), f.PositionOf("grid")), "%s cells x (warmup %s + repeats %s) = %s trials, more than %s: %s",
		thousands(cells), thousands(int64(warmup)), thousands(int64(repeats)), thousands(total), thousands(limit), advice)
}

// String is as the file has it, without max.
func (a *Adaptive) String() string {
	return fmt.Sprintf("{min: %d, ci: %s%%}", a.Min, strconv.FormatFloat(100*a.Width, 'g', 6, 64))
}
