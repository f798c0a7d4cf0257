package estimate

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMarksByHand(t *testing.T) {
	for _, test := range []struct {
		name    string
		numbers []float64
		want    []Mark
	}{
		// Halves 1 2 3 4 and 5 6 7 x: the quartiles are 2.5 and 6.5, the fences 12.5 and 18.5.
		{"on the inner fence", []float64{1, 2, 3, 4, 5, 6, 7, 12.5}, []Mark{0, 0, 0, 0, 0, 0, 0, Usual}},
		{"beyond the inner fence", []float64{1, 2, 3, 4, 5, 6, 7, 12.6}, []Mark{0, 0, 0, 0, 0, 0, 0, Mild}},
		{"on the outer fence", []float64{1, 2, 3, 4, 5, 6, 7, 18.5}, []Mark{0, 0, 0, 0, 0, 0, 0, Mild}},
		{"beyond the outer fence", []float64{18.6, 1, 2, 3, 4, 5, 6, 7}, []Mark{Far, 0, 0, 0, 0, 0, 0, 0}},
		// Both halves include the middle number: the quartiles are 2 and 3.
		{"below", []float64{2, -1.1, 2, 3, 3}, []Mark{0, Far, 0, 0, 0}},
		{"one that differs", []float64{1, 1, 1, 1, 1.01}, []Mark{0, 0, 0, 0, Far}},
		{"one that differs by a rounding error", []float64{0.1, 0.1, 0.1, 0.1, 0.1 + 1e-16}, make([]Mark, 5)},
		{"one that differs less than three digits show", []float64{0.1, 0.1, 0.1, 0.1, 0.10009}, make([]Mark, 5)},
		{"one that differs a little more", []float64{0.1, 0.1, 0.1, 0.1, 0.10011}, []Mark{0, 0, 0, 0, Far}},
		{"zeros and one other", []float64{0, 0, 0, 0, 1e-9}, []Mark{0, 0, 0, 0, Far}},
		{"all equal", []float64{2, 2, 2, 2, 2}, make([]Mark, 5)},
		{"all 0", make([]float64, 5), make([]Mark, 5)},
		{"none", nil, []Mark{}},
	} {
		if got := Marks(test.numbers); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestFewerThanFiveNumbersHaveNoOutlier(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		numbers := []float64{1, 1, 1, 1}[:1+random.IntN(4)]
		numbers = slices.Clone(numbers)
		for i := range numbers {
			numbers[i] += 1e6 * random.ExpFloat64() * random.ExpFloat64()
		}
		if got := Marks(numbers); slices.Max(got) != Usual {
			t.Fatalf("%v are marked %v", numbers, got)
		}
	}
}

func TestOutliersAreCountedAndKept(t *testing.T) {
	numbers := []float64{18.6, 1, 2, 3, 4, 5, 6, 7}
	before := slices.Clone(numbers)
	s := Describe(numbers)
	if s.Outliers != 0 || s.FarOutliers != 1 || s.N != 8 || s.Max != Of(18.6) {
		t.Errorf("%+v", s)
	}
	near(t, "mean", s.Mean, 46.6/8, 15)
	if mild := Describe([]float64{1, 2, 3, 4, 5, 6, 7, 12.6}); mild.Outliers != 1 || mild.FarOutliers != 0 {
		t.Errorf("%+v", mild)
	}
	if !slices.Equal(numbers, before) {
		t.Errorf("the order of the numbers was changed: %v", numbers)
	}
}

func TestMedianInterval(t *testing.T) {
	// The interval from the smallest to the largest of six numbers misses the median in
	// 2/64 of all samples, and of five numbers in 2/32. For nine numbers, the interval
	// from the second to the eighth misses it in 20/512 of all samples; the third misses
	// it in 46/512 on each side.
	six := Describe([]float64{6, 1, 5, 2, 4, 3})
	if want := (Interval{Low: 1, High: 6, OK: true}); six.MedianCI != want {
		t.Errorf("six: %+v, want %+v", six.MedianCI, want)
	}
	nine := Describe([]float64{9, 1, 8, 2, 7, 3, 6, 4, 5})
	if want := (Interval{Low: 2, High: 8, OK: true}); nine.MedianCI != want {
		t.Errorf("nine: %+v, want %+v", nine.MedianCI, want)
	}
	for n := range 6 {
		if s := Describe([]float64{1, 2, 3, 4, 5}[:n]); s.MedianCI != (Interval{}) {
			t.Errorf("%d numbers have a median interval: %+v", n, s.MedianCI)
		}
	}
}

func TestMedianIntervalCovers(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var covered share
	for range 4000 {
		numbers := make([]float64, 9)
		for i := range numbers {
			numbers[i] = random.ExpFloat64() // very asymmetric; the median is log 2
		}
		covered.count(contains(medianInterval(numbers), 0.6931471805599453))
	}
	// 1 - 20/512, plus or minus four standard errors.
	if part := covered.part(); part < 0.948 || part > 0.974 {
		t.Errorf("the interval contains the median in %v, want 96.1%%", covered)
	}
}
