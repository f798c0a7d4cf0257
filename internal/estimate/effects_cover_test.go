package estimate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// factorial returns cells with all combinations of levels.
func factorial(sizes ...int) (cells [][]int) {
	cells = [][]int{nil}
	for _, n := range sizes {
		var next [][]int
		for _, c := range cells {
			for level := range n {
				next = append(next, append(c[:len(c):len(c)], level))
			}
		}
		cells = next
	}
	return cells
}

// effectsTruth is a table whose true logarithms are known.
type effectsTruth struct {
	name  string
	clear bool // whether the cells differ clearly
	log   func(levels []int) float64
}

var effectsTruths = []effectsTruth{
	{"mixed", true, func(l []int) float64 {
		x := []float64{0, 0.15, -0.1, 0.3}[l[0]]
		if l[1] >= 0 {
			x -= []float64{0, 0.4, 0.7, 0.8}[l[1]] + 0.05*float64(l[0]*l[1])
		}
		if l[2] == 1 {
			x += 0.06
		}
		return x
	}},
	{"one factor", true, func(l []int) float64 {
		if l[1] < 0 {
			return 0.5
		}
		return []float64{0.8, 0.5, 0.2, 0.1}[l[1]]
	}},
	{"equal", false, func([]int) float64 { return 0 }},
}

// effectsNoises are noises with their spread relative to the others. In the last one the cells scatter
// differently.
var effectsNoises = []struct {
	noise
	part    float64
	unequal bool
}{
	{noise{"quiet", noiseModels[0].draw, 0}, 0.02, false},
	{noiseModels[0], 1, false},
	{noiseModels[1], 1, false},
	{noiseModels[2], 1, false},
	{noise{"unequal", noiseModels[1].draw, 0}, 1, true},
}

// effectsCounts are the results of simulated tables of one kind.
type effectsCounts struct {
	defined      share // tables with shares
	inner, outer share // intervals that contain the true share, if it is from 2 to 98%, or near 0 or 1
	ratio        share // intervals that contain the true ratio of two levels
	none, some   share // p below 0.05, of terms without and with an effect
}

func simulateEffects(cells [][]int, truth effectsTruth, noise int, rounds, runs int) (sum effectsCounts) {
	n := effectsNoises[noise]
	grid := NewGrid(cells)
	exact := make([]float64, len(cells))
	for c, levels := range cells {
		exact[c] = truth.log(levels)
	}
	truths := grid.Effects([][]float64{exact, exact})
	random := rand.New(rand.NewPCG(uint64(noise), uint64(rounds)))
	logs := make([][]float64, rounds)
	for r := range logs {
		logs[r] = make([]float64, len(cells))
	}
	for range runs {
		for r := range logs {
			slow := math.Log(n.at(r, rounds))
			for c := range logs[r] {
				part := n.part
				if n.unequal {
					part = []float64{0.2, 0.5, 1, 2}[c%4]
				}
				logs[r][c] = exact[c] + slow + part*math.Log(n.draw(random))
			}
		}
		for i, e := range grid.Effects(logs) {
			right := truths[i]
			if i == 0 {
				sum.defined.count(e.Share.OK)
			}
			if covered := contains(e.ShareCI, right.Share.X); e.Share.OK && math.Abs(right.Share.X-0.5) <= 0.48 {
				sum.inner.count(covered)
			} else if e.Share.OK {
				sum.outer.count(covered)
			}
			sum.ratio.count(contains(e.RatioCI, right.Levels[e.Worst].Ratio.X/right.Levels[e.Best].Ratio.X))
			if right.Ratio.X < 1+1e-9 {
				sum.none.count(e.P.X < 0.05)
			} else {
				sum.some.count(e.P.X < 0.05)
			}
		}
	}
	return sum
}

// TestEffectsCover simulates tables with known effects. The baseline of the second design has no level of two
// factors.
func TestEffectsCover(t *testing.T) {
	runs, _ := experiments(t)
	designs := []struct {
		name  string
		cells [][]int
	}{{"balanced", factorial(3, 4, 2)}, {"baseline", append(factorial(2, 4, 2), []int{2, -1, -1})}}
	sizes := []int{5, 10}
	at := func(i int) (design, truth, noise, rounds int) {
		design, i = i%len(designs), i/len(designs)
		truth, i = i%len(effectsTruths), i/len(effectsTruths)
		return design, truth, i / len(sizes), sizes[i%len(sizes)]
	}
	found := make([]effectsCounts, len(designs)*len(effectsTruths)*len(effectsNoises)*len(sizes))
	each(len(found), func(i int) {
		design, truth, noise, rounds := at(i)
		found[i] = simulateEffects(designs[design].cells, effectsTruths[truth], noise, rounds, runs)
	})
	t.Logf("%d tables each of 24 and 17 cells, spread %v%% (quiet: 0.2%%, unequal: 2 to 20%%)", runs, 100*spread)
	t.Log("                                     tables with   interval of the share    interval   p < 0.05 of terms")
	t.Log("                             rounds     shares   2 to 98%  others    of the effect  without  with effect")
	for i, s := range found {
		design, truth, noise, rounds := at(i)
		want := effectsTruths[truth]
		what := fmt.Sprintf("%s, %s, %s, %d rounds", designs[design].name, want.name, effectsNoises[noise].name, rounds)
		t.Logf("%-8s %-10s %-10s %2d     %s      %s  %s      %s        %s   %s", designs[design].name, want.name, effectsNoises[noise].name, rounds, s.defined, s.inner, s.outer, s.ratio, s.none, s.some)
		chance := func(p float64) float64 { return 3 * math.Sqrt(p*(1-p)/float64(runs)) }
		if s.ratio.part() < 0.95-chance(0.95) {
			t.Errorf("%s: the effect's interval contains the true ratio in %s", what, s.ratio)
		}
		if s.none.part() > 0.05+0.01+chance(0.05) {
			t.Errorf("%s: p is below 0.05 in %s of terms without an effect", what, s.none)
		}
		if !want.clear {
			if s.defined.part() > 0.01+chance(0.01) {
				t.Errorf("%s: %s of tables of equal cells have shares", what, s.defined)
			}
			continue
		}
		if s.defined.part() < 0.99-chance(0.99) {
			t.Errorf("%s: only %s of tables have shares", what, s.defined)
		}
		if p := s.inner.part(); s.inner.tries > 0 && (p < 0.91-chance(0.91) || p > 0.98+chance(0.98)) {
			t.Errorf("%s: the interval of a share from 2 to 98%% contains it in %s", what, s.inner)
		}
		if s.outer.part() < 0.91-chance(0.91) { // no upper limit: such an interval has one end
			t.Errorf("%s: the interval of a share near 0 or 1 contains it in %s", what, s.outer)
		}
	}
}
