// Package estimate computes estimates from measured numbers. It does not depend on cells,
// files or reports.
//
// A table of speed-ups takes these steps:
//
//  1. Describe takes the seconds of one cell and returns the mean, the sample
//     variance, and the intervals of the mean and of the median. Marks shows which
//     numbers are outliers; all are kept.
//  2. Compare takes the seconds of a baseline and of a cell, paired by round. It
//     returns the ratio of their means, its interval, and two p values.
//     CompareIndependent does the same for two runs, which share no rounds.
//  3. Holm adjusts the p values of all cells of the table together.
//  4. Judge returns a verdict from the interval and the adjusted p value.
//
// BestSet ranks all cells of a table, and finds those that may be the best.
//
// Two functions help to choose the number of rounds. MinDetectableEffect returns, before
// the run, the difference that a number of rounds is likely to detect. A StoppingRule
// decides, after each round, whether the rounds are enough.
//
// A Grid shows which factors explain the differences between the cells of a table.
//
// SerialFraction and FitScaling describe the scaling over workers, CompareRanks the
// agreement of two orders of the same things, and TrendOf the drift of numbers.
//
// A result that cannot be computed from the numbers, such as the variance of a single
// trial, is an undefined Value or Interval. It is never 0 and never NaN.
package estimate

import (
	"math"
	"strconv"
)

// A Value is a number that may be undefined. The zero Value is undefined.
type Value struct {
	X  float64 // finite; 0 when undefined
	OK bool
}

// Of returns the Value x. NaN and the infinities give an undefined Value.
func Of(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Value{X: x, OK: true}
}

// Over returns v/w. The result is undefined if either is undefined, or if w is 0.
func (v Value) Over(w Value) Value {
	if !v.OK || !w.OK {
		return Value{}
	}
	return Of(v.X / w.X)
}

// String formats the value with full precision and without an exponent. It is empty for
// an undefined value.
func (v Value) String() string {
	if !v.OK {
		return ""
	}
	return strconv.FormatFloat(v.X, 'f', -1, 64)
}

// An Interval contains the true value in 95% of all experiments: see Confidence. The zero
// Interval is undefined.
type Interval struct {
	Low, High float64 // 0 unless OK
	OK        bool
	// Open is set if there is enough data, but the interval of a ratio is unbounded. The
	// denominators then scatter widely, and their true mean may be 0. An open Interval is
	// not OK.
	Open bool
	// LowOpen is set if the lower bound would be below 0, and no time and no ratio of times
	// is. The trials then give no lower bound, and Low is 0.
	LowOpen bool
}

// Confidence is the coverage of every Interval in this package.
const Confidence = 0.95

// Bounds returns the ends of the interval. An end is undefined if the interval is, or if it is
// open there.
func (i Interval) Bounds() (low, high Value) {
	if !i.OK {
		return Value{}, Value{}
	}
	if !i.LowOpen {
		low = Of(i.Low)
	}
	return low, Of(i.High)
}

// In returns the interval in a unit, which must be positive.
func (i Interval) In(unit float64) Interval {
	i.Low /= unit
	i.High /= unit
	return i
}

// openBelowZero returns the interval of a quantity that is never below 0.
func (i Interval) openBelowZero() Interval {
	if i.Low < 0 {
		i.Low, i.LowOpen = 0, true
	}
	return i
}

// Within reports whether the whole interval lies between low and high.
func (i Interval) Within(low, high float64) bool {
	return i.OK && low <= i.Low && i.High <= high
}

// interval returns a closed Interval, or an undefined one if a bound is not finite.
func interval(low, high float64) Interval {
	if !Of(low).OK || !Of(high).OK {
		return Interval{}
	}
	return Interval{Low: low, High: high, OK: true}
}
