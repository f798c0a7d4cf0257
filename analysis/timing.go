package analysis

import (
	"math"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A Timing contains the times of a cell in an earlier run, for the estimate of a new run.
type Timing struct {
	// Trial is the median number of seconds per trial, including the work around it:
	// creating its directory, verification and the journal.
	Trial estimate.Value
	// Spread is the standard deviation of the measured seconds, as a part of their mean.
	// It is computed from the ratios to the baseline, assuming that both times of a ratio
	// vary independently and by the same spread.
	Spread estimate.Value
}

// Timings returns the timings of all cells with trials, by name and inputs.
func (d *Data) Timings() map[CellKey]Timing {
	took := make([][]float64, len(d.Run.Cells))
	for i := 1; i < len(d.Trials); i++ {
		before, next := &d.Trials[i-1], &d.Trials[i]
		if before.Node != "" || next.Node != "" {
			continue // the trials of nodes are merged by rounds, not by time
		}
		if gap := next.StartedAt.Sub(before.StartedAt).Seconds(); gap > 0 && d.session(i-1) == d.session(i) {
			took[before.Cell] = append(took[before.Cell], gap)
		}
	}
	timings := map[CellKey]Timing{}
	for i, s := range d.Cells() {
		median := estimate.Describe(took[i]).Median
		if !median.OK {
			median = s.Seconds.Median // there is only one trial, and no next one
		}
		if median.OK {
			timings[KeyOf(s.Cell)] = Timing{Trial: median, Spread: d.spread(s)}
		}
	}
	return timings
}

func (d *Data) spread(s *Summary) estimate.Value {
	base := d.baselineOf(s)
	if base == nil || base == s {
		return estimate.Value{} // a baseline has no ratio to another cell
	}
	b, c := d.Judge.Pairs(base.Good, s.Good)
	logs := make([]float64, len(c))
	for i := range c {
		logs[i] = math.Log(b[i] / c[i])
	}
	return estimate.Describe(logs).StdDev.Over(estimate.Of(math.Sqrt2))
}

// A CellKey identifies the same work in different runs.
type CellKey struct{ Name, Inputs string }

// KeyOf returns the key of a cell.
func KeyOf(c journal.Cell) CellKey { return CellKey{c.Name, c.Inputs} }
