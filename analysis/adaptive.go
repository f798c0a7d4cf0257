package analysis

import (
	"fmt"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// setPrecise marks the cells that need no more trials because they are precise enough, by
// the same rule as the run. The rule applies to the speed-up, or to the mean of a cell
// without a speed-up. The notes of the journal record when a cell became precise, but the
// result here follows from the trials alone. A baseline has enough trials when all cells
// that need it have enough.
func (d *Data) setPrecise() {
	if d.Run.Adaptive == nil {
		return
	}
	if d.Run.Adaptive.Race > 0 {
		d.setRaces()
		return
	}
	for _, g := range d.Tables {
		b, others, open := g.Baseline, 0, false
		for _, s := range g.Cells {
			if s == b {
				continue
			}
			s.Precise = d.hasPrecision(s)
			if s.isLive() {
				others++
				open = open || !s.Precise && s.count(&d.Run).inPlan < d.Run.RepeatsOf(&s.Cell)
			}
		}
		switch {
		case b == nil:
		case others == 0:
			b.Precise = d.hasPrecision(b)
		default:
			b.Precise = !open && b.isLive() && b.count(&d.Run).inPlan >= min(d.Run.Adaptive.Min, d.Run.RepeatsOf(&b.Cell))
		}
	}
}

// isLive reports whether a cell may get more trials.
func (s *Summary) isLive() bool { return s.Cell.Skip == "" && !s.Cell.Retired && !s.quarantined }

// hasPrecision applies the stopping rule to one cell.
func (d *Data) hasPrecision(s *Summary) bool {
	rule := estimate.StoppingRule{Min: d.Run.Adaptive.Min, Width: d.Run.Adaptive.Width}
	if base := d.comparedWith(s); base != nil {
		return rule.IsRatioPrecise(d.Judge.Orient(d.Judge.Pairs(base.Good, s.Good)))
	}
	return rule.IsMeanPrecise(d.Judge.Values(s.Good))
}

// comparedWith returns the baseline of a cell's speed-up. It returns nil if the cell is a
// baseline itself, or if its baseline does not run.
func (d *Data) comparedWith(s *Summary) *Summary {
	if base := d.baselineOf(s); base != nil && base != s && base.isLive() {
		return base
	}
	return nil
}

// width returns the width of the interval that the stopping rule uses.
func (d *Data) width(s *Summary) estimate.Value {
	if base := d.comparedWith(s); base != nil {
		return estimate.Width(d.Judge.compare(base.Good, s.Good))
	}
	sample := estimate.Describe(d.Judge.Values(s.Good))
	return estimate.Width(estimate.Ratio{Value: sample.Mean, CI: sample.CI})
}

// Repeats returns a text such as "5 repeats" or "5 to 20 repeats".
func Repeats(run *journal.Run) string {
	least, most := repeatsOfCells(run)
	if run.Adaptive != nil {
		least = min(least, run.Adaptive.Min)
	} else if least == most {
		return format.Count(most, "repeat")
	}
	return format.Thousands(int64(least)) + " to " + format.Count(most, "repeat")
}

// repeatsOfCells returns the smallest and the largest number of measured trials of a cell in the
// plan. With adaptive repeats these are maxima.
func repeatsOfCells(run *journal.Run) (least, most int) {
	least, most = run.Repeats, run.Repeats
	first := true
	for i := range run.Cells {
		c := &run.Cells[i]
		if c.Retired {
			continue
		}
		if n := run.RepeatsOf(c); first {
			least, most, first = n, n, false
		} else {
			least, most = min(least, n), max(most, n)
		}
	}
	return least, most
}

// StoppingAt returns a text with the rule that stops the trials of a cell. It is empty if
// all cells are measured equally often.
func StoppingAt(run *journal.Run) string {
	if run.Adaptive == nil {
		return ""
	}
	if run.Adaptive.Race > 0 {
		return fmt.Sprintf(", until another cell is better or all that are left are within %.4g%% of the best", 100*run.Adaptive.Race)
	}
	return fmt.Sprintf(", until the interval of its speed-up is at most %.4g%% wide", 100*run.Adaptive.Width)
}

// MinRepeats returns the minimum number of trials of a complete cell.
func MinRepeats(run *journal.Run) int {
	least, _ := repeatsOfCells(run)
	if run.Adaptive != nil {
		least = min(least, run.Adaptive.Min)
	}
	return least
}

// maxRepeatsWarning counts the cells that had the maximum number of repeats and still have an
// interval that is too wide. It does not count a cell whose last trial made the interval narrow
// enough.
func maxRepeatsWarning(d *Data) string {
	if d.Run.Adaptive == nil || d.Run.Adaptive.Race > 0 {
		return "" // a race shows the cells that it cannot tell apart
	}
	var stopped []string
	compared, widest, bounded := 0, 0.0, true
	for _, s := range d.Cells() {
		if s.IsBaseline() {
			continue
		}
		compared++
		w := d.width(s)
		if s.StopReason != stopMax || w.OK && w.X <= d.Run.Adaptive.Width {
			continue
		}
		stopped = append(stopped, s.Cell.Name)
		widest, bounded = max(widest, w.X), bounded && w.OK
	}
	if len(stopped) == 0 {
		return ""
	}
	limit := format.Count(d.Run.Repeats, "repeat")
	if least, most := repeatsOfCells(&d.Run); least != most {
		limit = "their maximum of " + format.Thousands(int64(least)) + " to " + format.Count(most, "repeat")
	}
	text := fmt.Sprintf("%d of %s stopped at %s with an interval wider than %.4g%%", len(stopped), format.Count(compared, "cell"), limit, 100*d.Run.Adaptive.Width)
	most := format.Percent(estimate.Of(widest))
	if bounded && most != format.Percent(estimate.Of(d.Run.Adaptive.Width)) {
		text += " (up to " + most + ")"
	}
	return text + ": " + format.Several(stopped) + "."
}
