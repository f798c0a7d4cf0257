package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// signedRankByDefinition computes the signed-rank p value from its definition: the part
// of all choices of signs whose sum of positive ranks is at least as far from the middle.
func signedRankByDefinition(numbers []float64) float64 {
	ranks, positive := doubledRanks(numbers)
	total := 0
	for _, r := range ranks {
		total += r
	}
	away := func(sum int) int { return max(2*sum-total, total-2*sum) }
	as := 0
	for signs := range 1 << len(ranks) {
		sum := 0
		for i, r := range ranks {
			if signs>>i&1 == 1 {
				sum += r
			}
		}
		if away(sum) >= away(positive) {
			as++
		}
	}
	return float64(as) / float64(int(1)<<len(ranks))
}

func TestSignedRankCountsAllSigns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		numbers := make([]float64, 1+random.IntN(12))
		for i := range numbers {
			numbers[i] = random.NormFloat64() + 0.5
			if random.IntN(2) == 0 { // half of the numbers are integers, with ties and zeros
				numbers[i] = float64(random.IntN(7) - 3)
			}
		}
		if got, want := signedRank(numbers), signedRankByDefinition(numbers); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: %v, want %v", numbers, got, want)
		}
	}
}

func TestRanksOfTiesAndZeros(t *testing.T) {
	// Sizes 0 0 1 2 2 3: ranks 1.5 1.5 3 4.5 4.5 6, without the ranks of the zeros.
	ranks, positive := doubledRanks([]float64{2, 0, -1, -2, 3, 0})
	if !slices.Equal(ranks, []int{6, 9, 9, 12}) || positive != 9+12 {
		t.Errorf("%v, positive %v", ranks, positive)
	}
	if p := signedRank([]float64{0, 0, 0}); p != 1 {
		t.Errorf("zeros only have p %v, want 1", p)
	}
	if p := signedRank(make([]float64, 2*exactPairs)); p != 1 {
		t.Errorf("many zeros only have p %v, want 1", p)
	}
}

// TestSignedRankAsPublished uses the depression scores of M. Hollander, D. A. Wolfe,
// Nonparametric Statistical Methods (1973), where the sum is 40 and the one-sided p value
// is 0.01953.
func TestSignedRankAsPublished(t *testing.T) {
	first := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	second := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	differences := make([]float64, len(first))
	for i := range first {
		differences[i] = first[i] - second[i]
	}
	if _, positive := doubledRanks(differences); positive != 2*40 {
		t.Errorf("the sum is %v, want 40", float64(positive)/2)
	}
	near(t, "p", Of(signedRank(differences)), 2*10.0/512, 12)
}

// TestNormalRankApproximatesExactRank compares them on both sides of exactPairs.
func TestNormalRankApproximatesExactRank(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{exactPairs - 20, exactPairs, exactPairs + 20} {
		for _, shift := range []float64{0, 0.1, 0.2, 0.3} {
			for _, grid := range []float64{0, 2} {
				numbers := make([]float64, n)
				for i := range numbers {
					numbers[i] = random.NormFloat64() + shift
					if grid > 0 {
						numbers[i] = math.Round(numbers[i]*grid) / grid // ties and zeros
					}
				}
				ranks, positive := doubledRanks(numbers)
				total := 0
				for _, r := range ranks {
					total += r
				}
				smaller := min(positive, total-positive)
				exact, normal := exactRank(ranks, smaller), normalRank(ranks, smaller, total)
				if math.Abs(exact-normal) > 0.002 {
					t.Errorf("%d pairs, shift %v, grid %v: exact %v, normal %v", n, shift, grid, exact, normal)
				}
				want := exact
				if n > exactPairs {
					want = normal
				}
				if got := signedRank(numbers); math.Abs(got-want) > 1e-12 {
					t.Errorf("%d pairs: %v, want %v", n, got, want)
				}
			}
		}
	}
}

func TestRankOfSpeedupIsTwoSided(t *testing.T) {
	b, c := []float64{2, 2.2, 2.4, 2.6, 2.8, 3}, []float64{1, 1, 1, 1, 1, 1}
	there, back := Compare(b, c), Compare(c, b)
	if there.Rank != Of(2.0/64) || back.Rank != there.Rank {
		t.Errorf("six of six rounds faster: %v, with swapped arguments %v", there.Rank, back.Rank)
	}
	if five := Compare(b[:5], c[:5]); five.Rank != Of(2.0/32) {
		t.Errorf("five of five: %v", five.Rank)
	}
	// The ratios 2 and 1/2 are equally far from 1; the differences 2 and -1 are not equally far
	// from 0.
	if even := Compare([]float64{4, 1}, []float64{2, 2}); even.Rank != Of(1) || even.P != Of(1) {
		t.Errorf("twice and half as fast: %+v", even)
	}
	if one := Compare([]float64{2}, []float64{1}); one.Rank.OK {
		t.Errorf("one pair has a rank p %v", one.Rank)
	}
}
