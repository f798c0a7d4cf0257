package estimate

import (
	"math"
	"testing"
)

// Each of these tests covers an error of well-known tools.

func TestIntervalOfOneNumberIsUndefined(t *testing.T) {
	s := Describe([]float64{1.25})
	if s.CI.OK || s.MedianCI.OK || s.CI == (Interval{Low: 1.25, High: 1.25, OK: true}) {
		t.Errorf("one number has the intervals %+v and %+v", s.CI, s.MedianCI)
	}
	r := Compare([]float64{2.5}, []float64{1.25})
	if r.CI.OK || r.P.OK || r.Rank.OK || Judge(r, r.P, Margin) != "" {
		t.Errorf("one pair has %+v, verdict %q", r, Judge(r, r.P, Margin))
	}
}

func TestUndefinedDeviationIsNotZero(t *testing.T) {
	s := Describe([]float64{1.25})
	for name, v := range map[string]Value{"variance": s.Variance, "deviation": s.StdDev, "cv": s.CV} {
		if v.OK || v.String() != "" {
			t.Errorf("the %s of one number prints as %q", name, v)
		}
	}
	if same := Describe([]float64{1.25, 1.25}); same.StdDev != Of(0) {
		t.Errorf("the deviation of two equal numbers is 0, not %+v", same.StdDev)
	}
}

// TestUnequalSizesAreNoDifference compares the same times, measured more often on one
// side.
func TestUnequalSizesAreNoDifference(t *testing.T) {
	few := []float64{1.0, 1.1, 0.9, 1.05, 0.95}
	var many []float64
	for range 20 {
		many = append(many, few...)
	}
	r := CompareIndependent(few, many)
	if r.P.X < 0.9 || r.Rank.X < 0.9 || !contains(r.CI, 1) || r.CI.Low == r.CI.High {
		t.Errorf("5 and 100 of the same times: %+v", r)
	}
}

// TestVarianceKeepsPrecision uses large and similar numbers, for which the mean of the
// squares minus the square of the mean loses all digits.
func TestVarianceKeepsPrecision(t *testing.T) {
	numbers := alternating("100000000")
	sum, squares, n := 0.0, 0.0, float64(len(numbers))
	for _, x := range numbers {
		sum += x
		squares += x * x
	}
	if naive := math.Sqrt((squares - sum*sum/n) / (n - 1)); math.Abs(naive-0.1) < 0.05 {
		t.Errorf("the difference of squares gives %v here, so the test shows nothing", naive)
	}
	near(t, "deviation", Describe(numbers).StdDev, 0.1, 6)
	near(t, "speed-up's width", Width(Compare(numbers, alternating("100000000"))), 0, 15)
}

// TestSpeedupOfManyTrialsDoesNotOverflow uses several hundred trials. A geometric mean as
// the root of a product would be 0 or infinite, so logarithms are added.
func TestSpeedupOfManyTrialsDoesNotOverflow(t *testing.T) {
	for _, unit := range []float64{1e-6, 1e9} { // microseconds in seconds, seconds in nanoseconds
		base, cell := make([]float64, 400), make([]float64, 400)
		product := 1.0
		for i := range base {
			base[i] = unit * (2 + 0.1*float64(i%7))
			cell[i] = unit * (1 + 0.1*float64(i%5))
			product *= base[i]
		}
		if product != 0 && !math.IsInf(product, 1) {
			t.Errorf("the product is %v, so the test shows nothing", product)
		}
		paired, independent := Compare(base, cell), CompareIndependent(base, cell)
		near(t, "speed-up", paired.Value, 2.2992/1.2, 3)
		for _, r := range []Ratio{paired, independent} {
			if !r.CI.OK || !r.P.OK || r.P.X > 1e-9 || !r.Rank.OK || r.Rank.X > 1e-9 {
				t.Errorf("times of %v: %+v", unit, r)
			}
		}
	}
}
