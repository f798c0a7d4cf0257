package estimate

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Concordance describes how far two rankings of the same things agree.
type Concordance struct {
	// Same of Pairs pairs have the same order in both rankings. Pairs that are tied in
	// either ranking are not counted.
	Same, Pairs int
	// Tau is Kendall's tau-b, a rank correlation that allows for ties. It goes from -1 for
	// opposite rankings to 1 for equal ones. It is undefined if all things are tied in
	// either ranking, or if there are none.
	Tau Value
}

// CompareRanks compares the orders of two slices, whose i-th numbers belong to the same
// thing. It panics if the slices have different lengths.
//
// The coefficient is tau-b, for rankings with ties, of M. G. Kendall, "The treatment of
// ties in ranking problems", Biometrika 33 (1945), 239-251. The numerator is the number
// of pairs in the same order minus the number of pairs in opposite order. The denominator
// is the geometric mean of the numbers of pairs that are not tied in x and in y. gonum's
// stat.Kendall is not used: it computes tau-a and counts a tie as a pair in order.
func CompareRanks(x, y []float64) Concordance {
	if len(x) != len(y) {
		panic("estimate: CompareRanks needs pairs")
	}
	var c Concordance
	var inX, inY int // pairs that are not tied in x, and in y
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

// exactPairs is the number of pairs up to which signedRank is exact. Above it, the error
// of the normal distribution is too small to matter.
const exactPairs = 100

// signedRank returns the two-sided p value of F. Wilcoxon's test, "Individual comparisons
// by ranking methods", Biometrics Bulletin 1 (1945), 80-83. Its hypothesis is that the
// numbers are symmetric about 0: every sign is random, independent of the size. This
// means "neither is faster" only for logarithms of ratios, because the logarithms of 2 and
// 1/2 are equally far from 0. Differences of times would give more weight to a
// round in which the machine was slow.
//
// Equal sizes share the mean of their ranks. Zeros are ranked and then removed, after J.
// W. Pratt, "Remarks on zeros and ties in the Wilcoxon signed rank procedures", JASA 54
// (1959), 655-667. Wilcoxon removed them before ranking. With his order, an increase of all
// numbers can weaken the evidence that they are positive.
//
// A p value below 0.05 needs at least six pairs.
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

// doubledRanks returns twice the ranks of the sizes of all nonzero numbers, and the sum
// of these ranks over the positive numbers. They are doubled so that the mean of two
// ranks is an integer.
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

// exactRank returns the two-sided p value of sum: the probability that the sum of a random
// subset of the ranks is at least as far from the middle. Each rank is in the subset with
// probability 1/2. sum must not be above the middle. The distribution is symmetric.
func exactRank(ranks []int, sum int) float64 {
	p := 0.0
	for _, c := range rankSums(ranks)[:sum+1] {
		p += c
	}
	return min(1, 2*p)
}

// rankSums returns the distribution of the sum of a random subset of the ranks, where
// each rank is in the subset with probability 1/2. The i-th number is the probability of
// the sum i. Without ties it depends only on the number of ranks and is cached, because a
// table of cells needs the same distribution many times.
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

// normalRank approximates exactRank by the normal distribution. The variance comes from
// the actual ranks, with ties and without zeros, so it needs no correction. The
// subtraction of half a rank is the continuity correction.
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
