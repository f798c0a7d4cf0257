package estimate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCompareRuns compares a speed-up with values computed by hand. The means are 1.1 and 0.8, the pooled
// variance is (0.02 + 0.02) / 4 = 0.01, and t is 2.776445 for 4 degrees of freedom.
func TestCompareRuns(t *testing.T) {
	r := CompareRuns([]float64{1, 1.1, 1.2}, []float64{0.7, 0.8, 0.9})
	half := 2.776445105 * math.Sqrt(0.01*2/3)
	if math.Abs(r.Value.X-math.Exp(0.3)) > 1e-12 || math.Abs(r.CI.Low-math.Exp(0.3-half)) > 1e-8 || math.Abs(r.CI.High-math.Exp(0.3+half)) > 1e-8 {
		t.Errorf("got %v, want %v ± %v of the logarithm", r, 0.3, half)
	}
	// P is 0.05 where an end of the interval is 1.
	if r := CompareRuns([]float64{1, 1.1, 1.2}, []float64{1 - half, 1.1 - half, 1.2 - half}); math.Abs(r.P.X-0.05) > 1e-6 || math.Abs(r.CI.Low-1) > 1e-8 {
		t.Errorf("p is %v for the interval %v", r.P, r.CI)
	}
}

func TestCompareRunsAtItsLimits(t *testing.T) {
	for _, test := range []struct {
		name       string
		base, next []float64
		want       Ratio
	}{
		{"no runs", nil, []float64{1}, Ratio{}},
		{"one on each side", []float64{1}, []float64{1}, Ratio{Value: Of(1)}},
		{"equal runs", []float64{1, 1}, []float64{1, 1 + 1e-15}, Ratio{Value: Of(1), CI: interval(1, 1), P: Of(1)}},
		{"too large", []float64{400, -400}, []float64{0}, Ratio{Value: Of(1), CI: Interval{Open: true}, P: Of(1)}},
	} {
		got := CompareRuns(test.base, test.next)
		if got.CI.OK && test.want.CI.OK && math.Abs(got.CI.Low-test.want.CI.Low)+math.Abs(got.CI.High-test.want.CI.High) < 1e-9 {
			got.CI = test.want.CI
		}
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	if r := CompareRuns([]float64{1}, []float64{1.1, 1.2}); !r.CI.OK || !r.P.OK {
		t.Errorf("one run against two: %+v", r)
	}
	for _, bad := range [][]float64{nil, {1, 0}, {-1, 2}} {
		if v := MeanLog(bad); v.OK {
			t.Errorf("the mean logarithm of %v is %v", bad, v)
		}
	}
}

// A runPlan says how often each side runs, and how much the mean of a run varies.
type runPlan struct {
	between    float64
	base, next int
}

// runCounts are the intervals that contain the true speed-up. The intervals pooled and welch are over runs.
// The interval single is over the trials of the first run of each side, and trials over the trials of all runs.
type runCounts struct{ pooled, welch, single, trials share }

// runsOf simulates the trials of each run, and of all runs together. spread is the spread of a trial, as in
// noiseModels.
func (n noise) runsOf(random *rand.Rand, runs int, between, mean float64) (logs []float64, trials [][]float64) {
	const rounds = 5
	for range runs {
		run := mean * math.Exp(between*random.NormFloat64())
		list := make([]float64, rounds)
		for i := range list {
			list[i] = run * n.at(i, rounds) * n.draw(random)
		}
		logs, trials = append(logs, MeanLog(list).X), append(trials, list)
	}
	return logs, trials
}

func simulateRuns(n noise, p runPlan, runs int) (s runCounts) {
	const truth = 1 / 1.1
	random := rand.New(rand.NewPCG(uint64(10*p.base+p.next), uint64(1000*p.between)+uint64(1000*n.drift)))
	join := func(list [][]float64) (all []float64) {
		for _, one := range list {
			all = append(all, one...)
		}
		return all
	}
	for range runs {
		base, baseTrials := n.runsOf(random, p.base, p.between, 1)
		next, nextTrials := n.runsOf(random, p.next, p.between, 1/truth)
		s.pooled.count(contains(CompareRuns(base, next).CI, truth))
		if p.base > 1 && p.next > 1 {
			b, c := estimateMean(base), estimateMean(next)
			half := student(satterthwaite(b, c)).Quantile(1-(1-Confidence)/2) * math.Sqrt(b.variance+c.variance)
			s.welch.count(math.Abs(b.mean-c.mean-math.Log(truth)) <= half)
		}
		s.single.count(contains(fiellerIndependent(baseTrials[0], nextTrials[0]), truth))
		s.trials.count(contains(fiellerIndependent(join(baseTrials), join(nextTrials)), truth))
	}
	return s
}

// TestRunIntervalsCover simulates runs of 5 trials, whose means vary from run to run. The interval over runs
// contains the true speed-up, and an interval over trials does not.
func TestRunIntervalsCover(t *testing.T) {
	runs, allowed := experiments(t)
	var plans []runPlan
	for _, between := range []float64{0, 0.02, 0.1} {
		for _, sides := range [][2]int{{1, 2}, {2, 2}, {3, 3}, {2, 5}, {5, 5}} {
			plans = append(plans, runPlan{between, sides[0], sides[1]})
		}
	}
	found := make([]runCounts, len(noiseModels)*len(plans))
	each(len(found), func(i int) {
		found[i] = simulateRuns(noiseModels[i/len(plans)], plans[i%len(plans)], runs)
	})
	t.Logf("%d experiments each, 5 trials in each run, spread of a trial %v%%", runs, 100*spread)
	t.Log("            spread between    runs         interval coverage over")
	t.Log("                      runs                   runs   Welch   trials of 1 run a side   of all runs")
	for i, s := range found {
		n, p := noiseModels[i/len(plans)], plans[i%len(plans)]
		welch := "     –"
		if s.welch.tries > 0 {
			welch = s.welch.String()
		}
		t.Logf("%-10s            %3.0f%%   %d + %d         %s  %s                   %s        %s", n.name, 100*p.between, p.base, p.next, s.pooled, welch, s.single, s.trials)
		if math.Abs(s.pooled.part()-0.95) > allowed {
			t.Errorf("%s, spread %v between runs, %d and %d runs: the interval contains the true value in %s", n.name, p.between, p.base, p.next, s.pooled)
		}
		if p.between == 0.1 && s.trials.part() > 0.9 {
			t.Errorf("%s, %d and %d runs: an interval over trials covers %s, so the test shows nothing", n.name, p.base, p.next, s.trials)
		}
	}
}
