package experiments

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"
)

// Trials describes how often and in which order the cells run.
type Trials struct {
	// Repeats is the number of measured trials of each cell, or the maximum if Adaptive is
	// set.
	Repeats int
	// Adaptive ends the trials of a cell when enough is known about it; nil: all cells have the same
	// number of trials.
	Adaptive *Adaptive
	Warmup   int
	Order    Order
	Seed     int64         // of the shuffle
	Timeout  time.Duration // of one trial
	// Retries is the maximum number of times that a failed trial is repeated immediately.
	Retries int
	// Quarantine is the number of consecutive failed trials, each with all its retries, after
	// which a cell gets no more trials; 0: never.
	Quarantine int
}

// Order is the order of the cells within a round. Every round runs each cell once.
type Order string

// The orders.
const (
	Shuffled Order = "shuffled" // in a seeded random order
	Listed   Order = "listed"   // in the order of the file
)

// Adaptive describes when a cell has enough trials: by Width or by Race, and the other one is 0.
type Adaptive struct {
	Min int // minimum number of trials of a cell
	// Width is the width of the interval of the speed-up as a fraction of the speed-up. A
	// width of 0.02 is the interval from 1.98 to 2.02 for a speed-up of 2.
	Width float64
	// Race ends the trials of a cell when another one is better, and of a table when all cells that
	// are left are within this fraction of the best.
	Race float64
}

// never is the value of trials.quarantine that disables quarantine.
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
		t.Quarantine = 1 // retries have already repeated the trial
	}
	if n := s.node("repeats"); n != nil && n.Kind == yaml.MappingNode {
		t.Repeats, t.Adaptive = d.adaptive(n)
	} else if m := repeatsRange(n); m != nil {
		d.problem(n, "trials.repeats: expected a whole number from 1 to %s, or {min, max, ci or race}, found %s: write {min: %s, max: %s, ci: 5%%}", thousands(maxRepeats), quote(n.Value), m[1], m[2])
	} else {
		t.Repeats = s.int("repeats")
	}
	return t
}

// repeatsRange returns the match of a range that was written as the number of repeats, or nil.
func repeatsRange(n *yaml.Node) []string {
	if n == nil || len(n.Value) > longestHint || !isRange().MatchString(n.Value) {
		return nil
	}
	m := rangeText().FindStringSubmatch(n.Value)
	if m == nil {
		return nil
	}
	least, err := strconv.Atoi(m[1])
	most, errMost := strconv.Atoi(m[2])
	if err != nil || errMost != nil || least < minAdaptive || most < least {
		return nil
	}
	return m
}

// adaptive reads the mapping {min, max, ci} or {min, max, race} of adaptive repeats.
func (d *decoder) adaptive(n *yaml.Node) (most int, a *Adaptive) {
	s := d.section("trials.repeats", n, adaptiveKeys)
	most = s.int("max")
	part := func(key string) float64 {
		return s.percent(key, "a percentage above 0% and up to 100%", func(x float64) bool { return x > 0 && x <= 100 })
	}
	a = &Adaptive{Min: s.int("min"), Width: part("ci"), Race: part("race")}
	switch {
	case s.has("ci") && s.has("race"):
		d.problem(s.node("race"), "trials.repeats has both ci and race: ci measures each speed-up, and race finds the best cell; keep one")
	case s.valid && !s.has("ci") && !s.has("race"):
		d.problem(n, "trials.repeats has neither ci nor race: add ci: 5%% to measure each speed-up, or race: 2%% to find the best cell")
	}
	if s.valid && a.Min > most && most > 0 {
		d.problem(s.node("min"), "trials.repeats.min: %s is more than trials.repeats.max, which is %s", thousands(int64(a.Min)), thousands(int64(most)))
	}
	return most, a
}

// checkTrials refuses a race for a published table, and a plan with too many trials. The position of the latter
// is the key that contributes most of them. The sum does not overflow: there are at most 2^31 cells and 2,000,000 rounds.
func (f *file) checkTrials() {
	if a := f.Trials.Adaptive; a != nil && a.Race > 0 && f.Published != nil {
		f.add(f.PositionOf("trials.repeats.race"), "trials.repeats.race: a race drops cells that the published table needs: use ci, or a number of repeats")
	}
	cells, limit := int64(len(f.Cells)), f.opt.MaxTrials
	total, _ := f.TotalTrials()
	if total <= limit {
		return
	}
	warmup, repeats, key := f.Trials.Warmup, f.Trials.Repeats, "trials.repeats"
	if f.Trials.Adaptive != nil {
		repeats, key = f.Trials.Adaptive.Min, "trials.repeats.min"
	}
	if f.cellRepeats != nil {
		f.add(cmp.Or(f.PositionOf("grid.repeats"), f.PositionOf("grid")), "%s cells with the repeats of their blocks = %s trials, more than %s: use fewer cells or fewer repeats",
			thousands(cells), thousands(total), thousands(limit))
		return
	}
	advice := "use fewer cells"
	if most := limit / cells; most > 0 {
		advice += fmt.Sprintf(", or reduce the sum of trials.warmup and %s to %s", key, thousands(most))
	}
	if warmup > repeats {
		key = "trials.warmup"
	}
	f.add(cmp.Or(f.PositionOf(key), f.PositionOf("grid")), "%s cells x (warmup %s + repeats %s) = %s trials, more than %s: %s",
		thousands(cells), thousands(int64(warmup)), thousands(int64(repeats)), thousands(total), thousands(limit), advice)
}

// String returns the mapping as in the file, without max.
func (a *Adaptive) String() string {
	key, part := "ci", a.Width
	if a.Race > 0 {
		key, part = "race", a.Race
	}
	return fmt.Sprintf("{min: %d, %s: %s%%}", a.Min, key, strconv.FormatFloat(100*part, 'g', 6, 64))
}
