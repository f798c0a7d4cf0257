package compare

import (
	"fmt"
	"math"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Test is the statistical test that the verdicts use.
type Test string

// The tests.
const (
	PairedT     Test = "paired-t"     // on the logarithm of the time ratio, by round
	MannWhitney Test = "mann-whitney" // for two samples, on ranks: it assumes no distribution
	WelchT      Test = "welch-t"      // for two samples, on logarithms
	RunsT       Test = "runs-t"       // for several runs on a side, on their mean logarithms
)

// String returns the name of the test for people.
func (t Test) String() string {
	return map[Test]string{
		PairedT:     "the paired t-test on logarithms",
		MannWhitney: "the rank test of Mann and Whitney",
		WelchT:      "Welch's t-test on logarithms",
		RunsT:       "the t-test on the runs' mean logarithms, with one variance for both sides",
	}[t]
}

// estimate computes the speed-up of a cell that both runs have measured.
func (c *Comparison) estimate(x *Contrast) {
	base, next := x.Base.JudgedTrials(), x.New.JudgedTrials()
	switch {
	case c.isSeveral():
		c.estimateRuns(x)
	case c.SameRun:
		// The other figures must describe the same rounds as the speed-up.
		base, next = inBoth(base, next)
		x.Base, x.New = x.Base.WithTrials(base), x.New.WithTrials(next)
		c.setSides(x)
		x.Speedup = paired(c.Judge.Orient(c.Judge.Values(base), c.Judge.Values(next)))
	default:
		x.Speedup = estimate.CompareIndependent(c.Judge.Orient(c.Judge.Values(base), c.Judge.Values(next)))
		x.Welch = x.Speedup.P
	}
	if ci := x.Speedup.CI; !ci.OK && !ci.Open {
		x.Status, x.Reason = NoInterval, c.noIntervalReason(x)
	}
}

// inBoth returns the trials of the rounds that both have.
func inBoth(base, next []*journal.Trial) (was, is []*journal.Trial) {
	for _, p := range analysis.PairTrials(base, next) {
		was, is = append(was, p.Baseline), append(is, p.Cell)
	}
	return was, is
}

// paired returns the speed-up of trials of the same rounds. If the ratio is the same in
// every round, as for a run and its copy, it is known exactly, however much the trials
// scatter. Fieller's interval could be open in that case, because it first asks whether a
// mean differs from 0.
func paired(base, next []float64) estimate.Ratio {
	r := estimate.Compare(base, next)
	if len(base) >= 2 && inProportion(base, next) {
		r.CI = estimate.Interval{Low: r.Value.X, High: r.Value.X, OK: r.Value.OK}
	}
	return r
}

// inProportion reports whether all pairs have the same ratio, apart from rounding.
func inProportion(base, next []float64) bool {
	for i := range base {
		off := base[i]*next[0]/(next[i]*base[0]) - 1
		if !(math.Abs(off) <= estimate.RoundingError) { // also false for NaN
			return false
		}
	}
	return true
}

// noIntervalReason returns the reason why a cell has no interval.
func (c *Comparison) noIntervalReason(x *Contrast) string {
	b, n := x.Base.Judged.N, x.New.Judged.N
	switch {
	case c.isSeveral() && c.hasRunWithoutLog(x):
		return "a value of a run is not positive, so the run has no geometric mean"
	case c.isSeveral() && b+n < 3:
		return fmt.Sprintf("%s in BASE, %d in NEW: an interval takes three", format.Count(b, "run"), n)
	case c.SameRun && x.Speedup.Pairs < 2:
		return fmt.Sprintf("%s in both: an interval takes two", format.Count(x.Speedup.Pairs, "round"))
	case !c.isSeveral() && (b < 2 || n < 2):
		return fmt.Sprintf("%s in BASE, %d in NEW: an interval takes two in each", format.Count(b, "good trial"), n)
	}
	return fmt.Sprintf("these %s have no ratio", c.Judge.ValuesName())
}

// judge sets the verdicts. All cells are one family, because a reader who looks for
// slower cells looks at the whole table.
func (c *Comparison) judge() {
	cells := c.filter(func(x *Contrast) bool { return x.Status == Compared })
	c.Family = len(cells)
	c.Test = c.testOf(cells)
	ps := make([]estimate.Value, len(cells))
	for i, x := range cells {
		x.P = x.Speedup.Rank
		if c.SameRun || c.isSeveral() {
			x.P = x.Speedup.P
		}
		ps[i] = x.P
		if c.Test == WelchT {
			ps[i] = x.Welch
		}
	}
	for i, p := range estimate.Holm(ps) {
		x := cells[i]
		x.Adjusted = p
		if p.OK {
			x.Test = c.Test
		}
		x.Verdict = estimate.Judge(x.Speedup, p, c.Options.Margin)
	}
}

// testOf returns the test for a table. For separate runs it is the rank test, if that
// test can reject equality for each of the cells. A few trials can be ordered in only a
// few ways, so the p value of the rank test has a minimum. For 5 against 5 trials it is
// 0.0079, which Holm's method makes 0.056 among 7 cells. No cell could ever be slower
// then, and a check with --fail-on slower could never fail. In this case the test is
// Welch's, for the whole table, because p values of two tests must not be adjusted
// together.
func (c *Comparison) testOf(cells []*Contrast) Test {
	switch {
	case c.isSeveral():
		return RunsT
	case c.SameRun:
		return PairedT
	case slices.ContainsFunc(cells, func(x *Contrast) bool { return !rankTestCanReject(x.Base.Judged.N, x.New.Judged.N, len(cells)) }):
		return WelchT
	}
	return MannWhitney
}

// rankTestCanReject reports whether the rank test can find a difference between n and m
// trials in a family of this size.
func rankTestCanReject(n, m, family int) bool {
	return estimate.MinRankP(n, m)*float64(family) < 1-estimate.Confidence
}

// minRankTestTrials returns the number of trials per run that the rank test needs in a
// family of this size. ok is false if it is more than 100.
func minRankTestTrials(family int) (trials int, ok bool) {
	const most = 100
	for n := 2; n <= most; n++ {
		if rankTestCanReject(n, n, family) {
			return n, true
		}
	}
	return 0, false
}
