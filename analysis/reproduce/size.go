package reproduce

import (
	"fmt"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Size says how much of a published gain or loss was found.
type Size string

// The sizes of what was found beside what was published. Larger is farther from
// no difference, in whichever direction.
const (
	AsPublished   Size = "as published"
	Smaller       Size = "smaller"
	Larger        Size = "larger"
	SizeUncertain Size = "uncertain"
)

// measureUp compares the size of a gain or loss that was found with the
// published one. A gain that takes more cpus than this machine has is judged by
// the cpu: 3 times as fast on 8 of them promises nothing about 2.
func (r *Reproduction) measureUp(d *analysis.Data, m *Method, a *Attempt) {
	faster := m.Claim == journal.ClaimFaster
	if !m.Speedup.OK || !faster && m.Claim != journal.ClaimSlower {
		return
	}
	ci, cpus := a.Speedup.CI, d.Run.Machine.CPUs
	if !faster || r.IsBlocked() || cpus <= 0 || m.Speedup.Low <= float64(cpus) || ci.High >= m.Speedup.Low {
		a.Size = compareSize(ci, m.Speedup, r.Table.Tolerance, faster)
		return
	}
	a.Outcome, a.Size = Limited, SizeUncertain
	a.Reason = fmt.Sprintf("%s takes more than %s", PrintedFactor(m), format.Count(cpus, "cpu"))
	if r.Table.CPUs <= 0 {
		a.Reason += ", and how many the published machine had is not known"
		return
	}
	there, here := busy(a.Cell.Cell.Concurrency, r.Table.CPUs), busy(a.Cell.Cell.Concurrency, cpus)
	published := estimate.Interval{Low: m.Speedup.Low / there, High: m.Speedup.High / there, OK: true}
	measured := estimate.Interval{Low: ci.Low / here, High: ci.High / here, OK: true}
	a.Size = compareSize(measured, published, r.Table.Tolerance, true)
	a.Reason += fmt.Sprintf("; per cpu that is %s published and %s× measured",
		rangeText(published), format.TimesInterval(measured))
}

// busy is how many cpus a method can keep busy; of one whose concurrency is not
// known, all.
func busy(concurrency, cpus int) float64 {
	if concurrency <= 0 {
		return float64(cpus)
	}
	return float64(min(concurrency, cpus))
}

// compareSize puts an interval beside a published factor.
func compareSize(ci estimate.Interval, published estimate.Interval, tolerance float64, faster bool) Size {
	above := ci.Low > published.High*(1+tolerance)
	below := ci.High < published.Low*(1-tolerance)
	switch {
	case ci.Within(published.Low*(1-tolerance), published.High*(1+tolerance)):
		return AsPublished
	case !above && !below:
		return SizeUncertain
	case above == faster:
		return Larger
	}
	return Smaller
}
