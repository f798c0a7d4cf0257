package workload

import (
	"math"
	"slices"
	"testing"
)

// TestLognormalIsEqualEverywhere: a journal of another machine, or of an earlier version, has these
// sizes.
func TestLognormalIsEqualEverywhere(t *testing.T) {
	for _, test := range []struct {
		l    lognormal
		want []int64
	}{
		{lognormal{16 << 10, 2, 0}, []int64{152657, 5904, 4581, 4876, 1978, 15801}},
		{lognormal{16 << 10, 2, 1}, []int64{533, 21296, 6263, 75464, 921, 7970}},
		{lognormal{100, 0.5, -9}, []int64{62, 104, 39, 85, 46, 132}},
		{lognormal{1 << 40, 5, 4}, []int64{403141022402, 50293294461969, 66399189218352, 67942807987, maxLognormal, 25334039267874}},
	} {
		var got []int64
		for item := range 6 {
			got = append(got, test.l.size(item))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: %#v, want %v", test.l, got, test.want)
		}
	}
}

// TestLognormalDistribution compares the quantiles of many sizes with the quantiles of the
// distribution. The seed is fixed, so the test does not depend on chance.
func TestLognormalDistribution(t *testing.T) {
	const n = 200_000
	l := lognormal{median: 1 << 30, sigma: 1.5, seed: 12}
	sizes := make([]int64, n)
	for item := range sizes {
		sizes[item] = l.size(item)
	}
	slices.Sort(sizes)
	for _, z := range []float64{-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3} {
		part := math.Erfc(-z/math.Sqrt2) / 2 // below z
		i, _ := slices.BinarySearch(sizes, int64(float64(l.median)*math.Exp(l.sigma*z)))
		deviation := math.Sqrt(part * (1 - part) / n)
		if got := float64(i) / n; math.Abs(got-part) > 4*deviation {
			t.Errorf("%v of the sizes are below z = %v, want %v with a deviation of %v", got, z, part, deviation)
		}
	}
}

func TestExp(t *testing.T) {
	for x := -40.0; x <= 40; x += 0.37 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-11*want {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
}

func BenchmarkLognormal(b *testing.B) {
	l, item := lognormal{16 << 10, 2, 1}, 0
	b.ReportAllocs()
	for b.Loop() {
		item += int(l.size(item) & 1)
		item++
	}
}
