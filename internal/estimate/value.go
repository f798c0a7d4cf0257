// Package estimate turns measured numbers into estimates: numbers in, numbers
// out. It knows nothing of cells, files or reports.
//
// The way of a table of speed-ups through this package:
//
//  1. Describe takes the seconds of one cell: mean, sample variance, the intervals of
//     the mean and of the median. Marks says which numbers are outliers; all are kept.
//  2. Compare takes the seconds of a baseline and of a cell, paired by round: the ratio
//     of their means, its interval, and two p values. CompareIndependent does the same for
//     two runs, which share no rounds.
//  3. Holm adjusts the p values of all cells of the table together.
//  4. Judge turns interval and adjusted p into a verdict.
//
// How many rounds that takes: MinDetectableEffect says beforehand which difference so many are
// likely to show, and a StoppingRule, after each of them, whether they are enough.
//
// Beside that, SerialFraction and FitScaling say how work spreads over workers, CompareRanks
// how far two orders of the same things agree, and TrendOf whether numbers drift.
//
// What cannot be computed from the numbers at hand, such as the variance of a
// single trial, is an undefined Value or Interval. It is never 0 and never NaN.
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

// Of is the defined Value x; NaN and the infinities are undefined.
func Of(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Value{X: x, OK: true}
}

// Over is v/w: undefined if either is, or if w is 0.
func (v Value) Over(w Value) Value {
	if !v.OK || !w.OK {
		return Value{}
	}
	return Of(v.X / w.X)
}

// String has full precision and no exponent; it is empty when undefined.
func (v Value) String() string {
	if !v.OK {
		return ""
	}
	return strconv.FormatFloat(v.X, 'f', -1, 64)
}

// An Interval holds the true value in Confidence of all experiments. The zero
// Interval is undefined.
type Interval struct {
	Low, High float64 // 0 unless OK
	OK        bool
	// Open: there was data enough to ask, and it does not bound the answer.
	// An open Interval is not OK.
	Open bool
}

// Confidence is the coverage of every Interval of this package.
const Confidence = 0.95

// Bounds are the ends of the interval, undefined if it is.
func (i Interval) Bounds() (low, high Value) {
	if !i.OK {
		return Value{}, Value{}
	}
	return Of(i.Low), Of(i.High)
}

// Within reports whether the whole interval lies between low and high.
func (i Interval) Within(low, high float64) bool {
	return i.OK && low <= i.Low && i.High <= high
}

// interval is a closed Interval, undefined if a bound is not finite.
func interval(low, high float64) Interval {
	if !Of(low).OK || !Of(high).OK {
		return Interval{}
	}
	return Interval{Low: low, High: high, OK: true}
}
