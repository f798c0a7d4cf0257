package compare

import (
	"cmp"
	"math"
	"slices"

	"iosweep/analysis"
	"iosweep/analysis/gate"
	"iosweep/internal/estimate"
)

// Ordered returns the cells with a speed-up in the order of interest: the slower ones
// first, by the size of the change, then the faster ones.
func (c *Comparison) Ordered() []*Contrast {
	list := c.filter(func(x *Contrast) bool { return x.Status == Compared || x.Status == NoInterval })
	slices.SortStableFunc(list, func(a, b *Contrast) int {
		return cmp.Or(cmp.Compare(rankOf(a.Verdict), rankOf(b.Verdict)), cmp.Compare(rankOf(a.Against.Verdict), rankOf(b.Against.Verdict)), bySize(a, b))
	})
	return list
}

func rankOf(v estimate.Verdict) int {
	order := []estimate.Verdict{estimate.Slower, estimate.Faster, estimate.Inconclusive, estimate.Equivalent, ""}
	return slices.Index(order, v)
}

// bySize orders large changes before small ones. Changes are factors: half the time is as
// large a change as twice the time.
func bySize(a, b *Contrast) int { return cmp.Compare(b.size(), a.size()) }

func (x *Contrast) size() float64 {
	if v := x.Speedup.Value; v.OK && v.X > 0 {
		return math.Abs(math.Log(v.X))
	}
	return 0
}

// Uncompared returns the cells that could not be compared, failed ones first.
func (c *Comparison) Uncompared() []*Contrast {
	order := []Status{Failed, Missing, DifferentWork, XFail, Unmeasured, Skipped, Retired, Added}
	list := c.filter(func(x *Contrast) bool { return slices.Contains(order, x.Status) })
	slices.SortStableFunc(list, func(a, b *Contrast) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	return list
}

// Changed reports whether the cell is slower or faster, by its times or against its baseline.
func (x *Contrast) Changed() bool {
	return differs(x.Verdict) || differs(x.Against.Verdict)
}

func differs(v estimate.Verdict) bool { return v == estimate.Slower || v == estimate.Faster }

// Naming returns the factors that distinguish the rows.
func (c *Comparison) Naming(rows []*Contrast) []string {
	cells := make([]*analysis.Summary, len(rows))
	for i, x := range rows {
		cells[i] = x.Base
	}
	return analysis.Naming(c.Base.Factors, cells)
}

// Gated returns what a gate sees of the cells.
func (c *Comparison) Gated() []gate.Cell {
	list := make([]gate.Cell, len(c.Contrasts))
	for i, x := range c.Contrasts {
		list[i] = x.gated()
	}
	return list
}

// gated returns what a gate sees of a cell: whether it failed in NEW, and whether NEW has nothing
// to compare with BASE.
func (x *Contrast) gated() gate.Cell {
	cell := gate.Cell{
		Name: x.Name(), Metric: x.Cell().Judged.Metric(), Against: "BASE", Speedup: x.Speedup, Verdict: x.Verdict, Reason: x.Reason, Note: x.Against.String(),
		Missing: x.isMissing(),
	}
	for _, s := range x.cellsOf(newSide) {
		if !s.Cell.Retired && s.Status == analysis.StatusFailed && !cell.Failed {
			cell.Failed, cell.Reason = true, s.Unmeasured() // the cell may have another reason to have no verdict
		}
	}
	return cell
}

// Matching returns the cells that meet a condition of a gate, the largest change first.
func (c *Comparison) Matching(word gate.Word) []*Contrast {
	list := c.filter(func(x *Contrast) bool {
		cell := x.gated()
		return gate.Condition{Word: word}.Meets(&cell)
	})
	slices.SortStableFunc(list, bySize)
	return list
}

// isMissing reports whether BASE has measured a cell and NEW has not. A cell that failed
// in NEW has another condition.
func (x *Contrast) isMissing() bool {
	if !slices.ContainsFunc(x.cellsOf(baseSide), func(b *analysis.Summary) bool { return !b.Cell.Retired && b.IsSound() && b.Seconds.N > 0 }) {
		return false
	}
	return !slices.Contains([]Status{Compared, NoInterval, Failed}, x.Status)
}
