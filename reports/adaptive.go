package reports

import (
	"fmt"

	"iosweep/internal/estimate"
	"iosweep/runner/journal"
)

// setPrecise marks the cells that got no more trials because their speed-up was
// known well enough. A note says so; a plan that asks for more than the one before
// it makes a note worthless, so the interval is looked at, too. A baseline has
// enough when all that is compared with it has.
func (d *Data) setPrecise() {
	a := d.Run.Adaptive
	if a == nil {
		return
	}
	for _, n := range d.Notes {
		if n.Kind != journal.NotePrecise || n.Cell == nil {
			continue
		}
		if s := d.summary(*n.Cell); s != nil {
			s.precise = d.width(s).OK && d.width(s).X <= a.Width
		}
	}
	for _, g := range d.Groups() {
		b := g.Baseline
		if b == nil || len(g.Cells) == 1 {
			continue
		}
		needed := anyCell(g.Cells, func(s *Summary) bool { return s != b && d.open(s) })
		b.precise = !needed && d.measuredRounds(b) >= a.Min
	}
}

// width is that of the interval which repeats that adapt look at: of the speed-up,
// or of the mean where nothing is compared.
func (d *Data) width(s *Summary) estimate.Value {
	good := d.good[s.Index]
	if base := d.baselineOf(s); base != nil && base != s {
		return estimate.Width(estimate.Compare(pairs(d.good[base.Index], good, seconds)))
	}
	var list []float64
	for _, t := range good {
		list = append(list, t.Measurement.Seconds)
	}
	sample := estimate.Describe(list)
	low, high := sample.CI.Bounds()
	return estimate.Of(high.X - low.X).Over(sample.Mean)
}

// open says that a cell of a run that adapts may still be measured.
func (d *Data) open(s *Summary) bool {
	return !s.precise && !s.quarantined && !s.Cell.Retired && s.Cell.Skip == "" && d.measuredRounds(s) < d.Run.Repeats
}

// measuredRounds are those of the plan that are over.
func (d *Data) measuredRounds(s *Summary) int { return s.count(d.turns[s.Index], &d.Run).inPlan }

// repeats says how often each cell is measured.
func repeats(run *journal.Run) string {
	if a := run.Adaptive; a != nil {
		return thousands(int64(a.Min)) + " to " + count(run.Repeats, "repeat")
	}
	return count(run.Repeats, "repeat")
}

// stoppingAt says when a cell has been measured often enough; empty where all cells are
// measured equally often.
func stoppingAt(run *journal.Run) string {
	if run.Adaptive == nil {
		return ""
	}
	return fmt.Sprintf(", until the interval of its speed-up is at most %.4g%% wide", 100*run.Adaptive.Width)
}

// leastRepeats is how many trials a cell has that stopped as soon as it might.
func leastRepeats(run *journal.Run) int {
	if run.Adaptive != nil {
		return run.Adaptive.Min
	}
	return run.Repeats
}

// reachWarning names how many cells had all the repeats that there may be and are not
// known as well as was asked for.
func reachWarning(d *Data) []string {
	if d.Run.Adaptive == nil {
		return nil
	}
	var stopped []string
	compared, widest := 0, estimate.Value{}
	for _, s := range d.rows() {
		if s.IsBaseline() {
			continue
		}
		compared++
		if s.StopReason != stopMax {
			continue
		}
		stopped = append(stopped, s.Cell.Name)
		if w := d.width(s); w.OK && w.X > widest.X {
			widest = w
		}
	}
	if len(stopped) == 0 {
		return nil
	}
	text := fmt.Sprintf("%d of %s stopped at %s with an interval wider than %.4g%%", len(stopped), count(compared, "cell"), count(d.Run.Repeats, "repeat"), 100*d.Run.Adaptive.Width)
	if widest.OK {
		text += fmt.Sprintf(" (up to %.2g%%)", 100*widest.X)
	}
	return []string{text + ": " + several(stopped) + "."}
}
