package compare

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
)

// Notes say how to read the table of a comparison.
func (c *Comparison) Notes() []string {
	list := []string{fmt.Sprintf("The speed-up is the time of BASE / the time of NEW, with its 95%% interval: above 1 NEW is faster. Equivalent: the whole interval lies within %s of 1.", c.margin())}
	if c.Family > 0 {
		list = append(list, fmt.Sprintf("p is of %s, adjusted by Holm over %s.", c.Test, format.Count(c.Family, "cell")))
	}
	if c.Test == WelchT && c.Family > 0 {
		list = append(list, c.insteadOfRanks())
	}
	if slices.ContainsFunc(c.Contrasts, (*Contrast).seemsConclusive) {
		list = append(list, "Inconclusive although the 95% interval excludes 1: the interval is the cell's alone, p is of another test and allows for the number of cells compared.")
	}
	if slices.ContainsFunc(c.Contrasts, func(x *Contrast) bool { return x.Standing == NoInterval }) {
		list = append(list, "Cells without an interval have no verdict: it takes at least two trials in either run, and five to be worth anything (--set trials.repeats=5).")
	}
	if c.Mean.OK {
		list = append(list, fmt.Sprintf("Geometric mean of the speed-ups of %s: %s.", format.Count(len(c.judged()), "cell"), format.Times(c.Mean)))
	}
	return list
}

// insteadOfRanks says why p is not of the rank test, and what that would take.
func (c *Comparison) insteadOfRanks() string {
	text := fmt.Sprintf("The rank test of Mann and Whitney has no part in the verdicts: with so few trials of %s its adjusted p cannot be below 0.05, however far the times lie apart.", format.Count(c.Family, "cell"))
	if n, ok := rankedFrom(c.Family); ok {
		text += fmt.Sprintf(" It takes %s on either side (--set trials.repeats=%d).", format.Count(n, "trial"), n)
	}
	return text
}

// seemsConclusive reports whether a cell is not judged as its interval suggests.
func (x *Contrast) seemsConclusive() bool {
	ci := x.Speedup.CI
	return x.Verdict == estimate.Inconclusive && ci.OK && (ci.Low > 1 || ci.High < 1)
}

// RunSentence says what a side of the comparison is.
func RunSentence(d *analysis.Data) string {
	r := d.Run
	return fmt.Sprintf("%s, run on %s with iosweep %s, %s, %s", format.OneLine(r.Name), format.Moment(r.StartedAt), cmp.Or(format.OneLine(r.Iosweep), "of an unknown version"), format.Count(len(r.Cells), "cell"), analysis.Repeats(&r))
}

// Remarks say what the verdicts are about, and how trials are put together, where there
// is anything to say of it.
func (c *Comparison) Remarks() []string {
	return slices.DeleteFunc([]string{c.meaning(), c.pairing()}, func(s string) bool { return s == "" })
}
