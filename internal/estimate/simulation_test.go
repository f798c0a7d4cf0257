package estimate

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"golang.org/x/sync/errgroup"
)

// These tests simulate thousands of experiments with a known truth, and count how often
// the results of this package are true. With -v they print the counts.

// cells is the number of cells that a simulated table compares with its baseline.
const cells = 8

// spread is the standard deviation of a single trial, as a fraction of its mean.
const spread = 0.1

// A noise is a model of how times vary. Without drift the mean of a time is 1.
type noise struct {
	name  string
	draw  func(*rand.Rand) float64
	drift float64 // relative drift of the machine over all rounds, common to the trials of a round
}

var noiseModels = []noise{
	{"normal", func(r *rand.Rand) float64 { return 1 + spread*r.NormFloat64() }, 0},
	{"log-normal", func(r *rand.Rand) float64 { return math.Exp(spread*r.NormFloat64() - spread*spread/2) }, 0},
	{"drifting", func(r *rand.Rand) float64 { return 1 + spread*r.NormFloat64() }, 0.3},
}

// at returns the factor by which the machine is slower in a round.
func (n noise) at(round, rounds int) float64 {
	return 1 + n.drift*float64(round)/float64(rounds)
}

// mean returns the true mean of the baseline over the first rounds of a plan.
func (n noise) mean(rounds, plan int) (sum float64) {
	for i := range rounds {
		sum += n.at(i, plan)
	}
	return sum / float64(rounds)
}

var simulated = flag.Int("simulate", 2000, "number of simulated experiments of each kind")

// experiments returns the number of experiments of each kind, and the allowed error of a
// share that should be 95%. The error is 1.5% at 10,000 experiments. For fewer
// experiments it includes the additional random error. These tests take long.
func experiments(t *testing.T) (runs int, allowed float64) {
	t.Helper()
	if testing.Short() {
		t.Skip("simulating thousands of experiments takes long")
	}
	runs = *simulated
	if raceEnabled {
		runs /= 2
	}
	chance := func(n float64) float64 { return 3 * math.Sqrt(0.95*0.05/n) }
	return runs, 0.015 + chance(float64(runs)) - chance(10_000)
}

// each calls a function for every number below n, on all processors.
func each(n int, call func(i int)) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error { call(i); return nil })
	}
	group.Wait() // no call fails
}

func contains(i Interval, truth float64) bool {
	return i.OK && i.Low <= truth && truth <= i.High
}

// A share counts the tries and the hits among them.
type share struct{ tries, hits int }

func (s *share) count(hit bool) {
	s.tries++
	if hit {
		s.hits++
	}
}

func (s share) part() float64  { return float64(s.hits) / float64(s.tries) }
func (s share) String() string { return fmt.Sprintf("%5.1f%%", 100*s.part()) }

// counts are the results of one kind of experiments.
type counts struct {
	mean, speedup share // intervals that contain the true value
	raw, holm     share // tables with a verdict faster or slower
	rank          share // the same with Holm's method on the rank test
}

// tables simulates experiments in which the time of each cell is the time of the baseline
// divided by truth.
func tables(n noise, rounds, runs int, truth float64) (sum counts) {
	random := rand.New(rand.NewPCG(uint64(rounds), uint64(100*truth)+uint64(1000*n.drift)))
	base := make([]float64, rounds)
	var table [cells][]float64
	for c := range table {
		table[c] = make([]float64, rounds)
	}
	ratios, raw, ranks := make([]Ratio, cells), make([]Value, cells), make([]Value, cells)
	for range runs {
		for i := range rounds {
			slow := n.at(i, rounds)
			base[i] = slow * n.draw(random)
			for c := range table {
				table[c][i] = slow * n.draw(random) / truth
			}
		}
		for c := range table {
			ratios[c] = Compare(base, table[c])
			raw[c], ranks[c] = ratios[c].P, ratios[c].Rank
		}
		mean, deviation := meanDeviation(base)
		sum.mean.count(contains(studentInterval(rounds, mean, deviation), n.mean(rounds, rounds)))
		sum.speedup.count(contains(ratios[0].CI, truth))
		sum.raw.count(anyDiffers(ratios, raw))
		sum.holm.count(anyDiffers(ratios, Holm(raw)))
		sum.rank.count(anyDiffers(ratios, Holm(ranks)))
	}
	return sum
}

func anyDiffers(ratios []Ratio, ps []Value) bool {
	for c, r := range ratios {
		if v := Judge(r, ps[c], Margin); v == Faster || v == Slower {
			return true
		}
	}
	return false
}

// TestIntervalsCover simulates equal cells and cells that are 10% slower, with fixed
// numbers of rounds.
func TestIntervalsCover(t *testing.T) {
	runs, allowed := experiments(t)
	sizes := []int{5, 10, 30}
	equals, slowers := make([]counts, len(noiseModels)*len(sizes)), make([]counts, len(noiseModels)*len(sizes))
	each(len(equals), func(i int) {
		n, rounds := noiseModels[i/len(sizes)], sizes[i%len(sizes)]
		equals[i] = tables(n, rounds, runs, 1)
		slowers[i] = tables(n, rounds, runs, 1/1.1)
	})
	t.Logf("%d experiments each, spread %v%%, a baseline and %d cells", runs, 100*spread, cells)
	t.Log("                             interval coverage       tables with faster or slower")
	t.Log("                   rounds      mean  speed-up      p as is    Holm   rank, Holm")
	for i, equal := range equals {
		n, rounds, slower := noiseModels[i/len(sizes)], sizes[i%len(sizes)], slowers[i]
		line := func(what string, s counts) {
			t.Logf("%-10s %-10s %3d    %s    %s       %s  %s       %s", n.name, what, rounds, s.mean, s.speedup, s.raw, s.holm, s.rank)
		}
		line("equal", equal)
		line("10% slower", slower)
		for _, found := range []counts{equal, slower} {
			if math.Abs(found.speedup.part()-0.95) > allowed {
				t.Errorf("%s, %d rounds: the speed-up's interval contains the true value in %s", n.name, rounds, found.speedup)
			}
			// A drift widens the interval of a mean, so a higher coverage is correct.
			if off := found.mean.part() - 0.95; off < -allowed || off > allowed && n.drift == 0 {
				t.Errorf("%s, %d rounds: the mean's interval contains the true value in %s", n.name, rounds, found.mean)
			}
		}
		chance := 3 * math.Sqrt(0.05*0.95/float64(runs))
		if equal.holm.part() > 0.05+chance || equal.rank.part() > 0.05+chance {
			t.Errorf("%s, %d rounds: %s of tables of equal cells have a verdict of difference (by rank %s)", n.name, rounds, equal.holm, equal.rank)
		}
		if equal.raw.part() < 3*0.05 {
			t.Errorf("%s, %d rounds: only %s of tables are wrong without Holm's method, so the test shows nothing about it", n.name, rounds, equal.raw)
		}
		if slower.holm.part() < 3*equal.holm.part() {
			t.Errorf("%s, %d rounds: a real difference is found in %s, a false one in %s", n.name, rounds, slower.holm, equal.holm)
		}
	}
}

// adaptiveCounts are the results of experiments with adaptive repeats.
type adaptiveCounts struct {
	speedup, mean share
	rounds        int
}

// runAdaptive simulates experiments with two equal cells that stop by the rule, after at
// least least rounds and at most most rounds.
func runAdaptive(n noise, least, most, runs int, width float64) (s adaptiveCounts) {
	random := rand.New(rand.NewPCG(uint64(least), uint64(1e6*width)))
	base, cell := make([]float64, most), make([]float64, most)
	for range runs {
		done, rounds, alone := false, 0, 0
		for i := 0; i < most && (!done || alone == 0); i++ {
			slow := n.at(i, most)
			base[i], cell[i] = slow*n.draw(random), slow*n.draw(random)
			if i+1 < least {
				continue
			}
			last := i+1 == most
			if !done && (last || isPrecise(base[:i+1], cell[:i+1], width)) {
				done, rounds = true, i+1
			}
			if alone == 0 && (last || isMeanPrecise(base[:i+1], width/math.Sqrt2)) {
				alone = i + 1
			}
		}
		s.rounds += rounds
		s.speedup.count(contains(fieller(base[:rounds], cell[:rounds]), 1))
		mean, deviation := meanDeviation(base[:alone])
		s.mean.count(contains(studentInterval(alone, mean, deviation), n.mean(alone, most)))
	}
	return s
}

// TestAdaptiveIntervalsCover checks that stopping at a width does not reduce the
// coverage, for widths that are easy, reached on the way, or out of reach.
func TestAdaptiveIntervalsCover(t *testing.T) {
	runs, allowed := experiments(t)
	type plan struct {
		noise       noise
		least, most int
		width       float64
	}
	var plans []plan
	for _, n := range noiseModels {
		for _, least := range []int{5, 10, 30} {
			for _, need := range []float64{0.1, 0.5, 1.5, 3} {
				// The width that need times the minimum number of rounds reaches.
				width := 2 * 1.96 * spread * math.Sqrt(2/(need*float64(least)))
				plans = append(plans, plan{n, least, min(100, 8*least), width})
			}
		}
	}
	found := make([]adaptiveCounts, len(plans))
	each(len(plans), func(i int) {
		found[i] = runAdaptive(plans[i].noise, plans[i].least, plans[i].most, runs, plans[i].width)
	})
	t.Logf("%d experiments each, spread %v%%; widths as parts of the speed-up", runs, 100*spread)
	t.Log("                              rounds it took    interval coverage")
	t.Log("            rounds    width       on average    speed-up     mean")
	for i, p := range plans {
		s, n := found[i], p.noise
		t.Logf("%-10s %2d to %3d  %5.1f%%   %14.1f      %s   %s", n.name, p.least, p.most, 100*p.width, float64(s.rounds)/float64(runs), s.speedup, s.mean)
		if math.Abs(s.speedup.part()-0.95) > allowed {
			t.Errorf("%s, %d to %d rounds, width %.3f: the speed-up's interval contains the true value in %s", n.name, p.least, p.most, p.width, s.speedup)
		}
		if off := s.mean.part() - 0.95; off < -allowed || off > allowed && n.drift == 0 {
			t.Errorf("%s, %d to %d rounds, width %.3f: the mean's interval contains the true value in %s", n.name, p.least, p.most, p.width, s.mean)
		}
	}
}

// adaptiveTables simulates experiments in which each cell stops by the rule when its own
// interval is narrow enough. The baseline stops with the last cell.
func adaptiveTables(n noise, least, most, runs int, width, truth float64) (sum counts) {
	random := rand.New(rand.NewPCG(uint64(least), uint64(100*truth)+uint64(1000*n.drift)))
	base := make([]float64, most)
	var table [cells][]float64
	for c := range table {
		table[c] = make([]float64, most)
	}
	ratios, raw := make([]Ratio, cells), make([]Value, cells)
	for range runs {
		for i := range most {
			slow := n.at(i, most)
			base[i] = slow * n.draw(random)
			for c := range table {
				table[c][i] = slow * n.draw(random) / truth
			}
		}
		for c, cell := range table {
			rounds := least
			for rounds < most && !isPrecise(base[:rounds], cell[:rounds], width) {
				rounds++
			}
			ratios[c] = Compare(base[:rounds], cell[:rounds])
			raw[c] = ratios[c].P
			sum.speedup.count(contains(ratios[c].CI, truth))
		}
		sum.raw.count(anyDiffers(ratios, raw))
		sum.holm.count(anyDiffers(ratios, Holm(raw)))
	}
	return sum
}

// TestAdaptiveVerdicts checks that stopping at a width gives no more false differences
// among equal cells than a fixed number of rounds.
func TestAdaptiveVerdicts(t *testing.T) {
	runs, allowed := experiments(t)
	minimums := []int{5, 10, 30}
	equals, slowers := make([]counts, len(noiseModels)*len(minimums)), make([]counts, len(noiseModels)*len(minimums))
	widthOf := func(least int) float64 { return 2 * 1.96 * spread * math.Sqrt(2/(1.5*float64(least))) }
	each(2*len(equals), func(i int) {
		n, least := noiseModels[i/2/len(minimums)], minimums[i/2%len(minimums)]
		if i%2 == 0 {
			equals[i/2] = adaptiveTables(n, least, 3*least, runs, widthOf(least), 1)
		} else {
			slowers[i/2] = adaptiveTables(n, least, 3*least, runs, widthOf(least), 1/1.1)
		}
	})
	t.Logf("%d experiments each, spread %v%%, a baseline and %d cells, each until it is precise", runs, 100*spread, cells)
	t.Log("                                       interval coverage     tables with faster or slower")
	t.Log("                        rounds  width      speed-up            p as is    Holm")
	for i, equal := range equals {
		n, least, slower := noiseModels[i/len(minimums)], minimums[i%len(minimums)], slowers[i]
		for k, s := range []counts{equal, slower} {
			what := []string{"equal", "10% slower"}[k]
			t.Logf("%-10s %-10s %2d to %2d  %4.1f%%       %s             %s   %s", n.name, what, least, 3*least, 100*widthOf(least), s.speedup, s.raw, s.holm)
			if math.Abs(s.speedup.part()-0.95) > allowed {
				t.Errorf("%s, %s, from %d rounds: the speed-up's interval contains the true value in %s", n.name, what, least, s.speedup)
			}
		}
		if chance := 3 * math.Sqrt(0.05*0.95/float64(runs)); equal.holm.part() > 0.05+0.01+chance {
			t.Errorf("%s, from %d rounds: %s of tables of equal cells have a verdict of difference", n.name, least, equal.holm)
		}
		if equal.raw.part() < 3*0.05 || slower.holm.part() < 3*equal.holm.part() {
			t.Errorf("%s, from %d rounds: %s of equal tables differ without Holm's method, %s of slower tables with it: the test shows nothing", n.name, least, equal.raw, slower.holm)
		}
	}
}
