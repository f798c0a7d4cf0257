package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"iosweep/analysis"
	"iosweep/analysis/gate"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// A Comparison compares two runs, cell by cell, or several runs of two sides.
type Comparison struct {
	Base, New *analysis.Data // the first run of each side
	// BaseRuns and NewRuns are all runs of each side.
	BaseRuns, NewRuns []Run
	Options           CompareOptions
	// Judge is the figure of both runs that verdicts are about.
	Judge analysis.Figure
	// SameRun is set if both are journals of one run that was copied, resumed or edited.
	// Their rounds are the same, so trials are paired.
	SameRun bool
	// Contrasts contains the cells of BASE in their order, then the cells that only NEW has.
	Contrasts []*Contrast
	// Differences contains the differences between the runs, apart from their times.
	Differences []Difference
	Test        Test
	// Family is the number of cells that were judged together. In statistics, a family is
	// a set of tests whose p values are corrected together.
	Family int
	// SpeedupFamily is the number of cells whose changes of the speed-up were judged together.
	SpeedupFamily int
	// Mean is the geometric mean of the speed-ups; undefined for fewer than two.
	Mean estimate.Value
	// Warnings contains the warnings of both runs. Each warning names its run.
	Warnings []string
}

// CompareOptions are the settings of a comparison.
type CompareOptions struct {
	BaseName, NewName string  // display names of the first runs: their directories
	Margin            float64 // equivalence margin, as a part of 1
	// Only restricts the comparison to cells that match one of these filters, in the syntax of
	// --only. Verdicts still allow for all cells.
	Only []string
}

// A Contrast is one cell in both runs, or in one of them.
type Contrast struct {
	// Base and New are nil where no run of the side has the cell. With several runs, their Seconds and
	// Judged describe the geometric means of the runs.
	Base, New         *analysis.Summary
	BaseSize, NewSize Size
	Status            Status
	Reason            string // why there is no verdict; empty if there is one
	// Left describes the runs of several whose cell does not count, such as "NEW b2 (skipped: no cp)".
	Left string

	cells []*analysis.Summary // the cell of each run of BASE and then of NEW; nil where the run has no such cell
	bases int                 // number of the runs of BASE
	left  map[int]string      // why the cells of runs do not count, by the index of the run
	work  Difference          // between the inputs of two runs, for DifferentWork

	// Speedup is the mean of BASE / the mean of NEW, or the reverse if a higher figure is better. Above
	// 1 NEW is faster.
	Speedup estimate.Ratio
	// P is the p value of the rank test or, if both are the same run, of the paired
	// t-test. Welch is the p value of Welch's test for separate runs. This is a t-test for
	// two samples whose variances may differ.
	P, Welch estimate.Value
	// Adjusted is the p value of Test, adjusted by Holm's method over the family. Without
	// a p value, Adjusted is undefined and Test is empty.
	Adjusted estimate.Value
	Test     Test
	Verdict  estimate.Verdict

	// Against is the change of the speed-up against the baseline of the cell.
	Against SpeedupChange
}

// Compare compares NEW with BASE. It returns an error if no cell can be compared, or if the runs judge
// different figures.
func Compare(base, next *analysis.Data, opt CompareOptions) (*Comparison, error) {
	return CompareRuns([]Run{{opt.BaseName, base}}, []Run{{opt.NewName, next}}, opt)
}

// CompareRuns compares several runs of NEW with several of BASE. It also returns an error if one of several
// runs is given twice. Each side needs a run. The names in the options are not used.
func CompareRuns(base, next []Run, opt CompareOptions) (*Comparison, error) {
	c := &Comparison{Base: base[0].Data, New: next[0].Data, Judge: next[0].Judge}
	for _, r := range base {
		c.BaseRuns = append(c.BaseRuns, Run{oneline.Of(r.Name), r.Data})
	}
	for _, r := range next {
		c.NewRuns = append(c.NewRuns, Run{oneline.Of(r.Name), r.Data})
	}
	opt.BaseName, opt.NewName = c.BaseRuns[0].Name, c.NewRuns[0].Name
	c.Options = opt
	c.SameRun = !c.isSeveral() && c.Base.Run.ID != "" && c.Base.Run.ID == c.New.Run.ID
	if err := c.checkRuns(); err != nil {
		return nil, err
	}
	c.match()
	for _, x := range c.Contrasts {
		x.Status, x.Reason = c.check(x)
		c.setSides(x)
		if x.Status == Compared {
			c.estimate(x)
		}
	}
	if err := c.overlap(); err != nil {
		return nil, err
	}
	c.judge()
	c.compareSpeedups()
	unmet, err := c.selectOnly()
	if err != nil {
		return nil, err
	}
	c.Mean = geometricMean(c.judged())
	c.Differences = c.differences()
	c.Warnings = append(c.warnings(), unmet...)
	return c, nil
}

// Cell returns the cell of BASE, or of NEW if BASE has none.
func (x *Contrast) Cell() *analysis.Summary {
	if x.Base != nil {
		return x.Base
	}
	return x.New
}

// Name returns the name of the cell.
func (x *Contrast) Name() string { return x.Cell().Cell.Name }

// Change returns the relative change of the judged figure from BASE to NEW. At 0.1 it is 10% higher
// in NEW.
func (x *Contrast) Change() estimate.Value {
	ratio := estimate.Of(1).Over(x.Speedup.Value)
	if x.Cell().Judged.HigherIsBetter() {
		ratio = x.Speedup.Value
	}
	if !ratio.OK {
		return ratio
	}
	return estimate.Of(ratio.X - 1)
}

// judged returns the cells with a verdict.
func (c *Comparison) judged() []*Contrast {
	return c.filter(func(x *Contrast) bool { return x.Verdict != "" })
}

// filter returns the cells for which keep returns true, in their order.
func (c *Comparison) filter(keep func(*Contrast) bool) []*Contrast {
	return slices.DeleteFunc(slices.Clone(c.Contrasts), func(x *Contrast) bool { return !keep(x) })
}

// geometricMean returns the geometric mean of the speed-ups. It adds logarithms, because
// the product of many speed-ups may overflow. The mean has no interval: cells of one run
// share its disturbances, so their intervals cannot be combined.
func geometricMean(cells []*Contrast) estimate.Value {
	if len(cells) < 2 {
		return estimate.Value{}
	}
	var sum float64
	for _, x := range cells {
		sum += math.Log(x.Speedup.Value.X) // -Inf for a time of 0
	}
	if math.IsInf(sum, 0) {
		return estimate.Value{}
	}
	return estimate.Of(math.Exp(sum / float64(len(cells))))
}

// warnings returns the warnings of both runs, without repetitions.
func (c *Comparison) warnings() (list []string) {
	if was, is := c.Base.Run.StartedAt, c.New.Run.StartedAt; is.Before(was) && !c.SameRun && !c.isSeveral() {
		list = append(list, fmt.Sprintf("NEW started %s before BASE: are they in the wrong order?", was.Sub(is).Round(time.Second)))
	}
	var texts [][]string
	for _, r := range c.Runs() {
		texts = append(texts, r.Warnings)
	}
	return slices.Concat(list, c.orderWarnings(), c.byRun(texts))
}

// byRun puts the names of its runs before each text, and joins texts that several runs have. texts has the
// texts of each run.
func (c *Comparison) byRun(texts [][]string) (list []string) {
	known := map[string]bool{}
	for _, own := range texts {
		for _, w := range own {
			if known[w] {
				continue
			}
			known[w] = true
			var who []string
			for i, other := range texts {
				if slices.Contains(other, w) {
					who = append(who, c.label(i))
				}
			}
			name := format.Join(who)
			if c.isSeveral() && len(who) == len(texts) {
				name = "all runs"
			}
			list = append(list, name+": "+oneline.Of(w))
		}
	}
	return list
}

// countVerdicts returns a text for the number of cells with each verdict, such as "1 slower".
func (c *Comparison) countVerdicts(of func(*Contrast) estimate.Verdict) (parts []string) {
	for _, v := range []estimate.Verdict{estimate.Slower, estimate.Faster, estimate.Equivalent, estimate.Inconclusive} {
		if n := len(c.filter(func(x *Contrast) bool { return of(x) == v })); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", format.Thousands(int64(n)), v))
		}
	}
	return parts
}

// SumUp returns a sentence with the number of each verdict.
func (c *Comparison) SumUp() string {
	parts := c.countVerdicts(func(x *Contrast) estimate.Verdict { return x.Verdict })
	n := len(c.judged())
	if n == 0 {
		parts = []string{"no verdict on any"}
		n = len(c.Contrasts)
	}
	text := fmt.Sprintf("%s of %s, margin %s", format.Join(parts), format.Count(n, "cell"), c.margin())
	if rest := len(c.Contrasts) - n; rest > 0 {
		text += fmt.Sprintf("; %s more without a verdict", format.Thousands(int64(rest)))
	}
	if failed := len(c.Matching(gate.Failed)); failed > 0 {
		text += fmt.Sprintf("; %s failed in NEW", format.Thousands(int64(failed)))
	}
	return text
}

// margin returns the equivalence margin as a percentage.
func (c *Comparison) margin() string { return fmt.Sprintf("%.6g%%", 100*c.Options.Margin) }

// Notes returns sentences that explain how to read the table of a comparison.
func (c *Comparison) Notes() []string {
	list := []string{fmt.Sprintf("%s, with its 95%% interval: above 1 NEW is %s. Equivalent: the whole interval lies within %s of 1.", c.Judge.Definition(), c.Judge.Better(), c.margin())}
	if c.Family > 0 {
		list = append(list, fmt.Sprintf("p comes from %s, corrected for %s by Holm's method.", c.Test, format.Count(c.Family, "cell")))
	}
	if c.Test == WelchT && c.Family > 0 {
		list = append(list, c.rankTestNote())
	}
	list = append(list, c.speedupNotes()...)
	if slices.ContainsFunc(c.Contrasts, (*Contrast).seemsConclusive) {
		list = append(list, "A verdict can be inconclusive although its 95% interval excludes 1: the interval is for one cell, and p comes from another test and is corrected for the number of compared cells.")
	}
	if slices.ContainsFunc(c.Contrasts, (*Contrast).hasOpen) {
		list = append(list, analysis.OpenNote(c.Base.Judge)+" More trials would bound it.")
	}
	if slices.ContainsFunc(c.Contrasts, func(x *Contrast) bool { return x.Status == NoInterval }) {
		list = append(list, c.noIntervalNote())
	}
	if c.Mean.OK {
		list = append(list, fmt.Sprintf("Geometric mean of the speed-ups of %s: %s.", format.Count(len(c.judged()), "cell"), format.Times(c.Mean)))
	}
	return list
}

// noIntervalNote explains what an interval needs.
func (c *Comparison) noIntervalNote() string {
	if c.isSeveral() {
		return "Cells without an interval have no verdict. An interval needs at least three runs that have the cell, with at least one on each side."
	}
	return "Cells without an interval have no verdict. An interval needs at least two trials in each run, and a useful one needs five (--set trials.repeats=5)."
}

// rankTestNote explains why the rank test is not used, and how many trials it needs.
func (c *Comparison) rankTestNote() string {
	text := fmt.Sprintf("The verdicts do not use the rank test of Mann and Whitney: with so few trials its p, corrected for %s, cannot be below 0.05, however much the %s differ.", format.Count(c.Family, "cell"), c.Judge.ValuesName())
	if n, ok := minRankTestTrials(c.Family); ok {
		text += fmt.Sprintf(" It needs %s in each run (--set trials.repeats=%d).", format.Count(n, "trial"), n)
	}
	return text
}

// hasOpen reports whether the table of a comparison shows an open interval of the cell.
func (x *Contrast) hasOpen() bool {
	if x.Status != Compared && x.Status != NoInterval {
		return false
	}
	return analysis.HasOpen(x.Base.Judged.CI, x.New.Judged.CI, x.Speedup.CI, x.Against.Change.CI)
}

// seemsConclusive reports whether the interval of a cell suggests another verdict than
// the cell has.
func (x *Contrast) seemsConclusive() bool {
	ci := x.Speedup.CI
	return x.Verdict == estimate.Inconclusive && ci.OK && (ci.Low > 1 || ci.High < 1)
}

// RunSentence describes one run of the comparison.
func RunSentence(d *analysis.Data) string {
	r := d.Run
	return fmt.Sprintf("%s, run on %s with iosweep %s, %s, %s", format.OneLine(r.Name), format.Moment(r.StartedAt), cmp.Or(format.OneLine(r.Iosweep), "of an unknown version"), format.Count(len(r.Cells), "cell"), analysis.Repeats(&r))
}

// Remarks returns sentences about the meaning of the verdicts and the pairing of trials,
// where they need an explanation.
func (c *Comparison) Remarks() []string {
	return slices.DeleteFunc([]string{c.meaning(), c.pairing(), c.unit()}, func(s string) bool { return s == "" })
}
