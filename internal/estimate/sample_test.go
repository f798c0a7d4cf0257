package estimate

import (
	"math"
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
