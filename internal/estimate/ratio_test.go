package estimate

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestCompareByHand(t *testing.T) {
	// c̄ = 5, v_cc = 1/3, v_bb = v_bc = 0 and t² = 18.512820512820513 make the
	// quadratic 18.829059829 θ² - 100 θ + 100 <= 0.
	r := Compare([]float64{10, 10, 10}, []float64{4, 5, 6})
	near(t, "ratio", r.Value, 2, 15)
	low, high := r.CI.Bounds()
	a := 25 - 18.512820512820513/3
	near(t, "low", low, (50-math.Sqrt(2500-100*a))/a, 9)
	near(t, "high", high, (50+math.Sqrt(2500-100*a))/a, 9)

	// Log ratios 1 and 3: mean 2, deviation √2, t = 2 with one degree of
	// freedom, where p = 1 - 2/π atan(t).
	r = Compare([]float64{math.E, math.Exp(3)}, []float64{1, 1})
	near(t, "p", r.P, 1-2/math.Pi*math.Atan(2), 9)
}

// textbook solves Fieller's quadratic in its printed form.
func textbook(b, c []float64) (low, high float64) {
	n := float64(len(c))
	t2 := math.Pow(quantile(len(c)-1), 2)
	mb, mc := stat.Mean(b, nil), stat.Mean(c, nil)
	a := mc*mc - t2*stat.Variance(c, nil)/n
	h := mb*mc - t2*stat.Covariance(b, c, nil)/n
	k := mb*mb - t2*stat.Variance(b, nil)/n
	root := math.Sqrt(h*h - a*k)
	return (h - root) / a, (h + root) / a
}

// noisy returns n pairs whose means have the given ratio. Each number has a random
// spread, and both numbers of a pair share a drift.
func noisy(random *rand.Rand, n int, ratio, spread, drift float64) (b, c []float64) {
	for i := range n {
		common := 1 + drift*float64(i)/float64(n)
		b = append(b, ratio*common*(1+spread*random.NormFloat64()))
		c = append(c, common*(1+spread*random.NormFloat64()))
	}
	return b, c
}

func TestFiellerAgreesWithTextbook(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b, c := noisy(random, 4+random.IntN(20), 3, 0.02, 0.3)
		r := Compare(b, c)
		low, high := r.CI.Bounds()
		wantLow, wantHigh := textbook(b, c)
		near(t, "low", low, wantLow, 6)
		near(t, "high", high, wantHigh, 6)
		if r.CI.Low > r.Value.X || r.CI.High < r.Value.X {
			t.Fatalf("%v is outside %+v", r.Value, r.CI)
		}
	}
}

func TestFiellerKeepsPrecisionForSimilarTrials(t *testing.T) {
	// Twelve digits are equal, so the printed quadratic loses all digits.
	r := Compare([]float64{2 + 2e-12, 2, 2 - 2e-12}, []float64{1, 1, 1})
	low, high := r.CI.Bounds()
	half := quantile(2) * 2e-12 / math.Sqrt(3)
	near(t, "width", Of(high.X-low.X), 2*half, 3)
}

func TestSwappedArgumentsGiveReciprocal(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		b, c := noisy(random, 6, 2, 0.05, 0)
		there, back := Compare(b, c), Compare(c, b)
		low, high := there.CI.Bounds()
		near(t, "low", low, 1/back.CI.High, 9)
		near(t, "high", high, 1/back.CI.Low, 9)
		near(t, "p", there.P, back.P.X, 9)
	}
}

func TestDriftOfRoundCancels(t *testing.T) {
	b, c := []float64{8.1, 7.9, 8.2, 8}, []float64{2, 2.1, 1.9, 2}
	drifting := func(xs []float64) (list []float64) {
		for i, x := range xs {
			list = append(list, x*[]float64{1, 1.1, 1.3, 1.6}[i])
		}
		return list
	}
	calm, drifted := Compare(b, c), Compare(drifting(b), drifting(c))
	near(t, "p", drifted.P, calm.P.X, 9)

	exact := []float64{4 * 2, 4 * 2.1, 4 * 1.9, 4 * 2}
	r := Compare(drifting(exact), drifting(c))
	low, high := r.CI.Bounds()
	near(t, "low", low, 4, 12)
	near(t, "high", high, 4, 12)

	if alone := Describe(drifting(c)).CI; alone.High < 1.5*alone.Low {
		t.Errorf("the drift is too small for this test: %+v", alone)
	}
}

// TestFiellerCovers simulates many experiments and counts how often the interval contains
// the true value. With 2,000 experiments the standard error is half a percent.
func TestFiellerCovers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const experiments, truth = 2000, 2.5
	for _, n := range []int{3, 5, 10} {
		for _, drift := range []float64{0, 0.3} {
			covered := 0
			for range experiments {
				if r := Compare(noisy(random, n, truth, 0.05, drift)); r.CI.OK && r.CI.Low <= truth && truth <= r.CI.High {
					covered++
				}
			}
			if share := float64(covered) / experiments; share < 0.93 || share > 0.97 {
				t.Errorf("%d rounds, drift %v: coverage %.3f, want 0.95", n, drift, share)
			}
		}
	}
}

func TestOpenAndUndefinedIntervals(t *testing.T) {
	open := Compare([]float64{3, 3}, []float64{1, 5})
	if !open.CI.Open || open.CI.OK || !open.Value.OK {
		t.Errorf("a cell whose mean may be 0: %+v", open)
	}
	one := Compare([]float64{3}, []float64{1})
	if one.CI != (Interval{}) || one.P.OK || one.Value != Of(3) || one.Pairs != 1 {
		t.Errorf("one pair: %+v", one)
	}
	if none := Compare(nil, nil); none != (Ratio{}) {
		t.Errorf("no pair: %+v", none)
	}
	if zero := Compare([]float64{3, 3}, []float64{0, 0}); zero.Value.OK || zero.CI.OK || zero.P.OK {
		t.Errorf("a cell with a time of 0: %+v", zero)
	}
}

func TestEqualRoundsGiveNoNaN(t *testing.T) {
	same := Compare([]float64{2, 2, 2}, []float64{2, 2, 2})
	if same.P != Of(1) || same.CI != (Interval{Low: 1, High: 1, OK: true}) {
		t.Errorf("equal samples: %+v", same)
	}
	twice := Compare([]float64{4, 4, 4}, []float64{2, 2, 2})
	if twice.P != Of(0) || twice.CI != (Interval{Low: 2, High: 2, OK: true}) {
		t.Errorf("twice as fast: %+v", twice)
	}
}

// TestRatioPIsDualToTheInterval checks that the p value is 0.05 at both ends of the interval.
func TestRatioPIsDualToTheInterval(t *testing.T) {
	baseline, cell := []float64{10.1, 12, 9.7, 11.1}, []float64{5.2, 5.9, 5.4, 5.1}
	ci := Compare(baseline, cell).CI
	for ratio, want := range map[float64]float64{ci.Low: 0.05, ci.High: 0.05} {
		near(t, "p at an end", RatioP(baseline, cell, ratio), want, 9)
	}
	if inside, outside := RatioP(baseline, cell, (ci.Low+ci.High)/2), RatioP(baseline, cell, 2*ci.High); inside.X < 0.05 || outside.X > 0.05 {
		t.Errorf("p inside the interval %v, outside %v", inside, outside)
	}
	if p := RatioP(baseline[:1], cell[:1], 1); p.OK {
		t.Errorf("one pair has p = %v", p)
	}
	if p := RatioP([]float64{2, 2}, []float64{1, 1}, 2); p.X != 1 {
		t.Errorf("at an exact ratio p = %v, want 1", p)
	}
}
