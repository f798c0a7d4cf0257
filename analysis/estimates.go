package analysis

import "iosweep/internal/estimate"

// These types are the values of an analysis. Code that shows them need not import the
// statistics.
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

// The marks of a trial whose time is far from the other trials of its cell.
const (
	Mild = estimate.Mild
	Far  = estimate.Far
)

// Margin is the equivalence margin: the largest difference that counts as none, as a part
// of 1.
const Margin = estimate.Margin

// ScalingPoints is the minimum number of different worker counts for a fit of the scaling
// law.
const ScalingPoints = estimate.ScalingPoints

// ValueOf returns x as a Value. The Value is undefined if x is not finite.
func ValueOf(x float64) Value { return estimate.Of(x) }
