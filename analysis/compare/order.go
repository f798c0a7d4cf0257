package compare

import (
	"cmp"
	"math"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/estimate"
)

// Ordered are the cells that have a speed-up in the order in which people look for
// them: what became slower first, by how much, and then what became faster.
func (c *Comparison) Ordered() []*Contrast {
	list := c.having(func(x *Contrast) bool { return x.Status == Compared || x.Status == NoInterval })
	slices.SortStableFunc(list, func(a, b *Contrast) int {
		return cmp.Or(cmp.Compare(rankOf(a.Verdict), rankOf(b.Verdict)), bySize(a, b))
	})
	return list
}

func rankOf(v estimate.Verdict) int {
	order := []estimate.Verdict{estimate.Slower, estimate.Faster, estimate.Inconclusive, estimate.Equivalent, ""}
	return slices.Index(order, v)
}

// bySize puts large changes before small ones, as factors: half the time is as much
// as twice the time.
func bySize(a, b *Contrast) int { return cmp.Compare(b.size(), a.size()) }

func (x *Contrast) size() float64 {
	if v := x.Speedup.Value; v.OK && v.X > 0 {
		return math.Abs(math.Log(v.X))
	}
	return 0
}

// Uncompared are the cells that could not be compared, failed ones first.
func (c *Comparison) Uncompared() []*Contrast {
	order := []Status{Failed, Missing, DifferentWork, NotDone, Unmeasured, Skipped, Retired, Added}
	list := c.having(func(x *Contrast) bool { return slices.Contains(order, x.Status) })
	slices.SortStableFunc(list, func(a, b *Contrast) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	return list
}

func (x *Contrast) Changed() bool {
	return x.Verdict == estimate.Slower || x.Verdict == estimate.Faster
}

// Naming are the factors that tell the rows apart.
func (c *Comparison) Naming(rows []*Contrast) []string {
	cells := make([]*analysis.Summary, len(rows))
	for i, x := range rows {
		cells[i] = x.Base
	}
	return analysis.Naming(c.Base.Factors, cells)
}

// What a comparison can be searched for, beside its verdicts.
const (
	ConditionFailed  = "failed"  // the cell failed in NEW
	conditionMissing = "missing" // BASE has measured it, and NEW has nothing to compare with that
)

// Conditions lists what Found knows.
func Conditions() []string {
	return []string{
		string(estimate.Slower), string(estimate.Faster), string(estimate.Inconclusive), string(estimate.Equivalent),
		ConditionFailed, conditionMissing,
	}
}

// IsVerdict reports whether a word that is Conditions is a verdict.
func IsVerdict(word string) bool { return word != ConditionFailed && word != conditionMissing }

// Found are the cells that came out in a way that is one of Conditions, the slowest first.
func (c *Comparison) Matching(what string) []*Contrast {
	list := c.having(func(x *Contrast) bool {
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
// in NEW has another word.
func (x *Contrast) isMissing() bool {
	b := x.Base
	if b == nil || b.Cell.Retired || !b.IsSound() || b.Seconds.N == 0 {
		return false
	}
	return !slices.Contains([]Status{Compared, NoInterval, Failed}, x.Status)
}

// HasVerdicts reports whether anything was judged at all.
func (c *Comparison) HasVerdicts() bool { return len(c.judged()) > 0 }
