package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestMinDetectableEffectHasTargetPower simulates a slower cell with exactly this
// difference, and counts how often the verdict is slower.
func TestMinDetectableEffectHasTargetPower(t *testing.T) {
	for _, rounds := range []int{5, 10, 30} {
		for _, spread := range []float64{0.01, 0.05, 0.1} {
			random := rand.New(rand.NewPCG(uint64(rounds), uint64(1000*spread)))
			difference := MinDetectableEffect(rounds, spread, 1)
			var found share
			for range 4000 {
				base, cell := make([]float64, rounds), make([]float64, rounds)
				for i := range base {
					base[i] = 1 + spread*random.NormFloat64()
					cell[i] = (1 + difference.X) * (1 + spread*random.NormFloat64())
				}
				r := Compare(base, cell)
				found.count(Judge(r, r.P, 0) == Slower)
			}
			t.Logf("%2d rounds, spread %2.0f%%: %5.2f%% slower is found in %s", rounds, 100*spread, 100*difference.X, found)
			if math.Abs(found.part()-targetPower) > 0.03 {
				t.Errorf("%d rounds, spread %v: a difference of %v is found in %s", rounds, spread, difference, found)
			}
		}
	}
}

// TestMinDetectableEffectAmongManyCells checks the worst case of Holm's method: only one
// cell of eight differs.
func TestMinDetectableEffectAmongManyCells(t *testing.T) {
	const rounds, spread, comparisons = 10, 0.05, 8
	random := rand.New(rand.NewPCG(1, 2))
	difference := MinDetectableEffect(rounds, spread, comparisons)
	var found share
	for range 4000 {
		base := make([]float64, rounds)
		for i := range base {
			base[i] = 1 + spread*random.NormFloat64()
		}
		ps, ratios := make([]Value, comparisons), make([]Ratio, comparisons)
		for c := range comparisons {
			mean := 1.0
			if c == 0 {
				mean += difference.X
			}
			cell := make([]float64, rounds)
			for i := range cell {
				cell[i] = mean * (1 + spread*random.NormFloat64())
			}
			ratios[c] = Compare(base, cell)
			ps[c] = ratios[c].P
		}
		found.count(Judge(ratios[0], Holm(ps)[0], 0) == Slower)
	}
	if math.Abs(found.part()-targetPower) > 0.03 {
		t.Errorf("%v is found in %s", difference, found)
	}
}

// TestPowerAsPublished checks published sample sizes for a paired t-test with a power of
// 0.8 at 0.05. A sample size is the least n that detects a mean at a distance of effect
// standard deviations from 0. They are in the tables of J. Cohen, Statistical Power Analysis for
// the Behavioral Sciences (1988), and every later program gives the same.
func TestPowerAsPublished(t *testing.T) {
	for _, test := range []struct {
		effect float64
		n      int
	}{{0.2, 199}, {0.5, 34}, {0.8, 15}} {
		t.Run(fmt.Sprint(test.effect), func(t *testing.T) {
			enough := detectableShift(test.n, 0.05) / math.Sqrt(float64(test.n))
			fewer := detectableShift(test.n-1, 0.05) / math.Sqrt(float64(test.n-1))
			if enough > test.effect || fewer <= test.effect {
				t.Errorf("%d find %v, %d find %v", test.n, enough, test.n-1, fewer)
			}
		})
	}
}

func TestMinDetectableEffectIsMonotonic(t *testing.T) {
	for n := 3; n <= 10_000; n += 1 + n/3 {
		if more, fewer := MinDetectableEffect(n, 0.05, 1), MinDetectableEffect(n-1, 0.05, 1); !more.OK || more.X >= fewer.X {
			t.Errorf("%d rounds detect %v, one round fewer %v", n, more, fewer)
		}
	}
	if one, many := MinDetectableEffect(10, 0.05, 1), MinDetectableEffect(10, 0.05, 20); many.X <= one.X {
		t.Errorf("with 20 cells %v is detectable, with one cell %v", many, one)
	}
	if narrow, wide := MinDetectableEffect(10, 0.01, 1), MinDetectableEffect(10, 0.1, 1); wide.X <= 9*narrow.X {
		t.Errorf("with a spread of 1%% %v is detectable, with 10%% %v", narrow, wide)
	}
	if none := MinDetectableEffect(10, 0, 1); none != Of(0) {
		t.Errorf("without spread %v is detectable, want 0", none)
	}
	for _, v := range []Value{MinDetectableEffect(1, 0.05, 1), MinDetectableEffect(0, 0.05, 1), MinDetectableEffect(5, -1, 1), MinDetectableEffect(5, math.NaN(), 1)} {
		if v.OK {
			t.Errorf("%v is detectable, want an undefined value", v)
		}
	}
}
