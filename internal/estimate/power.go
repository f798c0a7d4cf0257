package estimate

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"
)

// targetPower is the power at the minimum detectable effect: the probability that a run
// detects a difference of that size.
const targetPower = 0.8

// MinDetectableEffect returns the smallest difference, as a fraction of the baseline's
// time, that this number of rounds detects with a power of 80%. In four of five such runs
// the verdict of the cell is faster or slower. spread is the standard deviation of single
// trials, as a fraction of their mean. comparisons is the number of cells that are judged
// together.
//
// The result is undefined for fewer than two rounds. The trials are assumed to be
// independent. If a disturbance affects a whole round, pairing cancels it, and smaller
// differences are detectable. For several comparisons the result applies to the cell with
// the smallest p value. Holm's method multiplies it by the number of comparisons, and
// multiplies the other p values by less.
func MinDetectableEffect(rounds int, spread float64, comparisons int) Value {
	if rounds < 2 || !(spread >= 0) {
		return Value{}
	}
	shift := detectableShift(rounds, Significance/float64(max(1, comparisons)))
	// The difference of a slower cell. For a faster cell it is 1-exp(-x), which is smaller.
	return Of(math.Expm1(shift * ratioDeviation(spread) / math.Sqrt(float64(rounds))))
}

// MaxRounds is the largest number of rounds that RoundsToDetect returns.
const MaxRounds = 1000

// RoundsToDetect returns the smallest number of rounds with which a t-test of differences by round detects a true mean
// difference in 80% of runs. deviation is the standard deviation of the differences, and comparisons the number of tests
// that are judged together. It returns 0 if MaxRounds are not enough.
func RoundsToDetect(difference, deviation float64, comparisons int) int {
	level := Significance / float64(max(1, comparisons))
	detects := func(n int) bool {
		return detectableShift(n, level)*deviation <= math.Abs(difference)*math.Sqrt(float64(n))
	}
	if !detects(MaxRounds) {
		return 0
	}
	return 2 + sort.Search(MaxRounds-2, func(i int) bool { return detects(2 + i) })
}

// ratioDeviation returns the deviation of the logarithm of a ratio of two times with that spread.
// The logarithm of one time has the deviation √log(1+spread²), as for a log-normal time, and the
// ratio √2 times as much.
func ratioDeviation(spread float64) float64 { return math.Sqrt(2 * math.Log1p(spread*spread)) }

// detectableShift returns the true distance of a mean from 0, in standard errors, at
// which a two-sided t-test of that level rejects 0 with the target power.
func detectableShift(n int, level float64) float64 {
	degrees := float64(n - 1)
	return shiftBeyond(student(degrees).Quantile(1-level/2), degrees)
}

// shiftBeyond returns the true distance of a mean from 0, in standard errors, at which
// Student's statistic exceeds t with the target power. The variance is
// estimated too: it is χ²/ν times the true variance. So the power is the probability that
// a normal number exceeds the quantile t times the root of that factor:
//
//	power = E Φ(shift - t √(χ²/ν))
//
// which is the non-central t distribution. Its other tail, where the test rejects 0 in
// the opposite direction, is left out. The mean over χ² is computed as the mean over its
// quantiles.
func shiftBeyond(t, degrees float64) float64 {
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
	// The power grows with the shift, from almost 0 to 1.
	const steps = 1 << 20
	most := 4*t + 10
	found := sort.Search(steps, func(i int) bool { return power(most*float64(i)/steps) >= targetPower })
	return most * float64(found) / steps
}
