package estimate

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// likely is the share of runs in which a difference must show to be detectable.
const likely = 0.8

// MinDetectableEffect is the smallest difference, as a part of the baseline's time, that so
// many rounds are likely to show: in four of five such runs the cell's verdict would
// be faster or slower. spread is the deviation of single trials, as a part of their
// mean; comparisons is how many cells are judged together.
//
// It is undefined below two rounds. The trials are taken to be independent: where
// rounds have ups and downs in common, pairing cancels them, and smaller differences
// show. Of many comparisons it is for the one that Holm's method treats worst.
func MinDetectableEffect(rounds int, spread float64, comparisons int) Value {
	if rounds < 2 || !(spread >= 0) {
		return Value{}
	}
	// The logarithm of a time with that spread deviates by √log(1+spread²), as for
	// a log-normal one, and that of a ratio of two by √2 times as much.
	deviation := math.Sqrt(2 * math.Log1p(spread*spread))
	shift := shiftFound(rounds, significance/float64(max(1, comparisons)))
	// A slower cell's difference: a faster one's, 1-exp(-x), is smaller.
	return Of(math.Expm1(shift * deviation / math.Sqrt(float64(rounds))))
}

// shiftFound is how many standard errors a mean must truly be away from 0 for a
// two-sided t-test of that level to be likely to say so. The variance is estimated
// too, by χ²/ν times the true one, so the chance is that of a normal number to
// exceed the quantile t times the root of it:
//
//	power = E Φ(shift - t √(χ²/ν))
//
// which is the non-central t distribution. Its other tail, of runs that would find
// the opposite, is left out. The mean over χ² is one over its quantiles.
func shiftFound(n int, level float64) float64 {
	degrees := float64(n - 1)
	t := student(degrees).Quantile(1 - level/2)
	chi := distuv.ChiSquared{K: degrees}
	const nodes = 200
	at, weight := make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(at, weight, 0, 1)
	for i, p := range at {
		at[i] = t * math.Sqrt(chi.Quantile(p)/degrees)
	}
	power := func(shift float64) (sum float64) {
		for i, needed := range at {
			sum += weight[i] * distuv.UnitNormal.CDF(shift-needed)
		}
		return sum
	}
	// The power grows with the shift, from next to nothing to 1.
	const steps = 1 << 20
	most := 4*t + 10
	found := sort.Search(steps, func(i int) bool { return power(most*float64(i)/steps) >= likely })
	return most * float64(found) / steps
}
