package estimate

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestCompareIndependentByHand(t *testing.T) {
	// Logarithms 0, 2 and 1, 3: variances of the means 1 and 1, so two degrees of freedom
	// and t = 1/√2, where p = 1 - t/√(2+t²).
	r := CompareIndependent([]float64{1, math.Exp(2)}, []float64{math.E, math.Exp(3)})
	near(t, "p", r.P, 1-math.Sqrt(0.5/2.5), 9)

	// b̄ = 10, c̄ = 5, v_bb = 0: only the cell has an error, with two degrees of freedom,
	// and c̄/b̄ has Student's interval: 1/2 ± t √(1/3)/10.
	r = CompareIndependent([]float64{10, 10, 10, 10}, []float64{4, 5, 6})
	half := quantile(2) * math.Sqrt(1.0/3)
	low, high := r.CI.Bounds()
	near(t, "ratio", r.Value, 2, 15)
	near(t, "low", low, 10/(5+half), 9)
	near(t, "high", high, 10/(5-half), 9)
	if r.Pairs != 0 {
		t.Errorf("independent samples have %d pairs", r.Pairs)
	}
}

// TestIndependentAgreesWithTextbook solves the quadratic in its printed form.
func TestIndependentAgreesWithTextbook(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b, _ := noisy(random, 3+random.IntN(20), 3, 0.05, 0)
		c, _ := noisy(random, 3+random.IntN(20), 1, 0.01+0.1*random.Float64(), 0)
		mb, mc := stat.Mean(b, nil), stat.Mean(c, nil)
		vb, vc := stat.Variance(b, nil)/float64(len(b)), stat.Variance(c, nil)/float64(len(c))
		scaled := math.Pow(mb/mc, 2) * vc
		degrees := math.Pow(vb+scaled, 2) / (vb*vb/float64(len(b)-1) + scaled*scaled/float64(len(c)-1))
		t2 := math.Pow(student(degrees).Quantile(0.975), 2)
		a, k := mc*mc-t2*vc, mb*mb-t2*vb
		root := math.Sqrt(mb*mb*mc*mc - a*k)
		low, high := CompareIndependent(b, c).CI.Bounds()
		near(t, "low", low, (mb*mc-root)/a, 8)
		near(t, "high", high, (mb*mc+root)/a, 8)
	}
}

// TestIndependentIntervalCovers tries different sizes and variances, in every
// combination. It also shows how far the test with pooled variances is wrong here.
func TestIndependentIntervalCovers(t *testing.T) {
	runs, allowed := experiments(t)
	for _, test := range []struct {
		n, m                 int
		spreadOfB, spreadOfC float64
	}{{5, 5, 0.1, 0.1}, {5, 50, 0.2, 0.02}, {50, 5, 0.02, 0.2}, {10, 30, 0.05, 0.1}} {
		random := rand.New(rand.NewPCG(uint64(test.n), uint64(test.m)))
		var covered, found, pooled share
		for range runs {
			b, c := make([]float64, test.n), make([]float64, test.m)
			for i := range b {
				b[i] = 2 * math.Exp(test.spreadOfB*random.NormFloat64()-test.spreadOfB*test.spreadOfB/2)
			}
			for i := range c {
				c[i] = 2 * math.Exp(test.spreadOfC*random.NormFloat64()-test.spreadOfC*test.spreadOfC/2)
			}
			covered.count(contains(fiellerIndependent(b, c), 1))
			found.count(welch(b, c).X < 0.05)
			pooled.count(pooledP(b, c) < 0.05)
		}
		t.Logf("%2d of spread %v and %2d of %v: coverage %s, p below 5%% in %s, with pooled variances in %s",
			test.n, test.spreadOfB, test.m, test.spreadOfC, covered, found, pooled)
		if math.Abs(covered.part()-0.95) > allowed || math.Abs(found.part()-0.05) > allowed {
			t.Errorf("%+v: coverage %s, p below 5%% in %s", test, covered, found)
		}
		if test.n+test.m == 55 && pooled.part() < 0.2 {
			t.Errorf("%+v: pooled variances are wrong in only %s, so the test shows nothing", test, pooled)
		}
	}
}

// pooledP is Student's test for two samples, which assumes equal variances.
func pooledP(b, c []float64) float64 {
	n, m := float64(len(b)), float64(len(c))
	pooled := ((n-1)*stat.Variance(b, nil) + (m-1)*stat.Variance(c, nil)) / (n + m - 2)
	return tTest(stat.Mean(b, nil)-stat.Mean(c, nil), math.Sqrt(pooled*(1/n+1/m)), n+m-2).X
}

// TestIndependentRankCountsAllPlacements counts U over all placements of the samples.
func TestIndependentRankCountsAllPlacements(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		b, _ := noisy(random, 1+random.IntN(6), 1, 0.1, 0)
		c, _ := noisy(random, 1+random.IntN(6), 1.1, 0.1, 0)
		all := append(append([]float64(nil), b...), c...)
		wins := func(first int) (u int) {
			for i, x := range all {
				for j, y := range all {
					if first>>i&1 == 1 && first>>j&1 == 0 && x > y {
						u++
					}
				}
			}
			return min(u, len(b)*len(c)-u)
		}
		as, ways := 0, 0
		for first := range 1 << len(all) {
			if bits.OnesCount(uint(first)) == len(b) {
				ways++
				if wins(first) <= wins(1<<len(b)-1) {
					as++
				}
			}
		}
		near(t, "p", CompareIndependent(b, c).Rank, float64(as)/float64(ways), 9)
	}
}

func TestIndependentRankIsAtMostOne(t *testing.T) {
	// Both tails contain the tie, so twice the smaller tail is 4/3.
	if r := CompareIndependent([]float64{2}, []float64{2, 3}); r.Rank != Of(1) {
		t.Errorf("p is %v", r.Rank)
	}
}

func TestMinRankPEqualsRankOfSeparateSamples(t *testing.T) {
	for n := 1; n <= 8; n++ {
		for m := 1; m <= 8; m++ {
			b, c := make([]float64, n), make([]float64, m)
			for i := range b {
				b[i] = float64(i + 1)
			}
			for i := range c {
				c[i] = float64(100 + i)
			}
			near(t, "least p", Of(MinRankP(n, m)), CompareIndependent(b, c).Rank.X, 9)
		}
	}
	near(t, "4 and 4", Of(MinRankP(4, 4)), 2.0/70, 14)
	near(t, "none", Of(MinRankP(0, 5)), 1, 15)
	if p := MinRankP(5000, 5000); p < 0 || p > 1e-300 {
		t.Errorf("5,000 and 5,000 numbers: %v", p)
	}
}

func TestIndependentUndefinedValues(t *testing.T) {
	one := CompareIndependent([]float64{3}, []float64{1, 2, 3})
	if one.Value != Of(1.5) || one.CI != (Interval{}) || one.P.OK || !one.Rank.OK {
		t.Errorf("one number of the baseline: %+v", one)
	}
	for _, none := range []Ratio{CompareIndependent(nil, []float64{1, 2}), CompareIndependent([]float64{1, 2}, nil), CompareIndependent(nil, nil)} {
		if none != (Ratio{}) {
			t.Errorf("nothing to compare: %+v", none)
		}
	}
	if open := CompareIndependent([]float64{3, 3, 3}, []float64{1, 5}); !open.CI.Open || !open.Value.OK {
		t.Errorf("a cell whose mean may be 0: %+v", open)
	}
	if zero := CompareIndependent([]float64{0, 1, 1, 1}, []float64{1, 1, 2, 1}); zero.P.OK || !zero.CI.OK {
		t.Errorf("a time of 0 has no logarithm: %+v", zero)
	}
	same := CompareIndependent([]float64{2, 2, 2}, []float64{2, 2})
	if same.P != Of(1) || same.Rank != Of(1) || same.CI != (Interval{Low: 1, High: 1, OK: true}) {
		t.Errorf("equal samples: %+v", same)
	}
	twice := CompareIndependent([]float64{4, 4, 4}, []float64{2, 2})
	if twice.P != Of(0) || twice.CI != (Interval{Low: 2, High: 2, OK: true}) {
		t.Errorf("twice as fast: %+v", twice)
	}
}

func TestIndependentKeepsOrderOfArguments(t *testing.T) {
	b, c := []float64{3, 1, 2}, []float64{6, 4, 5}
	CompareIndependent(b, c)
	if b[0] != 3 || b[1] != 1 || c[0] != 6 || c[1] != 4 {
		t.Errorf("%v, %v", b, c)
	}
}
