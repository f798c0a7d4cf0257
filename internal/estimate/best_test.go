package estimate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestBestSetOfTable checks a table with a clear best cell, two cells that cannot be told apart, missing rounds and cells
// without a place.
func TestBestSetOfTable(t *testing.T) {
	nan := math.NaN()
	got := BestSet([][]float64{
		{2.00, 2.10, 1.90, 2.05, 2.00, 1.98},
		{1.00, 1.05, 0.95, 1.02, 1.00, 0.99},
		{1.01, 1.04, 0.96, 1.02, nan, 0.98},
		{nan, nan, nan, nan, nan, 0.01},
		{3, 3, 3, 3, 3, 0},
		{4.00, nan, 3.80, 4.10, 4.00, 3.96},
	})
	for i, want := range []struct {
		rank int
		in   bool
	}{{3, false}, {1, true}, {2, true}, {0, false}, {4, false}, {5, false}} {
		if got[i].Rank != want.rank || got[i].InBestSet != want.in {
			t.Errorf("cell %d: got %+v, want rank %d, in the set %v", i, got[i], want.rank, want.in)
		}
	}
	if b := got[0]; math.Abs(b.Behind.X-1) > 0.02 || !contains(b.BehindCI, 1) || b.BehindCI.Low < 0.9 {
		t.Errorf("the cell that takes twice the time: %+v", b)
	}
	if b := got[1]; b.Behind.X != 0 || b.BehindCI.Low != 0 || !b.BehindCI.OK {
		t.Errorf("the first cell: %+v", b)
	}
	for _, times := range [][][]float64{nil, {{1, 2}}, {{1}, {2}}} {
		list := BestSet(times)
		if len(list) != len(times) || len(times) == 1 && (list[0].Rank != 1 || !list[0].InBestSet || list[0].BehindCI.High != 0) {
			t.Errorf("BestSet(%v) = %+v", times, list)
		}
	}
}

// TestBestSetCovers simulates tables with a known best cell. It counts how often the best cell is in the best set, and how
// often all intervals of the distance to it hold.
func TestBestSetCovers(t *testing.T) {
	runs, _ := experiments(t)
	truths := []struct {
		name string
		of   func(cell int) float64
	}{
		{"equal", func(int) float64 { return 1 }},
		{"one better", func(cell int) float64 { return 1 + 0.1*float64(min(cell, 1)) }},
		{"ten close", func(cell int) float64 {
			if cell < 10 {
				return 1 + 0.005*float64(cell)
			}
			return 1.3
		}},
	}
	type scenario struct {
		truth, cells, rounds int
		unequal              bool
		noise                noise
	}
	var list []scenario
	for truth := range truths {
		for _, n := range noiseModels {
			for _, cells := range []int{5, 50, 200} {
				list = append(list, scenario{truth, cells, 10, true, n})
			}
			list = append(list, scenario{truth, 5, 10, false, n}, scenario{truth, 50, 10, false, n})
		}
		list = append(list, scenario{truth, 200, 10, false, noiseModels[0]})
		list = append(list, scenario{truth, 50, 5, true, noiseModels[0]})
	}
	held, behind := make([]share, len(list)), make([]share, len(list))
	each(len(list), func(i int) {
		s := list[i]
		truth := truths[s.truth].of
		random := rand.New(rand.NewPCG(uint64(i), 21))
		times := make([][]float64, s.cells)
		for cell := range times {
			times[cell] = make([]float64, s.rounds)
		}
		for range runs {
			for cell := range times {
				// spread²/2 makes the mean of the logarithms 0 for every scatter.
				wide := 1.0
				if s.unequal {
					wide = []float64{1, 0.2, 3}[cell%3]
				}
				for round := range times[cell] {
					times[cell][round] = s.noise.at(round, s.rounds) * truth(cell) * math.Exp(wide*(math.Log(s.noise.draw(random))+spread*spread/2))
				}
			}
			standings := BestSet(times)
			held[i].count(standings[0].InBestSet) // of equal cells, each one is the best
			all := true
			for cell, s := range standings {
				all = all && contains(s.BehindCI, truth(cell)/truth(0)-1)
			}
			behind[i].count(all)
		}
	})
	t.Logf("rounds by cells, spread %v%%; unequal: cells of 1, 0.2 and 3 times the spread", 100*spread)
	t.Log("truth       scatter  noise      cells rounds    the best is in the set    all intervals hold")
	for i, s := range list {
		scatter := "equal"
		if s.unequal {
			scatter = "unequal"
		}
		name := truths[s.truth].name
		t.Logf("%-11s %-8s %-10s %5d %6d    %s    %s", name, scatter, s.noise.name, s.cells, s.rounds, held[i], behind[i])
		least := 0.95 - 3*math.Sqrt(0.95*0.05/float64(held[i].tries))
		if held[i].part() < least {
			t.Errorf("%s, %s, %s, %d cells: the best is in the set in %s", name, scatter, s.noise.name, s.cells, held[i])
		}
		if behind[i].part() < least {
			t.Errorf("%s, %s, %s, %d cells: all intervals hold in %s", name, scatter, s.noise.name, s.cells, behind[i])
		}
	}
}
