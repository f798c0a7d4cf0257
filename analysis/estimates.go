package analysis

import "iosweep/internal/estimate"

// What an analysis is made of, for whoever shows it: plain data, so that nobody else needs
// the statistics that they come from.
type (
	Value    = estimate.Value
	Interval = estimate.Interval
	Sample   = estimate.Sample
	Verdict  = estimate.Verdict
	Mark     = estimate.Mark
)

// The verdicts.
const (
	Faster       = estimate.Faster
	Slower       = estimate.Slower
	Equivalent   = estimate.Equivalent
	Inconclusive = estimate.Inconclusive
)

// The marks of a trial that lies far from the others of its cell.
const (
	Mild = estimate.Mild
	Far  = estimate.Far
)

// Margin is the difference that counts as none, as a part of 1.
const Margin = estimate.Margin

// ScalingPoints is how many numbers of workers a law of scaling is fitted to, at least.
const ScalingPoints = estimate.ScalingPoints

// ValueOf is a number, undefined if it is not finite.
func ValueOf(x float64) Value { return estimate.Of(x) }
