package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// A Ratio compares a cell with its baseline: above 1 the cell is faster.
type Ratio struct {
	Pairs int   // rounds in which both were measured
	Value Value // mean of the baseline / mean of the cell
	CI    Interval
	// P is of the t-test that the mean logarithms are equal: that neither is faster.
	// Not adjusted; see Holm.
	P Value
	// Rank is the p value of a rank test of the same, which assumes no distribution:
	// the exact signed-rank test of pairs, Mann and Whitney's of separate samples.
	Rank Value
}

// Compare is the speed-up of a cell. The i-th numbers of both slices are of the
// same round, so that what slowed a whole round down cancels. Slices of
// different lengths are a mistake of the caller, and panic.
func Compare(baseline, cell []float64) Ratio {
	if len(baseline) != len(cell) {
		panic("estimate: Compare needs pairs")
	}
	r := Ratio{Pairs: len(cell)}
	if r.Pairs == 0 {
		return r
	}
	r.Value = Of(stat.Mean(baseline, nil) / stat.Mean(cell, nil))
	if r.Pairs >= 2 && r.Value.OK {
		r.CI = fieller(baseline, cell)
		r.P = pairedT(baseline, cell)
	}
	return r
}

// fieller is the interval of the ratio of two means from pairs (b, c), after
// E. C. Fieller, "Some problems in interval estimation", Journal of the Royal
// Statistical Society B 16 (1954), 175-185.
//
// For the true ratio θ the differences b-θc have mean 0, so the interval is all
// θ that a t-test of those differences does not refuse, t being the quantile
// with n-1 degrees of freedom and v the variance of a mean or the covariance of
// two:
//
//	(b̄ - θc̄)² <= t² (v_bb - 2θ v_bc + θ² v_cc)
//
// That is a quadratic in θ, which is bounded only if c̄ differs from 0 in its
// own t-test: if g = t² v_cc / c̄² is below 1. Solving it as it stands subtracts
// nearly equal numbers when trials agree well. So shift the origin to the
// estimate θ₀ = b̄/c̄ and use the residuals d = b - θ₀c, whose mean is 0:
//
//	θ = θ₀ + (-h ± √(h² + (1-g) t² v_dd / c̄²)) / (1-g),   h = t² v_cd / c̄²
//
// where nothing cancels and the root is always real.
func fieller(baseline, cell []float64) Interval {
	n := float64(len(cell))
	mean := stat.Mean(cell, nil)
	ratio := stat.Mean(baseline, nil) / mean

	// Divided by the cell's mean, t²/c̄² is t² below.
	residual := make([]float64, len(cell))
	scaled := make([]float64, len(cell))
	for i := range cell {
		residual[i] = (baseline[i] - ratio*cell[i]) / mean
		scaled[i] = cell[i] / mean
	}
	t := quantile(len(cell) - 1)
	g := t * t * stat.Variance(scaled, nil) / n
	if g >= 1 {
		return Interval{Open: true}
	}
	h := t * t * stat.Covariance(scaled, residual, nil) / n
	root := math.Sqrt(h*h + (1-g)*t*t*stat.Variance(residual, nil)/n)
	return interval(ratio+(-h-root)/(1-g), ratio+(-h+root)/(1-g))
}

// pairedT is the two-sided p value of the mean log ratio being 0. It is
// undefined where a number is not positive.
func pairedT(baseline, cell []float64) Value {
	logs := make([]float64, len(cell))
	for i := range cell {
		if baseline[i] <= 0 || cell[i] <= 0 {
			return Value{}
		}
		logs[i] = math.Log(baseline[i] / cell[i])
	}
	mean, deviation := stat.MeanStdDev(logs, nil)
	if mean == 0 {
		return Of(1)
	}
	// Equal ratios in every round make t infinite and p 0.
	t := mean / (deviation / math.Sqrt(float64(len(logs))))
	return Of(2 * student(len(logs)-1).CDF(-math.Abs(t)))
}
