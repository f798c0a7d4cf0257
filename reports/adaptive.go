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
		return fmt.Sprintf("%s to %s each, until the interval of the speed-up is at most %s wide",
			thousands(int64(a.Min)), count(run.Repeats, "repeat"), percentOf(a.Width))
	}
	return count(run.Repeats, "repeat") + " each"
}

// leastRepeats is how many trials a cell has that stopped as soon as it might.
func leastRepeats(run *journal.Run) int {
	if run.Adaptive != nil {
		return run.Adaptive.Min
	}
	return run.Repeats
}

// percentOf reads like 2% or 0.5%.
func percentOf(part float64) string { return fmt.Sprintf("%.4g%%", 100*part) }
