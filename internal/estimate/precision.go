package estimate

import (
	"math"
	"sort"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// Repeats that adapt stop on the width of an interval. A plain "stop as soon as it is
// narrow enough" stops whenever the trials happen to agree, which is when the interval
// is narrower than it should be: of normal times, from 5 rounds on, intervals that
// should hold the truth in 95% of runs do in 92%. There are two ways to stop that do
// not choose rounds for their agreement.
//
// One is to go on for a number of rounds after the width was met. G. Simons, "On the
// cost of not knowing the variance when making a fixed-width confidence interval for
// the mean", Annals of Mathematical Statistics 39 (1968), 1946-1952, showed that a
// fixed number of them, however many it took before, is enough.
//
// The other is for trials that scatter far less than the width allows: where it would
// be met even by a deviation so much larger than the measured one that such luck is
// not to be had, there is nothing to choose.
const (
	// firstLook is how many rounds can meet a width at all: three agree by chance.
	firstLook = 4
	// moreRounds follow after the width was met first.
	moreRounds = 6
	// luck is how often a deviation is measured that is as much too small.
	luck = 1e-4
)

// Width is the width of a speed-up's interval from end to end, as a part of the
// speed-up; undefined where there is no interval.
func Width(r Ratio) Value {
	return width(r.CI, r.Value)
}

func width(i Interval, of Value) Value {
	if !i.OK {
		return Value{}
	}
	return Of(i.High - i.Low).Over(of)
}

// A StoppingRule says when repeats that adapt are enough. The run stops by it, and the
// analysis tells by it which cells were known well enough.
type StoppingRule struct {
	Min   int     // trials at least
	Width float64 // of the interval at most, as a part of the value
}

// IsRatioKnown reports whether these pairs are enough to know a speed-up: they tell it to
// within the width, and stopping here does not cost the interval its coverage. The pairs
// of an earlier round must not change: what was narrow then is worked out again from
// them, so that a run that was resumed decides the same.
func (r StoppingRule) IsRatioKnown(baseline, cell []float64) bool {
	return r.settled(len(cell), func(n int) Value {
		return width(fieller(baseline[:n], cell[:n]), ratioOfMeans(baseline[:n], cell[:n]))
	})
}

// IsMeanKnown reports whether these trials are enough to know a mean, where no speed-up
// is to be had.
func (r StoppingRule) IsMeanKnown(trials []float64) bool {
	return r.settled(len(trials), func(n int) Value {
		mean, deviation := meanDeviation(trials[:n])
		return width(studentInterval(n, mean, deviation), mean)
	})
}

// settled reports whether n rounds are enough and narrow, and either plainly so or were
// already so many rounds before. It looks backwards: mostly the first look back is enough.
func (r StoppingRule) settled(n int, widthAt func(n int) Value) bool {
	if n < r.Min {
		return false
	}
	w := widthAt(n)
	if !w.OK || w.X > r.Width {
		return false
	}
	if w.X*mostDeviation(n) <= r.Width {
		return true
	}
	for earlier := n - moreRounds; earlier >= firstLook; earlier-- {
		if w := widthAt(earlier); w.OK && w.X <= r.Width {
			return true
		}
	}
	return false
}

// PredictRounds guesses after how many rounds in all a speed-up is precise, by these pairs:
// the width shrinks with the root of their number. It is 0 where there is nothing to
// guess by.
func PredictRounds(baseline, cell []float64, most float64) int {
	n := len(cell)
	if n < 2 {
		return 0
	}
	w := width(fieller(baseline, cell), ratioOfMeans(baseline, cell))
	switch {
	case !w.OK:
		return 0
	case w.X*mostDeviation(n) <= most:
		return n
	}
	const never = 1e6
	met := math.Min(never, math.Ceil(float64(n)*math.Pow(w.X/most, 2)))
	return max(int(met), firstLook) + moreRounds
}

// PredictRoundsFromSpread guesses after how many rounds a speed-up is precise whose trials have that
// spread, as a part of their mean.
func PredictRoundsFromSpread(spread, most float64) int {
	const never = 1_000_000
	wide := func(n int) bool {
		return 2*quantile(n-1)*math.Sqrt2*spread/math.Sqrt(float64(n)) > most
	}
	return firstLook + moreRounds + sort.Search(never, func(i int) bool { return !wide(i + firstLook) })
}

// mostDeviation is how many times the measured deviation of n numbers the true one may
// be: the variance has the chi-squared distribution.
func mostDeviation(n int) float64 {
	return remembered(&deviations, n-1, func(degrees float64) float64 {
		return math.Sqrt(degrees / distuv.ChiSquared{K: degrees}.Quantile(luck))
	})
}

var deviations sync.Map
