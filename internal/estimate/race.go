package estimate

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A t-test is valid for a number of rounds that was fixed before the first one. A race decides after
// every round, so it uses a confidence sequence: an interval for every number of rounds. All of them
// contain the true mean at once with the given probability.
// This one is the t-mixture of H. Wang and A. Ramdas, "Anytime-valid t-tests and confidence
// sequences for Gaussian means with unknown variance", Sequential Analysis 44 (2025), arXiv
// 2310.03722. Mean / deviation has a normal prior with the variance g, and the deviation the prior
// 1/deviation. The likelihood ratio to a mean of 0 is then a martingale with the first value 1:
//
//	M = (1+gn)^(-1/2) [(1 + u) / (1 + u/(1+gn))]^(n/2), u = t²/(n-1)
//
// where t is Student's statistic of n numbers. By Ville's inequality M reaches 1/α with a
// probability of at most α, however many rounds there are. So 1/M is a p value at every round, and
// the interval has the means at which M is below 1/α.

// priorVariance is g. Most cells of a sweep differ by several times the scatter of a trial, and a
// wide prior drops these early. It costs little later: the interval grows with the root of log g.
const priorVariance = 10

// sequenceP returns the p value of the hypothesis that the true mean of these numbers is 0.
func sequenceP(n int, mean, deviation Value) Value {
	if !deviation.OK {
		return Value{}
	}
	d := float64(n)
	growth := 1 + priorVariance*d
	// (1+u)/(1+u/growth) with u = n mean² / ((n-1) deviation²), for a deviation of 0 too.
	between, within := d*mean.X*mean.X, (d-1)*deviation.X*deviation.X
	ratio := 1.0
	if between > 0 {
		ratio = (within + between) / (within + between/growth)
	}
	return Of(min(1, math.Exp((math.Log(growth)-d*math.Log(ratio))/2)))
}

// sequenceLimit returns the largest u = t²/(n-1) that does not reject a mean at a level. It is
// infinite while n numbers cannot reject any.
func sequenceLimit(n int, level float64) float64 {
	if n < 2 {
		return math.Inf(1)
	}
	growth := 1 + priorVariance*float64(n)
	a := math.Exp((math.Log(growth) - 2*math.Log(level)) / float64(n))
	if a >= growth {
		return math.Inf(1)
	}
	return (a - 1) / (1 - a/growth)
}

// sequenceInterval returns the interval of the mean of n numbers at a level. It is open if the
// numbers are too few for a bound.
func sequenceInterval(n int, mean, deviation Value, level float64) Interval {
	limit := sequenceLimit(n, level)
	switch {
	case !deviation.OK:
		return Interval{}
	case math.IsInf(limit, 1):
		return Interval{Open: true}
	}
	half := deviation.X * math.Sqrt(limit*float64(n-1)/float64(n))
	return interval(mean.X-half, mean.X+half)
}

// SequenceMean returns the interval of a mean that is valid although the numbers decided when to
// stop. Of a Sample it replaces CI.
func SequenceMean(s Sample) Interval {
	i := sequenceInterval(s.N, s.Mean, s.StdDev, Significance)
	if i.OK && s.Min.X >= 0 {
		i = i.openBelowZero()
	}
	i.Open = false
	return i
}

// CompareSequence is Compare for pairs that decided when to stop. The value, the interval and the p value are
// about the geometric mean of the ratios. A ratio without a logarithm leaves the ratio of the means only.
// There is no rank test, because it needs a fixed number of pairs.
func CompareSequence(baseline, cell []float64) Ratio {
	r := Ratio{Pairs: len(cell), Value: ratioOfMeans(baseline, cell)}
	if logs := logRatios(baseline, cell); len(logs) > 0 {
		r.Value = Of(math.Exp(meanOf(logs)))
	}
	r.CI, r.P = SequenceRatio(baseline, cell, Significance)
	return r
}

// SequenceRatio returns the interval of a speed-up at a level, and the p value of the hypothesis
// that it is 1. Both are undefined if a number is not positive.
func SequenceRatio(baseline, cell []float64, level float64) (Interval, Value) {
	logs := logRatios(baseline, cell)
	if len(logs) < 2 {
		return Interval{}, Value{}
	}
	mean, deviation := meanDeviation(logs)
	i := sequenceInterval(len(logs), mean, deviation, level)
	if i.OK {
		i = interval(math.Exp(i.Low), math.Exp(i.High))
	}
	return i, sequenceP(len(logs), mean, deviation)
}

// A Race finds the best cell of a table in few trials. After each round it drops the cells that
// another one beats, and it ends when those that are left are as good as the best. The comparisons
// of the best cell with k-1 others share the level. So both are right in at least 95% of races: the
// best cell is not dropped, and at the end all that are left are as good.
//
// All decisions follow from Logs and Sound. A round that has changed since makes a new Race necessary.
type Race struct {
	Min    int     // the first round after which cells are dropped
	Within float64 // a cell is as good up to this: its time / the best time - 1
	// Logs are the logarithms of the judged figures by cell and round; lower is better. NaN: the
	// cell has no good trial in that round. A missing end of a row is like NaN.
	Logs [][]float64
	// Sound marks the cells without a failure. Others cannot win: they drop no cell, and the race
	// does not wait for them.
	Sound []bool

	Rounds  int   // the number of rounds after which Decide was called
	Dropped []int // by cell: the round after which another one had beaten it; 0: none
	By      []int // by cell: the one that beat it
	Ended   int   // the round after which the race ended; 0: it has not

	leaders []int     // the cells that may win, the best first
	means   []float64 // by cell: of Logs so far
	limits  []float64 // by number of pairs: see limit
}

// NewRace returns a race of these cells before its first round.
func NewRace(least int, within float64, cells int) *Race {
	r := &Race{
		Min: least, Within: within, Logs: make([][]float64, cells), Sound: make([]bool, cells),
		Dropped: make([]int, cells), By: make([]int, cells), means: make([]float64, cells),
	}
	for i := range r.Sound {
		r.Sound[i] = true
	}
	return r
}

// Restart undoes all decisions.
func (r *Race) Restart() {
	r.Rounds, r.Ended = 0, 0
	clear(r.Dropped)
	clear(r.By)
}

// Decide decides after one more round.
func (r *Race) Decide() {
	r.Rounds++
	if r.Ended > 0 || r.Rounds < r.Min {
		return
	}
	r.sortLeaders()
	for cell, dropped := range r.Dropped {
		if dropped > 0 {
			continue
		}
		for _, other := range r.leaders {
			if r.means[other] >= r.means[cell] {
				break
			}
			if r.beats(other, cell) {
				r.Dropped[cell], r.By[cell] = r.Rounds, other
				break
			}
		}
	}
	r.leaders = slices.DeleteFunc(r.leaders, func(cell int) bool { return r.Dropped[cell] > 0 })
	if r.isSettled() {
		r.Ended = r.Rounds
	}
}

// sortLeaders sets leaders to the cells that may win, the best first: it beats most others, so the search
// for the one that beats a cell is short.
func (r *Race) sortLeaders() {
	r.leaders = r.leaders[:0]
	for cell, dropped := range r.Dropped {
		if dropped > 0 {
			continue
		}
		r.means[cell] = meanLog(r.Logs[cell][:min(r.Rounds, len(r.Logs[cell]))])
		if r.Sound[cell] {
			r.leaders = append(r.leaders, cell)
		}
	}
	slices.SortFunc(r.leaders, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.means[a], r.means[b]), cmp.Compare(a, b))
	})
}

// meanLog returns the mean of the numbers that are not NaN. Without any it is infinite, the worst.
func meanLog(logs []float64) float64 {
	sum, n := 0.0, 0
	for _, x := range logs {
		if !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	if n == 0 {
		return math.Inf(1)
	}
	return sum / float64(n)
}

// pairs describes the differences of two cells, over the rounds so far that both have: their number,
// their mean and the sum of the squared distances from it. A positive mean is in favour of a. The sums
// start at the first difference, so nothing cancels for cells that differ by much more than they scatter.
func (r *Race) pairs(a, b int) (n int, mean, squares float64) {
	x, y := r.Logs[a], r.Logs[b]
	most := min(r.Rounds, len(x), len(y))
	x, y = x[:most], y[:most]
	var first, sum, sum2 float64
	for i, v := range y {
		d := v - x[i] - first
		switch {
		case d != d: // NaN
			continue
		case n == 0:
			first, d = d, 0
		}
		n++
		sum += d
		sum2 += d * d
	}
	if n == 0 {
		return 0, 0, 0
	}
	mean = sum / float64(n)
	return n, first + mean, max(0, sum2-mean*sum)
}

// beats reports whether cell a is better than cell b.
func (r *Race) beats(a, b int) bool {
	n, mean, squares := r.pairs(a, b)
	// This is mean > half of the interval, without a root. With too few pairs the right side is
	// infinite or NaN.
	return mean > 0 && mean*mean*float64(n) > r.limit(n)*squares
}

// isSettled reports whether each of the leaders is within the margin of each other one, and so of the
// best. The pair of the best and the worst comes first, because it is the most likely to differ.
func (r *Race) isSettled() bool {
	margin := math.Log1p(r.Within)
	for i, a := range r.leaders {
		for _, b := range slices.Backward(r.leaders[i+1:]) {
			n, mean, squares := r.pairs(a, b)
			if limit := r.limit(n); math.IsInf(limit, 1) || math.Abs(mean)+math.Sqrt(limit*squares/float64(n)) > margin {
				return false
			}
		}
	}
	return len(r.leaders) > 0
}

// limit returns sequenceLimit for n pairs at the level of the race.
func (r *Race) limit(n int) float64 {
	for len(r.limits) <= n {
		r.limits = append(r.limits, sequenceLimit(len(r.limits), RaceLevel(len(r.Logs))))
	}
	return r.limits[n]
}

// RaceLevel returns the level of one comparison in a race of k cells.
func RaceLevel(k int) float64 { return Significance / float64(max(1, k-1)) }

// Predict estimates, by cell, the number of rounds after which a race gives it no more trials. It is 0
// for a cell that the rounds so far tell nothing about.
func (r *Race) Predict() []int {
	list := make([]int, len(r.Logs))
	r.sortLeaders()
	if len(r.leaders) == 0 {
		return list
	}
	best, last := r.leaders[0], r.Min
	for cell := range list {
		if cell == best || r.Dropped[cell] > 0 {
			continue
		}
		n, mean, squares := r.pairs(best, cell)
		if n < 2 {
			continue
		}
		list[cell] = r.Rounds - n + r.roundsFor(math.Abs(mean), math.Sqrt(squares/float64(n-1)))
		last = max(last, list[cell])
	}
	list[best] = last
	return list
}

func (r *Race) roundsFor(distance, deviation float64) int {
	return raceRounds(distance, deviation, r.Within, RaceLevel(len(r.Logs)))
}

// raceRounds returns the number of pairs after which a cell at this distance from the best one is
// beaten, or known to be within the margin.
func raceRounds(distance, deviation, within, level float64) int {
	half := max(distance, math.Log1p(within)-distance)
	const never = 1_000_000
	return sort.Search(never, func(n int) bool {
		limit := sequenceLimit(n, level)
		return !math.IsInf(limit, 1) && deviation*math.Sqrt(limit*float64(n-1)/float64(n)) <= half
	})
}

// PredictRaceRounds returns the number of rounds after which a race of k cells drops a cell whose time
// is the best time x (1 + behind). For behind = 0 it is the number after which the cell is known to be
// within the margin. spread is the deviation of single trials, as a fraction of their mean.
func PredictRaceRounds(spread, behind, within float64, k int) int {
	return raceRounds(math.Log1p(behind), ratioDeviation(spread), within, RaceLevel(k))
}

// RaceDetectableEffect is MinDetectableEffect for a race of k cells with this maximum of rounds.
func RaceDetectableEffect(rounds int, spread float64, k int) Value {
	limit := sequenceLimit(rounds, RaceLevel(k))
	if math.IsInf(limit, 1) || !(spread >= 0) {
		return Value{}
	}
	shift := shiftBeyond(math.Sqrt(limit*float64(rounds-1)), float64(rounds-1))
	return Of(math.Expm1(shift * ratioDeviation(spread) / math.Sqrt(float64(rounds))))
}

// BestSetOfRace is BestSet for cells that have raced: its intervals come from the confidence sequence.
func BestSetOfRace(times [][]float64) []Standing {
	return bestSet(times, func(degrees, comparisons int) float64 {
		return math.Sqrt(sequenceLimit(degrees+1, Significance/float64(comparisons)) * float64(degrees))
	})
}
