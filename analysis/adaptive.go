package analysis

import (
	"fmt"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// setPrecise marks the cells that need no more trials because they are known well
// enough, by the rule that the run itself goes by: of the speed-up or, of a cell that
// has none to be had, of the mean. The notes of the journal say when that was; what is
// so follows from the trials. A baseline has enough when all that need it have.
func (d *Data) setPrecise() {
	if d.Run.Adaptive == nil {
		return
	}
	for _, g := range d.Tables {
		b, others, open := g.Baseline, 0, false
		for _, s := range g.Cells {
			if s == b {
				continue
			}
			s.Precise = d.knownWell(s)
			if s.live() {
				others++
				open = open || !s.Precise && s.count(&d.Run).inPlan < d.Run.Repeats
			}
		}
		switch {
		case b == nil:
		case others == 0:
			b.Precise = d.knownWell(b)
		default:
			b.Precise = !open && b.live() && b.count(&d.Run).inPlan >= d.Run.Adaptive.Min
		}
	}
}

// live reports whether a cell is run, and goes on to be.
func (s *Summary) live() bool { return s.Cell.Skip == "" && !s.Cell.Retired && !s.quarantined }

// knownWell applies the rule to one cell.
func (d *Data) knownWell(s *Summary) bool {
	rule := estimate.StoppingRule(*d.Run.Adaptive)
	if base := d.judgedBy(s); base != nil {
		return rule.IsRatioKnown(Pairs(base.Good, s.Good, Seconds))
	}
	return rule.IsMeanKnown(SecondsOf(s.Good))
}

// judgedBy is the baseline that a cell's speed-up can be had against; nil if there is
// none, for it is a baseline itself, or its own is not run.
func (d *Data) judgedBy(s *Summary) *Summary {
	if base := d.baselineOf(s); base != nil && base != s && base.live() {
		return base
	}
	return nil
}

// width is that of the interval which the rule looks at.
func (d *Data) width(s *Summary) estimate.Value {
	if base := d.judgedBy(s); base != nil {
		return estimate.Width(estimate.Compare(Pairs(base.Good, s.Good, Seconds)))
	}
	sample := estimate.Describe(SecondsOf(s.Good))
	low, high := sample.CI.Bounds()
	return estimate.Of(high.X - low.X).Over(sample.Mean)
}

// Repeats says how often each cell is measured.
func Repeats(run *journal.Run) string {
	if a := run.Adaptive; a != nil {
		return format.Thousands(int64(a.Min)) + " to " + format.Count(run.Repeats, "repeat")
	}
	return format.Count(run.Repeats, "repeat")
}

// StoppingAt says when a cell has been measured often enough; empty where all cells are
// measured equally often.
func StoppingAt(run *journal.Run) string {
	if run.Adaptive == nil {
		return ""
	}
	return fmt.Sprintf(", until the interval of its speed-up is at most %.4g%% wide", 100*run.Adaptive.Width)
}

// MinRepeats is how many trials a cell has that stopped as soon as it might.
func MinRepeats(run *journal.Run) int {
	if run.Adaptive != nil {
		return run.Adaptive.Min
	}
	return run.Repeats
}

// reachWarning names how many cells had all the repeats that there may be and are not
// known as well as was asked for.
func reachWarning(d *Data) string {
	if d.Run.Adaptive == nil {
		return ""
	}
	var stopped []string
	compared, widest := 0, estimate.Value{}
	for _, s := range d.Cells() {
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
		return ""
	}
	text := fmt.Sprintf("%d of %s stopped at %s with an interval wider than %.4g%%", len(stopped), format.Count(compared, "cell"), format.Count(d.Run.Repeats, "repeat"), 100*d.Run.Adaptive.Width)
	if widest.OK {
		text += fmt.Sprintf(" (up to %.2g%%)", 100*widest.X)
	}
	return text + ": " + format.Several(stopped) + "."
}
