package estimate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// near fails the test unless got agrees with want to this number of digits.
func near(t *testing.T, what string, got Value, want, digits float64) {
	t.Helper()
	if !got.OK {
		t.Errorf("%s is undefined, want %v", what, want)
		return
	}
	if off := math.Abs(got.X - want); off > math.Abs(want)*math.Pow(10, -digits) {
		t.Errorf("%s = %v, want %v to %v digits", what, got.X, want, digits)
	}
}

func TestDescribeByHand(t *testing.T) {
	s := Describe([]float64{4, 1, 3, 2})
	near(t, "mean", s.Mean, 2.5, 15)
	near(t, "variance", s.Variance, 5.0/3, 15) // over 3, not 4
	near(t, "deviation", s.StdDev, 1.2909944487358056, 15)
	near(t, "cv", s.CV, 0.5163977794943222, 15)
	near(t, "median", s.Median, 2.5, 15)
	near(t, "min", s.Min, 1, 15)
	near(t, "max", s.Max, 4, 15)
	// t(0.975, 3) = 3.182446305284263, and the standard error is half of the standard
	// deviation.
	low, high := s.CI.Bounds()
	near(t, "low", low, 2.5-3.182446305284263*1.2909944487358056/2, 9)
	near(t, "high", high, 2.5+3.182446305284263*1.2909944487358056/2, 9)
}

func TestOneNumberHasNoSpread(t *testing.T) {
	s := Describe([]float64{7})
	near(t, "mean", s.Mean, 7, 15)
	near(t, "median", s.Median, 7, 15)
	if s.Variance.OK || s.StdDev.OK || s.CV.OK || s.CI.OK || s.CI.Open {
		t.Errorf("one number has %+v", s)
	}
}

func TestNoNumbersGiveEmptySample(t *testing.T) {
	if s := Describe(nil); s != (Sample{}) {
		t.Errorf("no numbers have %+v", s)
	}
}

func TestEqualNumbersHaveIntervalOfWidthZero(t *testing.T) {
	s := Describe([]float64{0.25, 0.25, 0.25})
	if want := (Interval{Low: 0.25, High: 0.25, OK: true}); s.CI != want || s.Variance != Of(0) {
		t.Errorf("variance %v, interval %+v", s.Variance, s.CI)
	}
}

// TestMeanIsRoundedOnce compares means with exact arithmetic.
func TestMeanIsRoundedOnce(t *testing.T) {
	for _, test := range []struct {
		numbers []float64
		want    float64
	}{
		{[]float64{0.1, 0.2, 0.3}, 0.2},
		{[]float64{1e16, 1, -1e16}, 1.0 / 3},
		{[]float64{1e-9, 1e9, 1e-9}, 1e9 / 3},
		{[]float64{1e308, 1e308, 1e308}, 1e308},
		{[]float64{0, 0}, 0},
	} {
		if got := Mean(test.numbers); got != Of(test.want) {
			t.Errorf("%v: mean %v, want %v", test.numbers, got.X, test.want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		numbers := make([]float64, 2+random.IntN(30))
		for i := range numbers {
			numbers[i] = math.Exp(20 * (random.Float64() - 0.5))
		}
		if want, _ := exact(numbers); Mean(numbers) != Of(want) {
			t.Errorf("%v: mean %v, want %v", numbers, Mean(numbers).X, want)
		}
	}
	if none := Mean(nil); none.OK {
		t.Errorf("no numbers have the mean %v", none)
	}
	for _, number := range []float64{math.NaN(), math.Inf(1)} {
		if bad := Mean([]float64{1, number, 2}); bad.OK {
			t.Errorf("a sample with %v has the mean %v", number, bad)
		}
	}
}

// TestEqualNumbersAreTheirMean checks that equal numbers have no spread, however many there are. The
// sum of twelve times 0.01, divided by twelve, is 0.009999999999999998.
func TestEqualNumbersAreTheirMean(t *testing.T) {
	for _, x := range []float64{0.01, 0.1, 1.0 / 3, 0.001, 63.4, 1e-9, 1e9, 0} {
		for n := 2; n <= 100; n++ {
			s := Describe(slices.Repeat([]float64{x}, n))
			point := Interval{Low: x, High: x, OK: true}
			if s.Mean != Of(x) || s.Variance != Of(0) || s.StdDev != Of(0) || s.CI != point || s.Outliers+s.FarOutliers > 0 {
				t.Fatalf("%d times %v: %+v", n, x, s)
			}
			if x == 0 {
				continue
			}
			numbers := slices.Repeat([]float64{x}, n)
			one := Interval{Low: 1, High: 1, OK: true}
			for _, r := range []Ratio{Compare(numbers, numbers), CompareIndependent(numbers, numbers[1:])} {
				if r.Value != Of(1) || r.Pairs > 1 && r.CI != one || r.P.OK && r.P != Of(1) {
					t.Fatalf("%d times %v: %+v", n, x, r)
				}
			}
		}
	}
}

// TestNoBoundOfATimeIsBelowZero uses times whose standard error is about as large as their mean.
func TestNoBoundOfATimeIsBelowZero(t *testing.T) {
	wide, narrow := []float64{147e-6, 78e-6, 72e-6}, []float64{234e-6, 216e-6, 226e-6}
	s := Describe(wide)
	if low, high := s.CI.Bounds(); !s.CI.OK || !s.CI.LowOpen || s.CI.Low != 0 || low.OK || !high.OK || s.CI.Open {
		t.Errorf("the mean of %v has the interval %+v", wide, s.CI)
	}
	near(t, "high", Of(s.CI.High), 99e-6+quantile(2)*s.StdDev.X/math.Sqrt(3), 12)
	for _, r := range []Ratio{Compare(wide, narrow), CompareIndependent(wide, narrow)} {
		if low, high := r.CI.Bounds(); !r.CI.LowOpen || r.CI.Low != 0 || low.OK || high.X <= r.Value.X || high.X >= 1 {
			t.Errorf("the speed-up has the interval %+v", r.CI)
		}
		if w := Width(r); w.OK {
			t.Errorf("an interval without a lower end is %v wide", w)
		}
	}
	if swapped := Compare(narrow, wide); !swapped.CI.Open || swapped.CI.LowOpen {
		t.Errorf("the swapped speed-up has the interval %+v", swapped.CI)
	}
	if s := Describe([]float64{-3, 1, 5}); s.CI.LowOpen || s.CI.Low >= 0 {
		t.Errorf("numbers below 0 have the interval %+v", s.CI)
	}

	random := rand.New(rand.NewPCG(3, 4))
	open := 0
	for range 2000 {
		var b, c []float64
		for range 2 + random.IntN(4) {
			b, c = append(b, math.Exp(3*random.NormFloat64())), append(c, math.Exp(0.1*random.NormFloat64()))
		}
		for _, i := range []Interval{Describe(b).CI, Compare(b, c).CI, Compare(c, b).CI, CompareIndependent(b, c).CI} {
			if i.Low < 0 || i.High < i.Low || i.LowOpen && i.Low != 0 {
				t.Fatalf("%v and %v have the interval %+v", b, c, i)
			}
			if i.LowOpen {
				open++
			}
		}
	}
	if open == 0 {
		t.Error("no interval was open below, so the test shows nothing")
	}
}

func TestUndefinedIsNeitherZeroNorNaN(t *testing.T) {
	for _, v := range []Value{{}, Of(math.NaN()), Of(math.Inf(1)), Of(1).Over(Of(0)), Of(1).Over(Value{})} {
		if v.OK || v.String() != "" {
			t.Errorf("%+v prints as %q", v, v)
		}
	}
	if zero := Of(0); !zero.OK || zero.String() != "0" {
		t.Errorf("zero prints as %q", zero)
	}
	if tiny := Of(1e-9).String(); tiny != "0.000000001" {
		t.Errorf("a billionth prints as %q", tiny)
	}
}
