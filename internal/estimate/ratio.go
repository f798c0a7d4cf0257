package estimate

import "math"

// RoundingError is the largest difference between computed numbers that counts as a
// rounding error.
const RoundingError = 1e-9

// A Ratio compares a cell with its baseline: above 1 the cell is faster.
type Ratio struct {
	Pairs int   // rounds in which both were measured; 0 for independent samples
	Value Value // mean of the baseline / mean of the cell; of CompareSequence the geometric mean of the ratios
	CI    Interval
	// P is the p value of the t-test of the hypothesis that the mean logarithms are
	// equal: neither is faster. It is not adjusted; see Holm.
	P Value
	// Rank is the p value of a rank test of the same hypothesis, which assumes no
	// distribution. It is the exact signed-rank test for pairs, and the test of Mann and
	// Whitney for independent samples.
	Rank Value
}

// Compare returns the speed-up of a cell. The i-th numbers of both slices belong to the
// same round, so a disturbance of a whole round cancels. Compare panics if the slices
// have different lengths.
func Compare(baseline, cell []float64) Ratio {
	r := Ratio{Pairs: len(cell), Value: ratioOfMeans(baseline, cell), CI: fieller(baseline, cell).openBelowZero()}
	if logs := logRatios(baseline, cell); r.Pairs >= 2 && len(logs) == r.Pairs {
		r.P = meanTest(logs)
		r.Rank = Of(signedRank(logs))
	}
	return r
}

// RatioP returns the two-sided p value of the hypothesis that the true speed-up is ratio. It is
// the p value of the t-test of the differences b - ratio c, which then have mean 0. The interval
// of the speed-up contains the ratios whose p value is at least 0.05. RatioP panics if the
// slices have different lengths.
func RatioP(baseline, cell []float64, ratio float64) Value {
	if len(baseline) != len(cell) {
		panic("estimate: a speed-up by round needs pairs")
	}
	if len(cell) < 2 {
		return Value{}
	}
	differences := make([]float64, len(cell))
	for i, c := range cell {
		differences[i] = baseline[i] - ratio*c
	}
	return meanTest(differences)
}

// ratioOfMeans returns the ratio of the means. It is undefined without numbers, or if the
// mean of the cell is 0.
func ratioOfMeans(baseline, cell []float64) Value {
	return Of(meanOf(baseline) / meanOf(cell)) // 0/0 is undefined
}

// fieller returns the interval of the ratio of two means from pairs (b, c), after E. C.
// Fieller, "Some problems in interval estimation", Journal of the Royal Statistical
// Society B 16 (1954), 175-185.
//
// For the true ratio θ the differences b-θc have mean 0. So the interval contains every θ
// for which a t-test of those differences does not reject 0. Here t is the quantile with
// n-1 degrees of freedom, and v is the variance of a mean or the covariance of two:
//
//	(b̄ - θc̄)² <= t² (v_bb - 2θ v_bc + θ² v_cc)
//
// This is a quadratic in θ. A direct solution subtracts nearly equal numbers if trials
// agree well. So the origin is shifted to the estimate θ₀ = b̄/c̄, and the residuals d =
// b - θ₀c, whose mean is 0, replace b. The function allocates no memory, because adaptive
// repeats compute the interval of all rounds after every round.
func fieller(baseline, cell []float64) Interval {
	if len(baseline) != len(cell) {
		panic("estimate: a speed-up by round needs pairs")
	}
	mean := meanOf(cell)
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
// with g = t² v_cc / c̄², h = t² v_cd / c̄² and k = t² v_dd / c̄². Nothing cancels here,
// and the root is always real. The interval is bounded only if c̄ differs from 0 in its
// own t-test, which means g < 1.
func shifted(ratio, g, h, k float64) Interval {
	if g >= 1 {
		return Interval{Open: true}
	}
	root := math.Sqrt(h*h + (1-g)*k)
	return interval(ratio+(-h-root)/(1-g), ratio+(-h+root)/(1-g))
}

// logRatios returns the logarithms of the ratios, or nil if a number is not positive.
func logRatios(baseline, cell []float64) []float64 {
	logs := make([]float64, len(cell))
	for i, b := range baseline {
		switch c := cell[i]; {
		case b <= 0 || c <= 0:
			return nil
		case b >= c:
			logs[i] = math.Log(b / c)
		default: // so that swapped arguments give exactly the negative result
			logs[i] = -math.Log(c / b)
		}
	}
	return logs
}

// meanTest returns the two-sided p value of the hypothesis that the true mean of two or more
// numbers is 0.
func meanTest(numbers []float64) Value {
	mean, deviation := meanDeviation(numbers)
	if !deviation.OK {
		return Value{}
	}
	n := float64(len(numbers))
	return tTest(mean.X, deviation.X/math.Sqrt(n), n-1)
}

// tTest returns the two-sided p value of the hypothesis that a mean is 0. If the standard
// error is 0, as for equal ratios in every round, t is infinite and p is 0.
func tTest(mean, standardError, degrees float64) Value {
	if mean == 0 {
		return Of(1)
	}
	return Of(2 * student(degrees).CDF(-math.Abs(mean/standardError)))
}
