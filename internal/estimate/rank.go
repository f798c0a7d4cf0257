package estimate

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Concordance says how far two rankings of the same things agree.
type Concordance struct {
	// Same of Pairs pairs stand in the same order in both; pairs that are tied
	// in either are not counted.
	Same, Pairs int
	// Tau is Kendall's tau-b, from -1 for opposite rankings to 1 for equal ones.
	// Undefined where either puts all things level, or where there are none.
	Tau Value
}

// CompareRanks compares the orders of two slices, whose i-th numbers are of the same
// thing. Slices of different lengths are a mistake of the caller, and panic.
//
// Of the coefficients for rankings with ties it is tau-b of M. G. Kendall, "The
// treatment of ties in ranking problems", Biometrika 33 (1945), 239-251: the
// pairs in the same order less those in opposite ones, divided by the geometric
// mean of the pairs that x and that y tell apart. Not gonum's stat.Kendall, which
// is tau-a and takes a tie for a pair in order.
func CompareRanks(x, y []float64) Concordance {
	if len(x) != len(y) {
		panic("estimate: CompareRanks needs pairs")
	}
	var c Concordance
	var inX, inY int // pairs that are not tied there
	for i := range x {
		for j := range i {
			dx, dy := cmp.Compare(x[i], x[j]), cmp.Compare(y[i], y[j])
			inX += dx * dx
			inY += dy * dy
			c.Pairs += dx * dx * dy * dy
			if dx*dy > 0 {
				c.Same++
			}
		}
	}
	opposite := c.Pairs - c.Same
	c.Tau = Of(float64(c.Same-opposite) / math.Sqrt(float64(inX)*float64(inY))) // 0/0 is undefined
	return c
}

// exactPairs is the number of pairs up to which signedRank is exact. Beyond, the
// normal distribution differs from it by less than anyone reads.
const exactPairs = 100

// signedRank is the two-sided p value of F. Wilcoxon's test, "Individual
// comparisons by ranking methods", Biometrics Bulletin 1 (1945), 80-83, that the
// numbers are symmetric about 0: their signs are thrown by a coin each, whatever
// their sizes. Only of logarithms of ratios is that what "neither is faster" says:
// twice and half as fast are equally far from 0. Their differences would weigh a
// round by how slow the machine was in it.
//
// Equal sizes share the mean of their ranks. Zeros are ranked and then thrown away,
// after J. W. Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank
// procedures", JASA 54 (1959), 655-667: where they are thrown away first, as
// Wilcoxon did, moving all numbers up can make the evidence that they are positive
// weaker.
//
// At least six pairs are needed for a p below 0.05.
func signedRank(numbers []float64) float64 {
	ranks, positive := doubledRanks(numbers)
	total := 0
	for _, r := range ranks {
		total += r
	}
	smaller := min(positive, total-positive)
	if len(numbers) > exactPairs {
		return normalRank(ranks, smaller, total)
	}
	return exactRank(ranks, smaller)
}

// doubledRanks are twice the ranks of the sizes of all numbers that are not 0, so
// that the mean of two ranks is whole, and their sum over the positive numbers.
func doubledRanks(numbers []float64) (ranks []int, positive int) {
	sorted := slices.Clone(numbers)
	slices.SortFunc(sorted, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	ranks = make([]int, 0, len(sorted))
	for first := 0; first < len(sorted); {
		next := first + 1
		for next < len(sorted) && math.Abs(sorted[next]) == math.Abs(sorted[first]) {
			next++
		}
		rank := first + 1 + next // the mean of first+1 to next, doubled
		for _, x := range sorted[first:next] {
			if x == 0 {
				continue
			}
			ranks = append(ranks, rank)
			if x > 0 {
				positive += rank
			}
		}
		first = next
	}
	return ranks, positive
}

// exactRank is the chance that the sum of those ranks whose coin shows heads is as far
// from the middle as this one, which is not above it. The distribution is symmetric:
// heads and tails may be swapped.
func exactRank(ranks []int, sum int) float64 {
	p := 0.0
	for _, c := range rankSums(ranks)[:sum+1] {
		p += c
	}
	return min(1, 2*p)
}

// rankSums is the distribution of that sum: its i-th number is the chance of the sum i.
// Where no ranks are shared it depends on their number alone, and is kept: a table of
// cells asks for the same one over and over.
func rankSums(ranks []int) []float64 {
	total, untied := 0, true
	for i, r := range ranks {
		total += r
		untied = untied && r == 2*(i+1)
	}
	if known, ok := untiedSums.Load(len(ranks)); ok && untied {
		return known.([]float64)
	}
	chance := make([]float64, total+1)
	chance[0] = 1
	for _, r := range ranks {
		for sum := total; sum >= 0; sum-- {
			chance[sum] /= 2
			if sum >= r {
				chance[sum] += chance[sum-r] / 2
			}
		}
	}
	if untied {
		untiedSums.Store(len(ranks), chance)
	}
	return chance
}

var untiedSums sync.Map

// normalRank is the same by the normal distribution. The ranks themselves, with
// their ties and without the zeros, give the variance, so it needs no correction;
// half a rank is for the sum being whole.
func normalRank(ranks []int, sum, total int) float64 {
	squares := 0.0
	for _, r := range ranks {
		squares += float64(r) * float64(r)
	}
	if squares == 0 {
		return 1
	}
	away := max(0, float64(total)/2-float64(sum)-1)
	return 2 * distuv.UnitNormal.Survival(away/math.Sqrt(squares/4))
}
