package estimate

import (
	"cmp"
	"slices"
)

// A Verdict is the conclusion about a cell relative to its baseline. It is empty if there
// is no conclusion.
type Verdict string

// The verdicts.
const (
	Faster       Verdict = "faster"
	Slower       Verdict = "slower"
	Equivalent   Verdict = "equivalent"   // any difference is within the margin
	Inconclusive Verdict = "inconclusive" // these trials cannot show a difference or its absence
)

// Margin is the default equivalence margin: the largest difference that counts as none,
// as a fraction.
const Margin = 0.02

// Significance is the accepted error rate: the fraction of tables of equal cells in which
// at least one cell gets the verdict faster or slower.
const Significance = 1 - Confidence

// Judge returns the verdict for a speed-up and its adjusted p value. It is empty if the
// ratio has no interval because there are too few pairs.
func Judge(r Ratio, adjusted Value, margin float64) Verdict {
	switch {
	case r.CI.Open:
		return Inconclusive
	case !r.CI.OK:
		return ""
	case r.CI.Within(1-margin, 1+margin):
		return Equivalent
	case r.CI.Low > 1 && adjusted.OK && adjusted.X < Significance:
		return Faster
	case r.CI.High < 1 && adjusted.OK && adjusted.X < Significance:
		return Slower
	}
	return Inconclusive
}

// Holm adjusts p values that are interpreted together, after S. Holm, "A simple
// sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
// (1979), 65-70. With m values the smallest is multiplied by m, the next by m-1, and so
// on, and no adjusted value is smaller than one before it. Undefined values stay
// undefined and are not counted.
func Holm(ps []Value) []Value {
	var order []int
	for i, p := range ps {
		if p.OK {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a].X, ps[b].X) })

	adjusted := make([]Value, len(ps))
	running := 0.0
	for rank, i := range order {
		running = max(running, min(1, float64(len(order)-rank)*ps[i].X))
		adjusted[i] = Of(running)
	}
	return adjusted
}
