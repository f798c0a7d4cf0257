package compare

import (
	"cmp"
	"math"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/estimate"
)

// Ordered returns the cells with a speed-up in the order of interest: the slower ones
// first, by the size of the change, then the faster ones.
func (c *Comparison) Ordered() []*Contrast {
	list := c.filter(func(x *Contrast) bool { return x.Status == Compared || x.Status == NoInterval })
	slices.SortStableFunc(list, func(a, b *Contrast) int {
		return cmp.Or(cmp.Compare(rankOf(a.Verdict), rankOf(b.Verdict)), bySize(a, b))
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

// Changed reports whether the verdict is slower or faster.
func (x *Contrast) Changed() bool {
	return x.Verdict == estimate.Slower || x.Verdict == estimate.Faster
}

// Naming returns the factors that distinguish the rows.
func (c *Comparison) Naming(rows []*Contrast) []string {
	cells := make([]*analysis.Summary, len(rows))
	for i, x := range rows {
		cells[i] = x.Base
	}
	return analysis.Naming(c.Base.Factors, cells)
}

// Conditions of cells other than verdicts.
const (
	ConditionFailed  = "failed"  // the cell failed in NEW
	conditionMissing = "missing" // BASE has measured the cell, and NEW has nothing to compare with it
)

// Conditions returns the conditions that Matching accepts.
func Conditions() []string {
	return []string{
		string(estimate.Slower), string(estimate.Faster), string(estimate.Inconclusive), string(estimate.Equivalent),
		ConditionFailed, conditionMissing,
	}
}

// IsVerdict reports whether a condition is a verdict.
func IsVerdict(word string) bool { return word != ConditionFailed && word != conditionMissing }

// Matching returns the cells that meet one of the Conditions, the largest change first.
func (c *Comparison) Matching(what string) []*Contrast {
	list := c.filter(func(x *Contrast) bool {
		switch what {
		case ConditionFailed:
			return x.New != nil && !x.New.Cell.Retired && x.New.Status == analysis.StatusFailed
		case conditionMissing:
			return x.isMissing()
		}
		return x.Verdict == estimate.Verdict(what)
	})
	slices.SortStableFunc(list, bySize)
	return list
}

// isMissing reports whether BASE has measured a cell and NEW has not. A cell that failed
// in NEW has another condition.
func (x *Contrast) isMissing() bool {
	b := x.Base
	if b == nil || b.Cell.Retired || !b.IsSound() || b.Seconds.N == 0 {
		return false
	}
	return !slices.Contains([]Status{Compared, NoInterval, Failed}, x.Status)
}

// HasVerdicts reports whether any cell has a verdict.
func (c *Comparison) HasVerdicts() bool { return len(c.judged()) > 0 }
