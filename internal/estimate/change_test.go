package estimate

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestChangeByHand(t *testing.T) {
	// The means are 4, 2 in base and 4, 1 in next, so the speed-up doubles. The residuals are
	// ±1/2 in base and 0 in next: the variance of log 2 is 1/4, with one degree of freedom.
	base := Rounds{[]float64{2, 6}, []float64{2, 2}}
	next := Rounds{[]float64{4, 4}, []float64{1, 1}}
	r := CompareSpeedups(base, next)
	near(t, "change", r.Value, 2, 15)
	half := quantile(1) * 0.5
	low, high := r.CI.Bounds()
	near(t, "low", low, 2*math.Exp(-half), 9)
	near(t, "high", high, 2*math.Exp(half), 9)
	near(t, "p", r.P, 1-2*math.Atan(math.Log(2)/0.5)/math.Pi, 9) // Cauchy's distribution
}

// TestChangeIsTheDifferenceOfLogarithms compares the interval with the formulas for each run: var b/b̄² +
// var c/c̄² - 2 cov/(b̄ c̄), divided by n.
func TestChangeIsTheDifferenceOfLogarithms(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	variance := func(r Rounds) float64 {
		b, c := stat.Mean(r.Baseline, nil), stat.Mean(r.Cell, nil)
		return (stat.Variance(r.Baseline, nil)/(b*b) + stat.Variance(r.Cell, nil)/(c*c) - 2*stat.Covariance(r.Baseline, r.Cell, nil)/(b*c)) / float64(len(r.Cell))
	}
	for range 200 {
		var base, next Rounds
		base.Baseline, base.Cell = noisy(random, 3+random.IntN(20), 3, 0.05, 0.3)
		next.Baseline, next.Cell = noisy(random, 3+random.IntN(20), 2, 0.01+0.1*random.Float64(), 0)
		u, v := variance(base), variance(next)
		degrees := (u + v) * (u + v) / (u*u/float64(len(base.Cell)-1) + v*v/float64(len(next.Cell)-1))
		n, m := float64(len(base.Cell)), float64(len(next.Cell))
		degrees = min(degrees, (1/n+1/m)*(1/n+1/m)/(1/n/n/(n-1)+1/m/m/(m-1)))
		half := student(degrees).Quantile(0.975) * math.Sqrt(u+v)
		change := stat.Mean(next.Baseline, nil) / stat.Mean(next.Cell, nil) / (stat.Mean(base.Baseline, nil) / stat.Mean(base.Cell, nil))
		low, high := CompareSpeedups(base, next).CI.Bounds()
		near(t, "low", low, change*math.Exp(-half), 8)
		near(t, "high", high, change*math.Exp(half), 8)
	}
}

func TestChangeUndefined(t *testing.T) {
	two := Rounds{[]float64{2, 2.1}, []float64{1, 1.1}}
	for _, test := range []struct {
		what       string
		base, next Rounds
		want       Ratio
	}{
		{"no round", Rounds{}, two, Ratio{}},
		{"one round", Rounds{[]float64{2}, []float64{1}}, Rounds{[]float64{3}, []float64{1}}, Ratio{Value: Of(1.5)}},
		{"a baseline of 0", Rounds{[]float64{0, 0}, []float64{1, 1}}, two, Ratio{}},
		{"a cell of 0", two, Rounds{[]float64{1, 1}, []float64{0, 0}}, Ratio{}},
		{"the same", two, two, Ratio{Value: Of(1), P: Of(1), CI: CompareSpeedups(two, two).CI}},
	} {
		if got := CompareSpeedups(test.base, test.next); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.what, got, test.want)
		}
	}
	open := CompareSpeedups(Rounds{[]float64{3, 3, 3}, []float64{1, 5, 1}}, Rounds{[]float64{3, 3, 3}, []float64{1, 1.1, 1}})
	if !open.CI.Open || !open.Value.OK || Judge(open, open.P, Margin) != Inconclusive {
		t.Errorf("a cell whose mean may be 0: %+v", open)
	}
	exact := Rounds{[]float64{2, 2}, []float64{1, 1}}
	if r := CompareSpeedups(exact, exact); r.CI != (Interval{Low: 1, High: 1, OK: true}) || r.P != Of(1) {
		t.Errorf("equal times: %+v", r)
	}
}

// TestChangeByRoundOfACopy: a copy of a run has no change, however much its trials scatter. A copy
// on a machine that is exactly 10% slower has none either.
func TestChangeByRoundOfACopy(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, factor := range []float64{1, 1.1} {
		var base, next Rounds
		base.Baseline, base.Cell = noisy(random, 5, 3, 0.2, 0)
		base.Cell[0] = 20 // the mean may be 0, so the interval of each speed-up is open
		for i := range base.Cell {
			next.Baseline, next.Cell = append(next.Baseline, factor*base.Baseline[i]), append(next.Cell, factor*base.Cell[i])
		}
		if r := CompareSpeedupsByRound(base, next); r.CI != (Interval{Low: 1, High: 1, OK: true}) || r.P != Of(1) || r.Value != Of(1) {
			t.Errorf("a copy with a factor of %v: %+v", factor, r)
		}
	}
}

// changeOf simulates two runs of a table whose cells change by truth between them. The machine of
// the second run is slower by 30%, for all cells and baselines.
func changeOf(n noise, rounds [2]int, spreads [2]float64, runs int, truth float64) (sum counts) {
	random := rand.New(rand.NewPCG(uint64(rounds[0]), uint64(100*truth)+uint64(1000*n.drift)+uint64(rounds[1])))
	ratios, raw := make([]Ratio, cells), make([]Value, cells)
	for range runs {
		var table [2][cells]Rounds
		for run := range table {
			base := make([]float64, rounds[run])
			for c := range table[run] {
				table[run][c] = Rounds{base, make([]float64, rounds[run])}
			}
			machine := 1 + 0.3*float64(run)
			for i := range base {
				slow := machine * n.at(i, rounds[run])
				time := func() float64 { return 1 + (n.draw(random)-1)*spreads[run]/spread }
				base[i] = slow * time()
				for c := range table[run] {
					table[run][c].Cell[i] = slow * time() / (1.5 * math.Pow(truth, float64(run)))
				}
			}
		}
		for c := range ratios {
			ratios[c] = CompareSpeedups(table[0][c], table[1][c])
			raw[c] = ratios[c].P
			sum.speedup.count(contains(ratios[c].CI, truth))
		}
		sum.raw.count(anyDiffers(ratios, raw))
		sum.holm.count(anyDiffers(ratios, Holm(raw)))
	}
	return sum
}

// TestChangesOfSpeedupsCover simulates pairs of runs on machines of different speed, whose speed-ups are equal
// or differ by 10%.
func TestChangesOfSpeedupsCover(t *testing.T) {
	runs, allowed := experiments(t)
	type plan struct {
		noise   noise
		rounds  [2]int
		spreads [2]float64
	}
	var plans []plan
	for _, n := range noiseModels {
		for _, rounds := range [][2]int{{5, 5}, {10, 10}, {30, 30}, {5, 30}} {
			plans = append(plans, plan{n, rounds, [2]float64{spread, spread}})
		}
		plans = append(plans, plan{n, [2]int{10, 10}, [2]float64{0.02, 0.2}}, plan{n, [2]int{30, 5}, [2]float64{0.02, 0.2}})
	}
	equals, slowers := make([]counts, len(plans)), make([]counts, len(plans))
	each(len(plans), func(i int) {
		p := plans[i]
		equals[i] = changeOf(p.noise, p.rounds, p.spreads, runs, 1)
		slowers[i] = changeOf(p.noise, p.rounds, p.spreads, runs, 1/1.1)
	})
	t.Logf("%d pairs of runs each, a baseline and %d cells, the second machine is slower by 30%%", runs, cells)
	t.Log("            rounds    spreads           interval coverage    tables with faster or slower")
	t.Log("                                      equal   10% slower     p as is     Holm   10% slower")
	for i, p := range plans {
		equal, slower := equals[i], slowers[i]
		t.Logf("%-10s %2d and %2d   %3.0f%% and %2.0f%%   %s       %s      %s   %s       %s", p.noise.name, p.rounds[0], p.rounds[1], 100*p.spreads[0], 100*p.spreads[1], equal.speedup, slower.speedup, equal.raw, equal.holm, slower.holm)
		for _, found := range []counts{equal, slower} {
			if math.Abs(found.speedup.part()-0.95) > allowed {
				t.Errorf("%s, %v rounds: the interval of the change contains the true value in %s", p.noise.name, p.rounds, found.speedup)
			}
		}
		if chance := 3 * math.Sqrt(0.05*0.95/float64(runs)); equal.holm.part() > 0.05+chance {
			t.Errorf("%s, %v rounds: %s of tables of equal cells have a verdict of difference", p.noise.name, p.rounds, equal.holm)
		}
		if equal.raw.part() < 3*0.05 || slower.holm.part() < 1.5*equal.holm.part() {
			t.Errorf("%s, %v rounds: %s of equal tables differ without Holm's method, %s of slower tables with it: the test shows nothing", p.noise.name, p.rounds, equal.raw, slower.holm)
		}
	}
}
