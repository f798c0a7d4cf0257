package estimate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSequence compares p values with results of numerical integration: the likelihood of the
// numbers is integrated over the deviation, and over the prior of mean / deviation. The bounds come from a search
// for the means with the p value 0.05.
func TestSequence(t *testing.T) {
	for _, test := range []struct {
		numbers   []float64
		p         float64
		low, high float64
	}{
		{numbers: []float64{0.1, 0.12, 0.09}, p: 0.0552068152},
		{numbers: []float64{0.02, -0.05, 0.04, 0.01, 0.03}, p: 1}, // 1/M is 5.65
		{numbers: []float64{0.11, 0.08, 0.13, 0.1, 0.09, 0.12, 0.07}, p: 0.000270251150560, low: 0.0623546318, high: 0.1376453682},
		{numbers: []float64{-0.2, -0.1, -0.3, -0.25, -0.15, -0.2, -0.22, -0.18, -0.05, -0.11}, p: 0.000738564523795},
	} {
		mean, deviation := meanDeviation(test.numbers)
		n := len(test.numbers)
		if p := sequenceP(n, mean, deviation); math.Abs(p.X/test.p-1) > 1e-9 {
			t.Errorf("%v: p = %v, want %v", test.numbers, p.X, test.p)
		}
		i := sequenceInterval(n, mean, deviation, 0.05)
		if test.high != 0 && (math.Abs(i.Low-test.low) > 1e-8 || math.Abs(i.High-test.high) > 1e-8) {
			t.Errorf("%v: the interval is %v, want %v to %v", test.numbers, i, test.low, test.high)
		}
		// A mean at the end of the interval has the level as its p value.
		if p := sequenceP(n, Of(mean.X-i.Low), deviation); i.OK && math.Abs(p.X-0.05) > 1e-9 {
			t.Errorf("%v: the p value at the end of the interval is %v", test.numbers, p)
		}
	}
	if p := sequenceP(4, Of(0.1), Of(0)); math.Abs(p.X-math.Pow(41, -1.5)) > 1e-12 {
		t.Errorf("equal numbers have the p value %v", p)
	}
	if i := sequenceInterval(2, Of(0.1), Of(0.01), 0.05); i.OK || !i.Open {
		t.Errorf("two numbers have the interval %+v, want an open one", i)
	}
}

// TestCompareSequence checks which pairs have no interval, and that swapped cells have the reciprocal.
func TestCompareSequence(t *testing.T) {
	a, b := []float64{2, 2.1, 1.9, 2, 2.05}, []float64{1, 1.02, 0.97, 1.01, 1}
	r, back := CompareSequence(a, b), CompareSequence(b, a)
	if !r.CI.OK || math.Abs(r.CI.Low*back.CI.High-1) > 1e-12 || r.P != back.P || r.Rank.OK {
		t.Errorf("%+v and swapped %+v", r, back)
	}
	if r := CompareSequence([]float64{1, 0, 1}, []float64{1, 1, 1}); r.CI.OK || r.P.OK || !r.Value.OK {
		t.Errorf("with a time of 0: %+v", r)
	}
	if r := CompareSequence(nil, nil); r.CI.OK || r.P.OK || r.Value.OK {
		t.Errorf("without pairs: %+v", r)
	}
}

// TestCompareSequenceValue checks that the value is the middle of its interval on the scale of logarithms, also for an
// outlier that moves the ratio of the means out of it.
func TestCompareSequenceValue(t *testing.T) {
	baseline, cell := make([]float64, 40), make([]float64, 40)
	for i := range cell {
		baseline[i], cell[i] = 1+0.01*float64(i%3), 1+0.01*float64(i%2)
	}
	baseline[7] = 1e6
	r := CompareSequence(baseline, cell)
	if middle := math.Sqrt(r.CI.Low * r.CI.High); !r.Value.OK || math.Abs(r.Value.X/middle-1) > 1e-9 {
		t.Errorf("the value is %v, want %v, the middle of %v", r.Value, middle, r.CI)
	}
}

// A raceTruth is a table with known logarithms of times. Noise has the mean 0.
type raceTruth struct {
	name  string
	cells []float64
	noise func(*rand.Rand) float64
}

func normalNoise(r *rand.Rand) float64 { return 0.05 * r.NormFloat64() }

// skewedNoise is the logarithm of 1 + the excess of a log-normal time: most trials take about as long,
// and a few take much longer. The spread is about 5% again.
func skewedNoise(r *rand.Rand) float64 {
	const sigma, scale = 0.8, 0.045
	return math.Log1p(scale*math.Exp(sigma*r.NormFloat64())) - skewedMean
}

// skewedMean is the mean of the logarithm in skewedNoise.
var skewedMean = func() (sum float64) {
	const steps = 100_000
	for i := range steps {
		sum += math.Log1p(0.045 * math.Exp(0.8*math.Sqrt2*math.Erfinv(2*(float64(i)+0.5)/steps-1)))
	}
	return sum / steps
}()

// contest returns 100 cells: ten whose times are within 5% of the best, evenly, and the others from
// from to most behind it.
func contest(from, most float64) []float64 {
	cells := make([]float64, 100)
	for i := range cells {
		behind := 0.05 * float64(i) / 9
		if i >= 10 {
			behind = from + (most-from)*float64(i-10)/89
		}
		cells[i] = math.Log1p(behind)
	}
	return cells
}

// raceCounts are the results of races.
type raceCounts struct {
	covered    share // the interval of the ratio of the last cell to the first contains the truth
	named      share // the named cell is within 2% of the best
	lost       share // the best cell was dropped
	ended      share // the race ended before the last round
	within     share // ended races in which all cells that were left are within the margin
	trials, of int
}

func (c *raceCounts) add(more raceCounts) {
	for to, from := range map[*share]share{&c.named: more.named, &c.lost: more.lost, &c.ended: more.ended, &c.within: more.within, &c.covered: more.covered} {
		to.tries, to.hits = to.tries+from.tries, to.hits+from.hits
	}
	c.trials, c.of = c.trials+more.trials, c.of+more.of
}

const raceMost = 60

// race runs races as a run does: after each round it measures only the cells that are left.
func (truth raceTruth) race(random *rand.Rand, within float64, runs int) (sum raceCounts) {
	k := len(truth.cells)
	logs := make([]float64, k*raceMost)
	for range runs {
		r := NewRace(5, within, k)
		for r.Rounds < raceMost && r.Ended == 0 {
			for c, mean := range truth.cells {
				if r.Dropped[c] == 0 {
					logs[c*raceMost+r.Rounds] = mean + truth.noise(random)
					r.Logs[c] = logs[c*raceMost : c*raceMost+r.Rounds+1]
					sum.trials++
				}
			}
			r.Decide()
		}
		sum.of += k * raceMost
		r.sortLeaders()
		sum.lost.count(r.Dropped[0] > 0)
		sum.covered.count(truth.covers(r))
		sum.named.count(len(r.leaders) > 0 && truth.cells[r.leaders[0]] <= math.Log1p(0.02))
		sum.ended.count(r.Ended > 0 && r.Ended < raceMost)
		if r.Ended > 0 {
			holds := true
			for _, c := range r.leaders {
				holds = holds && truth.cells[c] <= math.Log1p(within)
			}
			sum.within.count(holds)
		}
	}
	return sum
}

// covers reports whether the interval of the last cell and the first contains the true ratio, after the rounds
// that both have.
func (truth raceTruth) covers(r *Race) bool {
	k := len(truth.cells)
	n, mean, squares := r.pairs(0, k-1)
	i := sequenceInterval(n, Of(mean), Of(math.Sqrt(squares/float64(n-1))), Significance)
	return contains(i, truth.cells[k-1]-truth.cells[0])
}

// TestRacesCover simulates races. The first cell is the best.
func TestRacesCover(t *testing.T) {
	runs, _ := experiments(t)
	chance := 3 * math.Sqrt(0.05*0.95/float64(runs))
	equal := make([]float64, 30)
	for i, test := range []struct {
		raceTruth
		within, most float64 // most is the largest share of the trials
	}{
		{raceTruth{"from 10% up", contest(0.10, 1), normalNoise}, 0.02, 0.40},
		{raceTruth{"all others at 10%", contest(0.10, 0.10), normalNoise}, 0.02, 0.40},
		{raceTruth{"log-normal", contest(0.10, 1), skewedNoise}, 0.02, 0.40},
		{raceTruth{"quiet", contest(0.10, 1), func(r *rand.Rand) float64 { return 0.005 * r.NormFloat64() }}, 0.02, 0.40},
		{raceTruth{"all equal", equal, normalNoise}, 0.02, 1},
		{raceTruth{"all equal, within 8%", equal, normalNoise}, 0.08, 1},
		{raceTruth{"all equal, log-normal, within 8%", equal, skewedNoise}, 0.08, 1},
	} {
		const parts = 20
		var found [parts]raceCounts
		each(parts, func(part int) {
			found[part] = test.race(rand.New(rand.NewPCG(uint64(i), uint64(part))), test.within, (runs+parts-1)/parts)
		})
		var sum raceCounts
		for _, f := range found {
			sum.add(f)
		}
		part := float64(sum.trials) / float64(sum.of)
		t.Logf("%-32s named within 2%%: %s  best dropped: %s  interval covers: %s  trials: %5.1f%%  ended before the maximum: %s  with all within the margin: %d of %d", test.name, sum.named, sum.lost, sum.covered, 100*part, sum.ended, sum.within.hits, sum.within.tries)
		if sum.covered.part() < 0.95-chance {
			t.Errorf("%s: the interval of a ratio contains the truth in %s", test.name, sum.covered)
		}
		if sum.named.part() < 0.95-chance || sum.lost.part() > 0.05+chance || part > test.most {
			t.Errorf("%s: the named cell is within 2%% in %s, the best was dropped in %s, with %.0f%% of the trials", test.name, sum.named, sum.lost, 100*part)
		}
		if sum.within.tries > 0 && sum.within.part() < 0.95-chance {
			t.Errorf("%s: the cells that were left are within the margin in %s", test.name, sum.within)
		}
	}
}
