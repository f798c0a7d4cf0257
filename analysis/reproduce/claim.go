package reproduce

import (
	"math"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// method evaluates a row: its seconds, its speed-up and its claim.
func (r *Reproduction) method(row int) *Method {
	printed := r.Table.Rows[row]
	m := &Method{Printed: printed, IsBaseline: row == r.Table.Baseline}
	m.Seconds, m.RunsMean = printedSeconds(printed)
	m.Speedup = r.printedSpeedup(m)
	m.Claim = claim(m, r.Table.Tolerance)
	return m
}

// printedSeconds returns the printed time of a row, and the mean of its printed runs.
func printedSeconds(row journal.PublishedRow) (seconds, runsMean estimate.Value) {
	var runs []float64
	for _, f := range row.Runs {
		runs = append(runs, f.Value)
	}
	runsMean = estimate.Mean(runs)
	if row.Mean != nil {
		return estimate.Of(row.Mean.Value), runsMean
	}
	return runsMean, runsMean
}

// printedSpeedup returns the factor that a row prints, or else the factor that follows
// from its seconds.
func (r *Reproduction) printedSpeedup(m *Method) estimate.Interval {
	switch {
	case m.IsBaseline:
		return estimate.Interval{Low: 1, High: 1, OK: true}
	case len(m.Printed.Speedup) > 0:
		return printedRange(m.Printed.Speedup)
	case m.Printed.Claim == journal.ClaimNone || m.Printed.Claim == journal.ClaimFails:
		return estimate.Interval{} // the page does not compare these seconds with others
	}
	v := r.baselineSeconds().Over(m.Seconds)
	return estimate.Interval{Low: v.X, High: v.X, OK: v.OK}
}

// baselineSeconds returns the printed time of the baseline row.
func (r *Reproduction) baselineSeconds() estimate.Value {
	base := r.BaselineRow()
	if base == nil {
		return estimate.Value{}
	}
	seconds, _ := printedSeconds(*base)
	return seconds
}

// BaselineRow returns the row that speed-ups refer to, or nil.
func (r *Reproduction) BaselineRow() *journal.PublishedRow {
	if i := r.Table.Baseline; i >= 0 && i < len(r.Table.Rows) {
		return &r.Table.Rows[i]
	}
	return nil
}

func printedRange(ends []journal.Figure) estimate.Interval {
	low, high := math.Inf(1), math.Inf(-1)
	for _, f := range ends {
		low, high = min(low, f.Value), max(high, f.Value)
	}
	return estimate.Interval{Low: low, High: high, OK: true}
}

// claim returns the claim of a row: the claim in words, or the claim that follows from
// its speed-up. A baseline claims no gain, because it has none over itself.
func claim(m *Method, tolerance float64) string {
	switch {
	case IsOfCorruption(m.Printed.Claim) || m.Printed.Claim == journal.ClaimFails:
		return m.Printed.Claim
	case m.IsBaseline:
		return ""
	case m.Printed.Claim != "" || !m.Speedup.OK:
		return m.Printed.Claim
	case m.Speedup.Low > 1+tolerance:
		return journal.ClaimFaster
	case m.Speedup.High < 1-tolerance:
		return journal.ClaimSlower
	case m.Speedup.Low >= 1-tolerance && m.Speedup.High <= 1+tolerance:
		return journal.ClaimNoDifference
	}
	return "" // a range that includes both a gain and no difference claims neither
}

// IsOfCorruption reports whether a claim says that items are corrupt, or that they are
// intact. Such a claim is judged by the number of corrupt items and not by time.
func IsOfCorruption(claim string) bool {
	return claim == journal.ClaimIntact || claim == journal.ClaimCorrupt
}

// IsOfTime reports whether a claim is judged by a speed-up.
func IsOfTime(claim string) bool {
	return claim != "" && claim != journal.ClaimNone && claim != journal.ClaimFails && !IsOfCorruption(claim)
}

// claimRange returns the range of speed-ups that satisfy a claim about time, including
// its ends.
func claimRange(claim string, tolerance float64) (low, high float64, ok bool) {
	below, above := 1-tolerance, 1+tolerance
	switch claim {
	case journal.ClaimFaster:
		return math.Nextafter(above, math.Inf(1)), math.Inf(1), true
	case journal.ClaimSlower:
		return math.Inf(-1), math.Nextafter(below, math.Inf(-1)), true
	case journal.ClaimNoDifference:
		return below, above, true
	}
	return 0, 0, false
}

// excludes reports whether an interval and a range do not overlap.
func excludes(i estimate.Interval, low, high float64) bool {
	return i.OK && (i.High < low || i.Low > high)
}
