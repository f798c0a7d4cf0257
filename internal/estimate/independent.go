package estimate

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// CompareIndependent returns the speed-up of one run over another. The samples share no
// rounds, and may differ in size and in variance. If one of them has a single number, its
// variance is undefined, and so are the interval and P.
//
// Rank is the p value of the test that benchstat uses, from the same library. The test is
// exact up to 50 numbers per side, or 25 if some are equal.
func CompareIndependent(baseline, cell []float64) Ratio {
	r := Ratio{Value: ratioOfMeans(baseline, cell), CI: fiellerIndependent(baseline, cell).openBelowZero()}
	if len(baseline) == 0 || len(cell) == 0 {
		return r
	}
	r.P = welch(baseline, cell)
	// NewSample sorts its argument. Twice the smaller tail may exceed 1.
	one := benchmath.NewSample(slices.Clone(baseline), &benchmath.DefaultThresholds)
	other := benchmath.NewSample(slices.Clone(cell), &benchmath.DefaultThresholds)
	r.Rank = Of(min(1, benchmath.AssumeNothing.Compare(one, other).P))
	return r
}

// fiellerIndependent returns Fieller's interval for independent samples, which have no
// covariance: (b̄ - θc̄)² <= t² (v_bb + θ² v_cc).
//
// The variances may differ, so the degrees of freedom of t are Satterthwaite's, and
// depend on θ. They are computed at the estimate of θ, after A. C. Tamhane, B. R. Logan,
// "Finding the maximum safe dose level for heteroscedastic data", Journal of
// Biopharmaceutical Statistics 14 (2004), 843-856, and M. Hasler, R. Vonk, L. A. Hothorn,
// "Assessing non-inferiority of a new treatment in a three-arm trial in the presence of
// heteroscedasticity", Statistics in Medicine 27 (2008), 490-503.
func fiellerIndependent(baseline, cell []float64) Interval {
	ratio := ratioOfMeans(baseline, cell)
	if len(baseline) < 2 || len(cell) < 2 || !ratio.OK {
		return Interval{}
	}
	b, c := estimateMean(baseline), estimateMean(cell)
	scaled := meanEstimate{c.mean, ratio.X * ratio.X * c.variance, c.degrees}
	t := 0.0
	if degrees := satterthwaite(b, scaled); degrees > 0 {
		t = student(degrees).Quantile(1 - (1-Confidence)/2)
	}
	factor := t * t / (c.mean * c.mean)
	g := factor * c.variance
	return shifted(ratio.X, g, -ratio.X*g, factor*(b.variance+scaled.variance))
}

// welch returns the two-sided p value of the hypothesis that the mean logarithms are
// equal, after B. L. Welch, "The generalization of Student's problem when several
// different population variances are involved", Biometrika 34 (1947), 28-35. A number that is
// not positive has no logarithm.
func welch(baseline, cell []float64) Value {
	if len(baseline) < 2 || len(cell) < 2 || slices.Min(baseline) <= 0 || slices.Min(cell) <= 0 {
		return Value{}
	}
	logs := func(numbers []float64) []float64 {
		list := make([]float64, len(numbers))
		for i, x := range numbers {
			list[i] = math.Log(x)
		}
		return list
	}
	b, c := estimateMean(logs(baseline)), estimateMean(logs(cell))
	degrees := satterthwaite(b, c)
	if degrees == 0 {
		degrees = 1 // the numbers of each side are equal: t is 0 or infinite for any degrees of freedom
	}
	return tTest(b.mean-c.mean, math.Sqrt(b.variance+c.variance), degrees)
}

// A meanEstimate is a mean with the variance of the mean itself.
type meanEstimate struct{ mean, variance, degrees float64 }

func estimateMean(numbers []float64) meanEstimate {
	mean, deviation := meanDeviation(numbers)
	n := float64(len(numbers))
	return meanEstimate{mean.X, deviation.X * deviation.X / n, n - 1}
}

// satterthwaite returns the degrees of freedom of the sum of two variances, after F. E.
// Satterthwaite, "An approximate distribution of estimates of variance components",
// Biometrics Bulletin 2 (1946), 110-114. It returns 0 if both variances are 0.
func satterthwaite(a, b meanEstimate) float64 {
	sum := a.variance + b.variance
	if sum == 0 {
		return 0
	}
	// Use shares of the sum, because the squares of small variances would underflow.
	x, y := a.variance/sum, b.variance/sum
	return 1 / (x*x/a.degrees + y*y/b.degrees)
}

// MinRankP returns the smallest p value that the rank test of CompareIndependent can give
// for samples of sizes n and m, however far apart they are. It is 2 divided by the number
// of ways to choose n of n+m places.
func MinRankP(n, m int) float64 {
	p := 2.0
	for i := range min(n, m) {
		p *= float64(i+1) / float64(max(n, m)+i+1) // never above 2, so nothing overflows
	}
	return min(1, p)
}
