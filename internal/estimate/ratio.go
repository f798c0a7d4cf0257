package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// RoundingError is what numbers of a computer may differ by where those on paper are
// equal.
const RoundingError = 1e-9

// A Ratio compares a cell with its baseline: above 1 the cell is faster.
type Ratio struct {
	Pairs int   // rounds in which both were measured; none if they share no rounds
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
	r := Ratio{Pairs: len(cell), Value: ratioOfMeans(baseline, cell), CI: fieller(baseline, cell)}
	if logs := logRatios(baseline, cell); r.Pairs >= 2 && len(logs) == r.Pairs {
		mean, deviation := stat.MeanStdDev(logs, nil)
		r.P = tTest(mean, deviation/math.Sqrt(float64(r.Pairs)), float64(r.Pairs-1))
		r.Rank = Of(signedRank(logs))
	}
	return r
}

// ratioOfMeans is undefined where there are no numbers, or the cell took no time.
func ratioOfMeans(baseline, cell []float64) Value {
	return Of(stat.Mean(baseline, nil) / stat.Mean(cell, nil)) // 0/0 is undefined
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
// That is a quadratic in θ. Solving it as it stands subtracts nearly equal numbers
// when trials agree well. So shift the origin to the estimate θ₀ = b̄/c̄ and use the
// residuals d = b - θ₀c, whose mean is 0, in place of b. No memory is taken: repeats
// that adapt ask for the interval of all rounds so far after every round.
func fieller(baseline, cell []float64) Interval {
	if len(baseline) != len(cell) {
		panic("estimate: a speed-up by round needs pairs")
	}
	mean := stat.Mean(cell, nil)
	ratio := ratioOfMeans(baseline, cell)
	if len(cell) < 2 || !ratio.OK {
		return Interval{}
	}
	var cc, cd, dd float64
	for i, x := range cell {
		c := (x - mean) / mean
		d := (baseline[i] - ratio.X*x) / mean
		cc += c * c
		cd += c * d
		dd += d * d
	}
	t := quantile(len(cell) - 1)
	scale := t * t / float64(len(cell)) / float64(len(cell)-1)
	return shifted(ratio.X, scale*cc, scale*cd, scale*dd)
}

// shifted solves Fieller's quadratic with its origin at the estimate θ₀:
//
//	θ = θ₀ + (-h ± √(h² + (1-g) k)) / (1-g)
//
// with g = t² v_cc / c̄², h = t² v_cd / c̄² and k = t² v_dd / c̄²: nothing cancels,
// and the root is always real. The interval is bounded only if c̄ differs from 0 in
// its own t-test, which is g < 1.
func shifted(ratio, g, h, k float64) Interval {
	if g >= 1 {
		return Interval{Open: true}
	}
	root := math.Sqrt(h*h + (1-g)*k)
	return interval(ratio+(-h-root)/(1-g), ratio+(-h+root)/(1-g))
}

// logRatios are the logarithms of the ratios, none where a number is not positive.
func logRatios(baseline, cell []float64) []float64 {
	logs := make([]float64, len(cell))
	for i, b := range baseline {
		switch c := cell[i]; {
		case b <= 0 || c <= 0:
			return nil
		case b >= c:
			logs[i] = math.Log(b / c)
		default: // so that the other way round is the same, less the sign, to the last bit
			logs[i] = -math.Log(c / b)
		}
	}
	return logs
}

// tTest is the two-sided p value of a mean being 0. One without any error, as of
// equal ratios in every round, makes t infinite and p 0.
func tTest(mean, err, degrees float64) Value {
	if mean == 0 {
		return Of(1)
	}
	return Of(2 * student(degrees).CDF(-math.Abs(mean/err)))
}
