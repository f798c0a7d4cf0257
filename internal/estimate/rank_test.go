package estimate

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

func TestCompareRanksByHand(t *testing.T) {
	for _, test := range []struct {
		name string
		x, y []float64
		want Concordance
	}{
		{"equal", []float64{1, 2, 3}, []float64{10, 20, 30}, Concordance{3, 3, Of(1)}},
		{"opposite", []float64{1, 2, 3}, []float64{3, 2, 1}, Concordance{0, 3, Of(-1)}},
		{"one pair in opposite order", []float64{1, 2, 3, 4, 5}, []float64{1, 2, 3, 5, 4}, Concordance{9, 10, Of(0.8)}},
		// 5 pairs are not tied in x, 6 in y: (4-1)/√30.
		{"a tie in x", []float64{1, 1, 2, 3}, []float64{1, 2, 4, 3}, Concordance{4, 5, Of(3 / math.Sqrt(30))}},
		// Each ties another pair: of 6 pairs, 5 are not tied in x, 5 not in y, and 4 in neither.
		{"ties in both", []float64{1, 1, 2, 3}, []float64{1, 2, 3, 3}, Concordance{4, 4, Of(4.0 / 5)}},
		{"all tied in one", []float64{1, 1, 1}, []float64{1, 2, 3}, Concordance{}},
		{"one thing", []float64{1}, []float64{1}, Concordance{}},
		{"nothing", nil, nil, Concordance{}},
	} {
		got := CompareRanks(test.x, test.y)
		if got.Same != test.want.Same || got.Pairs != test.want.Pairs || got.Tau.OK != test.want.Tau.OK || math.Abs(got.Tau.X-test.want.Tau.X) > 1e-15 {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestCompareRanksAgreesWithGonumWithoutTies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := 2; n < 40; n++ {
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = random.Float64(), random.Float64()
		}
		if got, want := CompareRanks(x, y).Tau.X, stat.Kendall(x, y, nil); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d things: %v, want %v", n, got, want)
		}
	}
}

func TestCompareRanksNeedsPairs(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("slices of different lengths were compared")
		}
	}()
	CompareRanks([]float64{1, 2}, []float64{1})
}
