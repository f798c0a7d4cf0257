package estimate

import (
	"cmp"
	"math"
	"slices"
)

// A Standing is the place of a cell in its table.
type Standing struct {
	Rank int // from 1, by the effect of the cell; 0: it has no place
	// InBestSet is set if no other cell beats this one: it may be the best.
	InBestSet bool
	// Behind is the time of the cell / the time of the first one - 1.
	Behind Value
	// BehindCI is the interval of the true distance to the best cell. All intervals of a table hold together.
	BehindCI Interval
}

// BestSet finds the cells of a table that may be the fastest. times has the time of each cell in each round, or NaN
// where the cell has none. Times that are not positive do not count. A cell with fewer than two times has no place.
//
// Cells rank by their effect in the model log time = cell + round, by least squares. The best set holds each of k
// cells that no other one beats in a t-test of the mean logarithm of their ratios by round, two-sided at
// 0.05/(k-1) (Bonferroni). The best cell is compared with k-1 others, so at most 2.5% of the tables lose it.
//
// The method is a multiple comparison with the best, after J. C. Hsu, "Constrained simultaneous confidence intervals
// for multiple comparisons with the best", Annals of Statistics 12 (1984), 1136-1144. Hsu pools the variance of all
// cells. This function does not, because a cell that scatters less than the others would lose its place too often.
func BestSet(times [][]float64) []Standing { return bestSet(times, bonferroni) }

// bestSet is BestSet with the half width of one of several simultaneous intervals, in standard errors.
func bestSet(times [][]float64, half func(degrees, comparisons int) float64) []Standing {
	list := make([]Standing, len(times))
	logs, placed := logTimes(times)
	if len(placed) == 0 {
		return list
	}
	effects := cellEffects(logs, placed)
	slices.SortStableFunc(placed, func(a, b int) int { return cmp.Compare(effects[a], effects[b]) })
	pairs := pairTests{logs, make([]float64, len(logs[0]))}
	for degrees := 1; degrees < len(pairs.quantiles); degrees++ {
		pairs.quantiles[degrees] = half(degrees, max(1, len(placed)-1))
	}
	var best []int // the best set
	for place, cell := range placed {
		list[cell].Rank = place + 1
		list[cell].Behind = Of(math.Exp(effects[cell]-effects[placed[0]]) - 1)
		list[cell].InBestSet = !slices.ContainsFunc(placed, func(other int) bool { return pairs.difference(cell, other).Low > 0 })
		if list[cell].InBestSet {
			best = append(best, cell)
		}
	}
	for _, cell := range placed {
		list[cell].BehindCI = pairs.behind(cell, best)
	}
	return list
}

// pairTests compares cells by the logarithms of their times in the rounds that both have.
type pairTests struct {
	logs      [][]float64
	quantiles []float64 // the half width of an interval in standard errors, by the degrees of freedom
}

// behind returns the interval of the distance of a cell to the best one, which is in the best set. Members with too few common
// rounds bound nothing. It is undefined if no other member bounds the distance.
func (p pairTests) behind(cell int, best []int) Interval {
	low, high := math.Inf(1), math.Inf(-1)
	for _, other := range best {
		if ci := p.difference(cell, other); other != cell && ci.OK && !math.IsInf(math.Exp(ci.High), 1) {
			low, high = min(low, ci.Low), max(high, ci.High)
		}
	}
	if slices.Contains(best, cell) { // it may be the best itself
		low = min(low, 0)
		if len(best) == 1 {
			high = 0
		}
	}
	if low > high || math.IsInf(high, -1) {
		return Interval{}
	}
	return interval(max(0, math.Exp(low)-1), max(0, math.Exp(high)-1))
}

// difference returns the interval of the mean difference of two cells. It is undefined with fewer than two common rounds.
func (p pairTests) difference(a, b int) Interval {
	row, other := p.logs[a], p.logs[b]
	n, sum := 0, 0.0
	for i, x := range row {
		if d := x - other[i]; !math.IsNaN(d) {
			n++
			sum += d
		}
	}
	mean, squares := sum/float64(n), 0.0
	for i, x := range row {
		if d := x - other[i] - mean; !math.IsNaN(d) {
			squares += d * d
		}
	}
	if n < 2 {
		return Interval{}
	}
	half := p.quantiles[n-1] * math.Sqrt(squares/float64(n-1)/float64(n))
	return interval(mean-half, mean+half)
}

// logTimes returns the logarithms, and the cells with a place.
func logTimes(times [][]float64) (logs [][]float64, placed []int) {
	for cell, list := range times {
		row, n := make([]float64, len(list)), 0
		for i, x := range list {
			if row[i] = math.NaN(); x > 0 {
				row[i] = math.Log(x)
				n++
			}
		}
		logs = append(logs, row)
		if n >= 2 {
			placed = append(placed, cell)
		}
	}
	return logs, placed
}

// cellEffects fits log time = cell + round by least squares and returns the effects of the cells, up to a constant. With
// a time of each cell in each round they are the means of the cells.
func cellEffects(logs [][]float64, placed []int) []float64 {
	effects := make([]float64, len(logs))
	rounds := make([]float64, len(logs[placed[0]]))
	const steps, converged = 100, 1e-12
	for range steps { // alternating least squares; one step is exact if nothing is missing
		moved := 0.0
		for _, cell := range placed {
			x := meanDifference(logs[cell], rounds)
			moved = max(moved, math.Abs(x-effects[cell]))
			effects[cell] = x
		}
		for i := range rounds {
			n, sum := 0, 0.0
			for _, cell := range placed {
				if x := logs[cell][i]; !math.IsNaN(x) {
					n++
					sum += x - effects[cell]
				}
			}
			if n > 0 {
				rounds[i] = sum / float64(n)
			}
		}
		if moved < converged {
			break
		}
	}
	return effects
}

// meanDifference returns the mean of x - y over the x that are not NaN.
func meanDifference(x, y []float64) float64 {
	n, sum := 0, 0.0
	for i, v := range x {
		if !math.IsNaN(v) {
			n++
			sum += v - y[i]
		}
	}
	return sum / float64(n)
}
