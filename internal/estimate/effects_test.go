package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// residuals returns the sum of squares that columns do not explain.
func residuals(columns [][]float64, y []float64) float64 {
	a := mat.NewDense(len(y), len(columns), nil)
	for j, c := range columns {
		a.SetCol(j, c)
	}
	var svd mat.SVD
	svd.Factorize(a, mat.SVDThin)
	var u mat.Dense
	svd.UTo(&u)
	rest := slices.Clone(y)
	for k := range svd.Rank(1e-10) {
		dot := 0.0
		for i := range y {
			dot += u.At(i, k) * y[i]
		}
		for i := range y {
			rest[i] -= dot * u.At(i, k)
		}
	}
	sum := 0.0
	for _, x := range rest {
		sum += x * x
	}
	return sum
}

// TestTermsAreOfTypeII compares the sums of squares of grids with missing cells with fits of two models each.
func TestTermsAreOfTypeII(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		cells := factorial(3, 4, 2)
		random.Shuffle(len(cells), func(i, k int) { cells[i], cells[k] = cells[k], cells[i] })
		cells = cells[:12+random.IntN(13)]
		y := make([]float64, len(cells))
		for i := range y {
			y[i] = random.NormFloat64()
		}
		grid := NewGrid(cells)
		columns := func(b block) (list [][]float64) {
			for column := range b.n {
				x := make([]float64, len(cells))
				for c := range cells {
					if slices.Contains(grid.columns[c], b.first+column) {
						x[c] = 1
					}
				}
				list = append(list, x)
			}
			return list
		}
		_, sums := grid.sums([][]float64{y})
		for _, term := range grid.terms {
			var others [][]float64
			for _, b := range grid.blocks {
				if !b.contains(term.block) {
					others = append(others, columns(b)...)
				}
			}
			want := residuals(others, y) - residuals(append(others, columns(term.block)...), y)
			got := 0.0
			for _, u := range term.coordinates(sums[0], nil) {
				got += u * u
			}
			near(t, "sum of squares", Of(got), want, 8)
		}
	}
}

// effectsOf computes effects of times that have no noise.
func effectsOf(t *testing.T, cells [][]int, log func([]int) float64) []Effect {
	t.Helper()
	logs := make([]float64, len(cells))
	for c, levels := range cells {
		logs[c] = log(levels)
	}
	grid := NewGrid(cells)
	if grid == nil {
		t.Fatal("no grid")
	}
	return grid.Effects([][]float64{logs, logs, logs})
}

func TestEffectsByHand(t *testing.T) {
	// The rows differ by 4.5 on average, and the columns by 2.5. A corner is 1 above the sum, so each cell
	// differs by 0.25 from the sum of both effects.
	log := func(l []int) float64 { return 4*float64(l[0]) + 2*float64(l[1]) + float64(l[0]*l[1]) }
	effects := effectsOf(t, factorial(2, 2), log)
	if len(effects) != 3 {
		t.Fatalf("%d effects, want 3", len(effects))
	}
	total := 2.25*2.25 + 1.25*1.25 + 0.25*0.25
	for i, half := range []float64{2.25, 1.25, 0.25} {
		e := effects[i]
		near(t, "share", e.Share, half*half/total, 9)
		near(t, "ratio", e.Ratio, math.Exp(2*half), 9)
		if e.P != Of(0) || !e.ShareCI.OK || !e.RatioCI.OK {
			t.Errorf("effect %d: %+v", i, e)
		}
	}
	if e := effects[0]; e.Best != 0 || e.Worst != 1 {
		t.Errorf("best %d, worst %d", e.Best, e.Worst)
	}
	if e := effects[2]; !slices.Equal(e.Levels[e.Worst].Numbers, []int{0, 0}) && !slices.Equal(e.Levels[e.Worst].Numbers, []int{1, 1}) {
		t.Errorf("the slowest beyond both factors is %v", e.Levels[e.Worst].Numbers)
	}
}

// TestCellsWithoutFactor has a baseline without a number of workers. It is compared with the mean of the
// others.
func TestCellsWithoutFactor(t *testing.T) {
	cells := [][]int{{0, -1}, {1, 0}, {1, 1}, {1, 2}, {2, 0}, {2, 1}, {2, 2}}
	effects := effectsOf(t, cells, func(l []int) float64 {
		if l[1] < 0 {
			return 5
		}
		return []float64{3, 2, 1}[l[1]] + float64(l[0])/10
	})
	if len(effects) != 3 {
		t.Fatalf("%d effects, want strategy, workers and the pair", len(effects))
	}
	near(t, "strategy", effects[0].Ratio, math.Exp(5-2.1), 9)
	near(t, "workers", effects[1].Ratio, math.Exp(2), 9)
	near(t, "pair", effects[2].Ratio, 1, 9)
	if effects[2].P != Of(1) {
		t.Errorf("p of a pair without effect: %v", effects[2].P)
	}
	if len(effects[0].Levels) != 3 || len(effects[2].Levels) != 6 {
		t.Errorf("levels: %v, %v", effects[0].Levels, effects[2].Levels)
	}
}

// TestIncompletePair has a pair of factors of which one combination is missing. The pair explains nothing, and does
// not hide the difference from a cell without both factors.
func TestIncompletePair(t *testing.T) {
	cells := [][]int{{0, -1, -1}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {2, 0, 0}, {2, 1, 0}, {2, 1, 1}}
	effects := effectsOf(t, cells, func(l []int) float64 { return float64(3-l[0]) - float64(max(l[1], 0)) })
	for _, e := range effects {
		if slices.Equal(e.Factors, []int{1, 2}) {
			t.Errorf("an effect of the incomplete pair: %+v", e)
		}
	}
	if n := len(effects[0].Levels); n != 3 {
		t.Errorf("%d levels of the first factor are compared, want 3", n)
	}
}

func TestConfoundedFactors(t *testing.T) {
	// The first two factors have the same levels. Nothing distinguishes them, but the third one can be estimated.
	cells := [][]int{{0, 0, 0}, {0, 0, 1}, {1, 1, 0}, {1, 1, 1}}
	grid := NewGrid(cells)
	if got := grid.Confounded(); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("confounded: %v", got)
	}
	effects := effectsOf(t, cells, func(l []int) float64 { return float64(3*l[0] + l[2]) })
	if len(effects) != 1 || !slices.Equal(effects[0].Factors, []int{2}) {
		t.Fatalf("effects: %+v", effects)
	}
	near(t, "ratio", effects[0].Ratio, math.E, 9)

	// Levels 0 and 1 share a level of the other factor, level 2 does not.
	effects = effectsOf(t, [][]int{{0, 0}, {1, 0}, {2, 1}, {2, 1}}, func(l []int) float64 { return float64(l[0]) })
	if len(effects) != 1 || len(effects[0].Levels) != 2 {
		t.Fatalf("effects: %+v", effects)
	}
	near(t, "ratio of levels 0 and 1", effects[0].Ratio, math.E, 9)

	// Only one strategy has the second factor.
	effects = effectsOf(t, [][]int{{0, -1}, {1, 0}, {1, 1}}, func(l []int) float64 { return float64(l[0] + l[1]) })
	if len(effects) != 2 {
		t.Errorf("effects: %+v", effects)
	}
}

func TestEffectsOfFewRounds(t *testing.T) {
	grid := NewGrid(factorial(2, 2))
	one := grid.Effects([][]float64{{0, 1, 2, 3}})
	if e := one[0]; !e.Ratio.OK || e.RatioCI.OK || e.P.OK || e.Share.OK || e.Levels[0].CI.OK {
		t.Errorf("one round: %+v", e)
	}
	two := grid.Effects([][]float64{{0, 1, 2, 3.1}, {0.1, 1, 2, 3}})
	if e := two[0]; !e.RatioCI.OK || !e.P.OK || !e.Share.OK || e.ShareCI.OK {
		t.Errorf("two rounds: %+v", e)
	}
	equal := grid.Effects([][]float64{{1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}})
	if e := equal[0]; e.Share.OK || e.P != Of(1) || e.Ratio != Of(1) {
		t.Errorf("equal cells: %+v", e)
	}
	if grid.Effects(nil) != nil || NewGrid(factorial(500)) != nil || len(NewGrid(factorial(20, 25)).terms) != 2 {
		t.Error("no round, or too many levels")
	}
}
