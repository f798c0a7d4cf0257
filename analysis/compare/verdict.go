package compare

import (
	"fmt"
	"math"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
)

// A Test is what the p values that verdicts rest on are from.
type Test string

// The tests.
const (
	PairedT     Test = "paired-t"     // on the logarithm of the time ratio, by round
	MannWhitney Test = "mann-whitney" // of two samples, by ranks: it assumes no distribution
	WelchT      Test = "welch-t"      // of two samples, on logarithms
)

// String is the test as people call it.
func (t Test) String() string {
	return map[Test]string{
		PairedT:     "the paired t-test on logarithms",
		MannWhitney: "the rank test of Mann and Whitney",
		WelchT:      "Welch's t-test on logarithms",
	}[t]
}

// estimate computes the speed-up of a cell that both runs have measured.
func (c *Comparison) estimate(x *Contrast) {
	base, next := x.Base.Good, x.New.Good
	if c.SameRun {
		// What stands beside the speed-up is of the rounds that it is of.
		was, is := analysis.Pairs(base, next, analysis.Seconds)
		x.Base, x.New = x.Base.WithSeconds(was), x.New.WithSeconds(is)
		x.Speedup = paired(was, is)
	} else {
		x.Speedup = estimate.CompareIndependent(analysis.SecondsOf(base), analysis.SecondsOf(next))
		x.Welch = x.Speedup.P
	}
	if ci := x.Speedup.CI; !ci.OK && !ci.Open {
		x.Status, x.Reason = NoInterval, c.tooFew(x)
	}
}

// paired is the speed-up of trials of the same rounds. Where it is the same in every
// round, as of a run and its copy, it is known, however widely the trials scatter.
// Fieller's interval, which asks first whether a mean differs from 0, may be open.
func paired(base, next []float64) estimate.Ratio {
	r := estimate.Compare(base, next)
	if len(base) >= 2 && inProportion(base, next) {
		r.CI = estimate.Interval{Low: r.Value.X, High: r.Value.X, OK: r.Value.OK}
	}
	return r
}

// inProportion reports whether numbers differ by one factor, but for rounding.
func inProportion(base, next []float64) bool {
	for i := range base {
		off := base[i]*next[0]/(next[i]*base[0]) - 1
		if !(math.Abs(off) <= estimate.RoundingError) { // nor if it is no number
			return false
		}
	}
	return true
}

// tooFew says why a cell has no interval.
func (c *Comparison) tooFew(x *Contrast) string {
	b, n := x.Base.Seconds.N, x.New.Seconds.N
	switch {
	case c.SameRun && x.Speedup.Pairs < 2:
		return fmt.Sprintf("%s in both: an interval takes two", format.Count(x.Speedup.Pairs, "round"))
	case b < 2 || n < 2:
		return fmt.Sprintf("%s in BASE, %d in NEW: an interval takes two in each", format.Count(b, "good trial"), n)
	}
	return "these times have no ratio"
}

// judge gives the verdicts. All cells are one family: who looks at the whole table
// for what became slower looks at all of them.
func (c *Comparison) judge() {
	cells := c.having(func(x *Contrast) bool { return x.Status == Compared })
	c.Family = len(cells)
	c.Test = c.testOf(cells)
	ps := make([]estimate.Value, len(cells))
	for i, x := range cells {
		x.P = x.Speedup.Rank
		if c.SameRun {
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

// testOf chooses the test of a table. Of separate runs that is the one by ranks, if
// it can refuse each of the cells. There are only so many orders of a few trials, so
// that its p value has a least one: of 5 against 5 trials it is 0.0079, which Holm
// makes 0.056 among 7 cells. Nothing could be slower there, however slow it is: a
// check that cannot fail. Then it is Welch's, for the whole table, as p values of two
// tests are not to be adjusted together.
func (c *Comparison) testOf(cells []*Contrast) Test {
	switch {
	case c.SameRun:
		return PairedT
	case slices.ContainsFunc(cells, func(x *Contrast) bool { return !canRefuse(x.Base.Seconds.N, x.New.Seconds.N, len(cells)) }):
		return WelchT
	}
	return MannWhitney
}

// canRefuse reports whether the rank test can find a difference between n and m trials
// in a family of so many cells.
func canRefuse(n, m, family int) bool {
	return estimate.MinRankP(n, m)*float64(family) < 1-estimate.Confidence
}

// rankedFrom is how many trials on either side the rank test takes in a family of so
// many cells; false if it is more than anybody would do.
func rankedFrom(family int) (trials int, ok bool) {
	const most = 100
	for n := 2; n <= most; n++ {
		if canRefuse(n, n, family) {
			return n, true
		}
	}
	return 0, false
}
