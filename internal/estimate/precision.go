package estimate

import (
	"math"
	"sort"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// Adaptive repeats stop when the interval is narrow enough. A simple rule, "stop as soon
// as the interval is narrow enough", stops when the trials happen to agree. At that time
// the interval is narrower than it should be. With normally distributed times and at
// least 5 rounds, intervals that should contain the true value in 95% of runs contain it
// in 92%. Two other rules are not affected by such agreement.
//
// The first rule continues for a number of rounds after the width was reached. A
// fixed number of further rounds is enough, however many rounds came before (G. Simons,
// "On the cost of not knowing the variance", Annals of Mathematical Statistics 39 (1968),
// 1946-1952).
//
// The second rule is for trials that scatter far less than the requested width allows
// (StoppingRule.Width). It multiplies the measured deviation by a factor so large that
// the true deviation is almost never above the product (maxDeviationFactor). If the
// interval is narrow enough even then, the trials do not agree by chance.
const (
	// minRounds is the minimum number of rounds to reach a width: three rounds may agree by chance.
	minRounds = 4
	// extraRounds is the number of rounds after the width was first reached.
	extraRounds = 6
	// falseStop is the probability that the measured deviation is too small by the factor
	// of maxDeviationFactor.
	falseStop = 1e-4
)

// Width returns the width of a speed-up's interval from end to end, as a fraction of the
// speed-up. It is undefined if there is no interval, or an open one.
func Width(r Ratio) Value {
	return width(r.CI, r.Value)
}

func width(i Interval, of Value) Value {
	if !i.OK || i.LowOpen {
		return Value{}
	}
	return Of(i.High - i.Low).Over(of)
}

// A StoppingRule decides when adaptive repeats are enough. The run stops by it, and the
// analysis uses it to find the cells that are precise enough.
type StoppingRule struct {
	Min   int     // minimum number of trials
	Width float64 // maximum width of the interval, as a fraction of the value
}

// IsRatioPrecise reports whether these pairs are enough to know a speed-up: the interval
// is narrow enough, and stopping here does not reduce its coverage. The pairs of earlier
// rounds must not change, because the earlier widths are computed again from them. So a
// resumed run makes the same decision.
func (r StoppingRule) IsRatioPrecise(baseline, cell []float64) bool {
	return r.isSettled(len(cell), func(n int) Value {
		return width(fieller(baseline[:n], cell[:n]), ratioOfMeans(baseline[:n], cell[:n]))
	})
}

// IsMeanPrecise reports whether these trials are enough to know a mean, for a cell
// without a speed-up.
func (r StoppingRule) IsMeanPrecise(trials []float64) bool {
	return r.isSettled(len(trials), func(n int) Value {
		mean, deviation := meanDeviation(trials[:n])
		return width(studentInterval(n, mean, deviation), mean)
	})
}

// isSettled reports whether the interval after n rounds is narrow enough by one of the two
// rules. The first rule needs one earlier round, at least extraRounds before n, after which it
// was already narrow enough. The search goes backwards, because usually the first step is
// enough.
func (r StoppingRule) isSettled(n int, widthAt func(n int) Value) bool {
	if n < r.Min {
		return false
	}
	w := widthAt(n)
	if !w.OK || w.X > r.Width {
		return false
	}
	if w.X*maxDeviationFactor(n) <= r.Width {
		return true
	}
	for earlier := n - extraRounds; earlier >= minRounds; earlier-- {
		if w := widthAt(earlier); w.OK && w.X <= r.Width {
			return true
		}
	}
	return false
}

// PredictRounds estimates from these pairs the total number of rounds until a speed-up is
// precise. The width shrinks with the root of the number of rounds. It returns 0 if the
// pairs allow no estimate.
func PredictRounds(baseline, cell []float64, maxWidth float64) int {
	n := len(cell)
	if n < 2 {
		return 0
	}
	w := width(fieller(baseline, cell), ratioOfMeans(baseline, cell))
	switch {
	case !w.OK:
		return 0
	case w.X*maxDeviationFactor(n) <= maxWidth:
		return n
	}
	const never = 1e6
	met := math.Min(never, math.Ceil(float64(n)*math.Pow(w.X/maxWidth, 2)))
	return max(int(met), minRounds) + extraRounds
}

// PredictRoundsFromSpread estimates the number of rounds until a speed-up is precise, for
// trials with that spread, as a fraction of their mean.
func PredictRoundsFromSpread(spread, maxWidth float64) int {
	const never = 1_000_000
	wide := func(n int) bool {
		return 2*quantile(n-1)*math.Sqrt2*spread/math.Sqrt(float64(n)) > maxWidth
	}
	return minRounds + extraRounds + sort.Search(never, func(i int) bool { return !wide(i + minRounds) })
}

// maxDeviationFactor returns the largest plausible ratio of the true deviation to the
// measured deviation of n numbers. The variance has the chi-squared distribution.
func maxDeviationFactor(n int) float64 {
	return cached(&deviations, n-1, func(degrees float64) float64 {
		return math.Sqrt(degrees / distuv.ChiSquared{K: degrees}.Quantile(falseStop))
	})
}

var deviations sync.Map
