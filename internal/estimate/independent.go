package estimate

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat"
)

// CompareIndependent is the speed-up of one run over another: of samples that share no
// rounds, may differ in size and in variance. One number on either side has no
// variance, so no interval and no P.
//
// Rank is the test that benchstat has, of the same library: exact up to 50 numbers
// a side, or 25 if some are equal.
func CompareIndependent(baseline, cell []float64) Ratio {
	r := Ratio{Value: ratioOfMeans(baseline, cell), CI: fiellerIndependent(baseline, cell)}
	if len(baseline) == 0 || len(cell) == 0 {
		return r
	}
	r.P = welch(baseline, cell)
	// NewSample sorts what it is given. Doubling the smaller tail may exceed 1.
	one := benchmath.NewSample(slices.Clone(baseline), &benchmath.DefaultThresholds)
	other := benchmath.NewSample(slices.Clone(cell), &benchmath.DefaultThresholds)
	r.Rank = Of(min(1, benchmath.AssumeNothing.Compare(one, other).P))
	return r
}

// fiellerIndependent is Fieller's interval from separate samples, which have no
// covariance: (b̄ - θc̄)² <= t² (v_bb + θ² v_cc).
//
// The variances may differ, so the degrees of freedom of t are Satterthwaite's, and
// depend on θ: they are taken at the estimate, after A. C. Tamhane, B. R. Logan,
// "Finding the maximum safe dose level for heteroscedastic data", Journal of
// Biopharmaceutical Statistics 14 (2004), 843-856, and M. Hasler, R. Vonk, L. A.
// Hothorn, "Assessing non-inferiority of a new treatment in a three-arm trial in the
// presence of heteroscedasticity", Statistics in Medicine 27 (2008), 490-503.
func fiellerIndependent(baseline, cell []float64) Interval {
	ratio := ratioOfMeans(baseline, cell)
	if len(baseline) < 2 || len(cell) < 2 || !ratio.OK {
		return Interval{}
	}
	b, c := ofMean(baseline), ofMean(cell)
	scaled := meanError{c.mean, ratio.X * ratio.X * c.variance, c.degrees}
	t := 0.0
	if degrees := satterthwaite(b, scaled); degrees > 0 {
		t = student(degrees).Quantile(1 - (1-Confidence)/2)
	}
	factor := t * t / (c.mean * c.mean)
	g := factor * c.variance
	return shifted(ratio.X, g, -ratio.X*g, factor*(b.variance+scaled.variance))
}

// welch is the two-sided p value of the mean logarithms being equal, after B. L.
// Welch, "The generalization of Student's problem when several different population
// variances are involved", Biometrika 34 (1947), 28-35.
func welch(baseline, cell []float64) Value {
	if len(baseline) < 2 || len(cell) < 2 {
		return Value{}
	}
	logs := func(numbers []float64) []float64 {
		list := make([]float64, len(numbers))
		for i, x := range numbers {
			list[i] = math.Log(x) // NaN or infinite if not positive, and so is the mean
		}
		return list
	}
	b, c := ofMean(logs(baseline)), ofMean(logs(cell))
	degrees := satterthwaite(b, c)
	if degrees == 0 {
		degrees = 1 // of numbers that are all equal: t is 0 or infinite, whatever they are
	}
	return tTest(b.mean-c.mean, math.Sqrt(b.variance+c.variance), degrees)
}

// A meanError is a mean with the variance that it has itself.
type meanError struct{ mean, variance, degrees float64 }

func ofMean(numbers []float64) meanError {
	mean, variance := stat.MeanVariance(numbers, nil)
	n := float64(len(numbers))
	return meanError{mean, variance / n, n - 1}
}

// satterthwaite is the degrees of freedom of the sum of two variances, after F. E.
// Satterthwaite, "An approximate distribution of estimates of variance components",
// Biometrics Bulletin 2 (1946), 110-114; 0 where both are 0.
func satterthwaite(a, b meanError) float64 {
	sum := a.variance + b.variance
	if sum == 0 {
		return 0
	}
	// Shares of the sum: the squares of small variances would underflow.
	x, y := a.variance/sum, b.variance/sum
	return 1 / (x*x/a.degrees + y*y/b.degrees)
}

// MinRankP is the smallest p value that the rank test of CompareIndependent can give for
// samples of these sizes, however far apart they lie: two of all the ways to choose
// n of n+m places.
func MinRankP(n, m int) float64 {
	p := 2.0
	for i := range min(n, m) {
		p *= float64(i+1) / float64(max(n, m)+i+1) // never above 2, so nothing overflows
	}
	return min(1, p)
}
