package reproduce

import (
	"cmp"
	"fmt"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// An Outcome is the result of a run for a published claim.
type Outcome string

// The outcomes of an attempt.
const (
	Reproduced   Outcome = "reproduced"   // the claim holds here
	Contradicted Outcome = "contradicted" // the claim does not hold here
	Undecided    Outcome = "inconclusive" // these trials do not decide
	// Limited: the claim holds, but its size needs more cpus than this machine has.
	Limited Outcome = "limited"
	// Variant: the cell does the work in another way, so it does not judge the claim.
	Variant Outcome = "variant"
)

// IsExpectedFailure reports whether nothing is decided because the program failed as its command
// expects.
func (a *Attempt) IsExpectedFailure() bool {
	return a.Outcome == Undecided && a.Cell.ExpectedFailures > 0
}

// adjust sets the p values of the attempts that can be judged by their speed-ups. Programs and
// built-in strategies are separate families: a built-in strategy never contradicts the table.
//
// The hypothesis of an attempt is that its true speed-up is at the end of the claimed range. It
// is contradicted if the measured speed-up is on the wrong side of that end and the adjusted p
// value is below 0.05. Then chance contradicts a row of a true table in at most one of twenty
// runs, however many rows the table has. An attempt that is clearly on the right side of the
// end also has a small p value. It needs no further correction of the other attempts.
func (r *Reproduction) adjust() {
	for _, program := range []bool{true, false} {
		var judged []*Attempt
		var ps []estimate.Value
		for _, m := range r.Methods {
			low, high, timed := claimRange(m.Claim, r.Table.Tolerance)
			for _, a := range m.Attempts {
				a.obstacle = cmp.Or(a.ownObstacle(), a.comparisonObstacle())
				if !timed || a.Program != program || a.Differs != "" || a.obstacle != "" {
					continue
				}
				a.P = estimate.RatioP(a.baselineTimes, a.times, nearest(a.Speedup.Value.X, low, high))
				judged, ps = append(judged, a), append(ps, a.P)
			}
		}
		for i, p := range estimate.Holm(ps) {
			judged[i].Adjusted, judged[i].Comparisons = p, len(ps)
		}
	}
}

// nearest returns the end of a range that is nearest to x.
func nearest(x, low, high float64) float64 {
	if high-x < x-low {
		return high
	}
	return low
}

// judge sets the outcome of an attempt at a row, if the row has a claim.
func (r *Reproduction) judge(d *analysis.Data, m *Method, a *Attempt) {
	switch {
	case a.Differs != "":
		a.Outcome, a.Reason = Variant, "it is another program than the published one: "+a.Differs
	case (m.Claim == "" || m.Claim == journal.ClaimNone) && r.Table.Bundle != "" && a.Baseline != a.Cell:
		a.Outcome, a.Reason = Undecided, "the authors have no interval for it"
		if m.Speedup.OK {
			a.Reason = "the verdict of the authors is inconclusive"
			if left := possibleClaims(m.Speedup, r.Table.Tolerance); len(left) > 1 {
				a.Reason = "the interval of the authors allows for " + format.Several(left)
			}
		}
	case m.Claim == "" || m.Claim == journal.ClaimNone:
	case IsOfCorruption(m.Claim):
		judgeCorruption(m.Claim, a)
	case m.Claim == journal.ClaimFails:
		judgeFailure(a)
	default:
		r.judgeSpeedup(d, m, a)
	}
}

// judgeSpeedup judges a claim about time.
func (r *Reproduction) judgeSpeedup(d *analysis.Data, m *Method, a *Attempt) {
	a.Reason = a.obstacle
	low, high, known := claimRange(m.Claim, r.Table.Tolerance)
	if !known && a.Reason == "" {
		a.Reason = fmt.Sprintf("%q is no claim that this iosweep knows", m.Claim)
	}
	ci := a.Speedup.CI
	instead := "not " + m.Claim
	if left := possibleClaims(ci, r.Table.Tolerance); len(left) == 1 {
		instead = left[0]
	}
	found := fmt.Sprintf("%s (%s) is %s", format.Times(a.Speedup.Value), format.TimesInterval(ci), instead)
	switch {
	case a.Reason != "":
		a.Outcome = Undecided
	case ci.Within(low, high):
		a.Outcome = Reproduced
		r.compareGain(d, m, a)
	case excludes(ci, low, high) && m.Claim == journal.ClaimFaster && a.cpus(d) == 1 && !r.IsBlocked():
		a.Outcome, a.Reason = Undecided, "this machine has 1 cpu, and what was gained elsewhere may have taken several"
	case excludes(ci, low, high) && !(a.Adjusted.OK && a.Adjusted.X < estimate.Significance):
		a.Outcome, a.Open = Undecided, true
		a.Reason = a.withNoise(fmt.Sprintf("%s, but after correcting for %s p = %s", found, format.Count(a.Comparisons, "comparison"), format.Probability(a.Adjusted)))
	case excludes(ci, low, high):
		a.Outcome, a.Instead = Contradicted, instead
		a.Reason = a.withNoise(found)
	default:
		a.Outcome, a.Open = Undecided, true
		a.Reason = a.withNoise("the interval allows for " + format.Several(possibleClaims(ci, r.Table.Tolerance)))
	}
}

// possibleClaims returns the claims that an interval does not exclude.
func possibleClaims(ci estimate.Interval, tolerance float64) []string {
	var list []string
	for _, claim := range []string{journal.ClaimSlower, journal.ClaimNoDifference, journal.ClaimFaster} {
		if low, high, _ := claimRange(claim, tolerance); !excludes(ci, low, high) {
			list = append(list, claim)
		}
	}
	return list
}

// ownObstacle returns the reason why the work of a cell cannot be judged; empty if it
// can.
func (a *Attempt) ownObstacle() string {
	if a.Cell.ExpectedFailures > 0 {
		return fmt.Sprintf("it did not do the work in %d of %s, so its time proves nothing", a.Cell.ExpectedFailures, format.Count(a.Seconds.N, "good trial"))
	}
	return a.Cell.Unmeasured()
}

// comparisonObstacle returns the reason why a cell has no usable speed-up; empty if it
// has one.
func (a *Attempt) comparisonObstacle() string {
	base := a.Baseline
	if base == nil {
		return "this run has no baseline for it"
	}
	if base == a.Cell {
		return "it is the baseline itself"
	}
	reason := base.Unmeasured()
	if base.ExpectedFailures > 0 {
		reason = fmt.Sprintf("it did not do the work in %d of %s", base.ExpectedFailures, format.Count(base.Seconds.N, "good trial"))
	}
	switch ci := a.Speedup.CI; {
	case reason != "":
		return fmt.Sprintf("of its baseline %s: %s", base.Cell.Name, reason)
	case a.Speedup.Pairs < 2:
		return fmt.Sprintf("%s in which both it and its baseline ended well; an interval takes two", format.Count(a.Speedup.Pairs, "round"))
	case ci.Open:
		return "the trials do not bound its speed-up"
	case !ci.OK:
		return "its speed-up has no interval"
	case ci.Low <= 0:
		return "the times of its baseline scatter as widely as they last"
	}
	return ""
}

// judgeCorruption judges a claim by the number of corrupt items. One trial with corrupt
// items proves that corruption is possible and that the items are not safe.
func judgeCorruption(claim string, a *Attempt) {
	damaged, good := 0, a.Cell.Good
	for _, t := range good {
		if corruptItems(t.Measurement) > 0 {
			damaged++
		}
	}
	found := fmt.Sprintf("items were corrupt in %d of %s", damaged, format.Count(len(good), "good trial"))
	if damaged == 0 {
		found = fmt.Sprintf("no item was corrupt in %s", format.Count(len(good), "good trial"))
	}
	reason := a.ownObstacle()
	switch {
	case claim == journal.ClaimIntact && damaged > 0:
		a.Outcome, a.Reason = Contradicted, found
	case reason != "":
		a.Outcome, a.Reason = Undecided, reason
	case claim == journal.ClaimIntact || damaged > 0:
		a.Outcome = Reproduced
	default:
		a.Outcome, a.Reason = Undecided, found+", which does not say that none can be"
	}
}

// judgeFailure judges the claim that a program fails. One trial that succeeds contradicts it. A
// trial that fails in another way than its command expects decides nothing.
func judgeFailure(a *Attempt) {
	good := len(a.Cell.Good)
	succeeded := a.Cell.UnexpectedSuccesses() + good - a.Cell.ExpectedFailures
	switch reason := a.Cell.Unmeasured(); {
	case succeeded > 0:
		a.Outcome, a.Reason = Contradicted, fmt.Sprintf("it succeeded in %d of %s", succeeded, format.Count(a.Cell.Trials, "trial"))
	case reason != "":
		a.Outcome, a.Reason = Undecided, reason
	default:
		a.Outcome = Reproduced
	}
}

// A Contradiction is a published row that the run of its own program contradicts.
type Contradiction struct {
	Method   string
	Cell     string // the name of the first cell that contradicts it
	Sentence string // for people
}

// Contradicted returns the rows that programs contradict, in the order of the table. If a
// built-in strategy contradicts a row, that is only a finding, because the strategy does
// the work in another way.
func (r *Reproduction) Contradicted() []Contradiction {
	if r == nil {
		return nil
	}
	var list []Contradiction
	for _, m := range r.Methods {
		if a := m.contradiction(); a != nil {
			sentence := fmt.Sprintf("%s: published as %s, and %s contradicts it: %s", m.Printed.Method, m.claimText(), a.Contender, a.Reason)
			if a.Baseline != nil {
				sentence += fmt.Sprintf(", against %s", a.Baseline.Cell.Name)
			}
			list = append(list, Contradiction{m.Printed.Method, a.Cell.Cell.Name, sentence + "."})
		}
	}
	return list
}

// contradiction returns the first program that contradicts the row, or nil.
func (m *Method) contradiction() *Attempt {
	for _, a := range m.Attempts {
		if a.Program && a.Outcome == Contradicted {
			return a
		}
	}
	return nil
}

// claimText returns the claim of a row with the factor that it is based on.
func (m *Method) claimText() string {
	if !m.Speedup.OK || !IsOfTime(m.Claim) {
		return m.Claim
	}
	return fmt.Sprintf("%s (%s)", m.Claim, PrintedFactor(m))
}

// A Size compares the size of a measured gain or loss with the published one.
type Size string

// The sizes. Larger means a larger gain or loss than the published one. For example, the
// speed-up is 3 instead of 2, or 0.3 instead of 0.5.
const (
	AsPublished   Size = "as published"
	Smaller       Size = "smaller"
	Larger        Size = "larger"
	SizeUncertain Size = "uncertain"
)

// compareGain compares the size of a measured gain or loss with the published one. If a
// gain needs more cpus than this machine has, it is judged per cpu: a factor of 3 on 8
// cpus predicts nothing for 2 cpus.
func (r *Reproduction) compareGain(d *analysis.Data, m *Method, a *Attempt) {
	faster := m.Claim == journal.ClaimFaster
	if !m.Speedup.OK || !faster && m.Claim != journal.ClaimSlower {
		return
	}
	if faster && m.Speedup.High < 1 || !faster && m.Speedup.Low > 1 {
		return // the figures agree with the claim only within their rounding, so they have no size
	}
	ci, cpus := a.Speedup.CI, a.cpus(d)
	if !faster || r.IsBlocked() || cpus <= 0 || m.Speedup.Low <= float64(cpus) || ci.High >= m.Speedup.Low {
		a.Size = compareSize(ci, m.Speedup, r.Table.Tolerance, faster)
		return
	}
	a.Outcome, a.Size = Limited, SizeUncertain
	a.Reason = fmt.Sprintf("%s takes more than %s", PrintedFactor(m), format.Count(cpus, "cpu"))
	if r.Table.CPUs <= 0 {
		a.Reason = a.withNoise(a.Reason + ", and how many the published machine had is not known")
		return
	}
	there, here := busyCPUs(a.Cell.Cell.Concurrency, r.Table.CPUs), busyCPUs(a.Cell.Cell.Concurrency, cpus)
	published, measured := m.Speedup.In(there), ci.In(here)
	a.Size = compareSize(measured, published, r.Table.Tolerance, true)
	a.Reason += fmt.Sprintf("; per cpu that is %s published and %s× measured",
		rangeText(published), format.TimesInterval(measured))
	a.Reason = a.withNoise(a.Reason)
}

// cpus returns the number of cpus of the machine that measured the cell. Of several nodes it is the fewest.
func (a *Attempt) cpus(d *analysis.Data) int {
	fewest, _ := d.CPUs(a.Cell)
	return fewest
}

// busyCPUs returns the number of cpus that a method can keep busy. It is all cpus if the
// concurrency is unknown.
func busyCPUs(concurrency, cpus int) float64 {
	if concurrency <= 0 {
		return float64(cpus)
	}
	return float64(min(concurrency, cpus))
}

// compareSize compares an interval with a published factor.
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
