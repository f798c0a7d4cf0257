package compare

import (
	"slices"

	"iosweep/analysis"
	"iosweep/internal/estimate"
)

// What a comparison can be searched for, beside its verdicts.
const (
	FoundFailed  = "failed"  // the cell failed in NEW
	foundMissing = "missing" // BASE has measured it, and NEW has nothing to compare with that
)

// Sought lists what Found knows.
func Sought() []string {
	return []string{
		string(estimate.Slower), string(estimate.Faster), string(estimate.Inconclusive), string(estimate.Equivalent),
		FoundFailed, foundMissing,
	}
}

// IsVerdict reports whether a word that is Sought is a verdict.
func IsVerdict(word string) bool { return word != FoundFailed && word != foundMissing }

// Found are the cells that came out in a way that is one of Sought, the slowest first.
func (c *Comparison) Found(what string) []*Contrast {
	list := c.having(func(x *Contrast) bool {
		switch what {
		case FoundFailed:
			return x.New != nil && !x.New.Cell.Retired && x.New.Status == analysis.StatusFailed
		case foundMissing:
			return x.isMissing()
		}
		return x.Verdict == estimate.Verdict(what)
	})
	slices.SortStableFunc(list, bySize)
	return list
}

// isMissing says that what BASE has measured cannot be compared for want of it in
// NEW. A cell that failed there has another word.
func (x *Contrast) isMissing() bool {
	b := x.Base
	if b == nil || b.Cell.Retired || !b.IsSound() || b.Seconds.N == 0 {
		return false
	}
	return !slices.Contains([]Standing{Compared, NoInterval, Broken}, x.Standing)
}

// HasVerdicts reports whether anything was judged at all.
func (c *Comparison) HasVerdicts() bool { return len(c.judged()) > 0 }
