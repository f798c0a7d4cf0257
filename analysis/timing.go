package analysis

import (
	"math"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A Timing is what an earlier run says of a cell that is to be run again.
type Timing struct {
	// Trial is how many seconds a trial takes with all that is around it: the making
	// of its directory, verification, the journal. The median of those of the run.
	Trial estimate.Value
	// Spread is the deviation of the measured seconds, as a part of their mean; of a
	// cell that is compared with another, what two independent ones would have to have
	// for their ratio to vary as it did.
	Spread estimate.Value
}

// Timings are those of all cells of a run that have been tried, by name and inputs.
func (d *Data) Timings() map[CellKey]Timing {
	took := make([][]float64, len(d.Run.Cells))
	for i := 1; i < len(d.Trials); i++ {
		before, next := &d.Trials[i-1], &d.Trials[i]
		if gap := next.StartedAt.Sub(before.StartedAt).Seconds(); gap > 0 && d.session(i-1) == d.session(i) {
			took[before.Cell] = append(took[before.Cell], gap)
		}
	}
	paces := map[CellKey]Timing{}
	for i, s := range d.Cells() {
		median := estimate.Describe(took[i]).Median
		if !median.OK {
			median = s.Seconds.Median // of one trial alone, there is no next
		}
		if median.OK {
			paces[KeyOf(s.Cell)] = Timing{Trial: median, Spread: d.spread(s)}
		}
	}
	return paces
}

func (d *Data) spread(s *Summary) estimate.Value {
	base := d.baselineOf(s)
	if base == nil || base == s {
		return estimate.Value{} // others have what it is compared by
	}
	b, c := Pairs(base.Good, s.Good, Seconds)
	logs := make([]float64, len(c))
	for i := range c {
		logs[i] = math.Log(b[i] / c[i])
	}
	return estimate.Describe(logs).StdDev.Over(estimate.Of(math.Sqrt2))
}

// CellKey tells the cells of different runs apart by what they do.
type CellKey struct{ Name, Inputs string }

// KeyOf is that of a cell.
func KeyOf(c journal.Cell) CellKey { return CellKey{c.Name, c.Inputs} }
