package estimate

import (
	"cmp"
	"slices"
)

// A Verdict is what may be said of a cell against its baseline; empty where
// nothing may.
type Verdict string

// The verdicts.
const (
	Faster       Verdict = "faster"
	Slower       Verdict = "slower"
	Equivalent   Verdict = "equivalent"   // any difference is below the margin
	Inconclusive Verdict = "inconclusive" // these trials cannot tell
)

// Margin is the difference that nobody cares about, as a part of 1.
const Margin = 0.02

// significance is the share of tables of equal cells in which at least one is
// yet called faster or slower.
const significance = 1 - Confidence

// Judge gives the verdict for a speed-up and its adjusted p value. It is empty
// when the ratio has no interval to speak of, for want of pairs.
func Judge(r Ratio, adjusted Value, margin float64) Verdict {
	switch {
	case r.CI.Open:
		return Inconclusive
	case !r.CI.OK:
		return ""
	case r.CI.Within(1-margin, 1+margin):
		return Equivalent
	case r.CI.Low > 1 && adjusted.OK && adjusted.X < significance:
		return Faster
	case r.CI.High < 1 && adjusted.OK && adjusted.X < significance:
		return Slower
	}
	return Inconclusive
}

// Holm adjusts p values that are looked at together, after S. Holm, "A simple
// sequentially rejective multiple test procedure", Scandinavian Journal of
// Statistics 6 (1979), 65-70: with m of them the smallest counts m times, the
// next m-1 times, and none counts less than one before it. Undefined ones stay
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
