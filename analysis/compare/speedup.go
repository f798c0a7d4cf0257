package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A SpeedupChange compares the speed-ups of a cell against the same baseline in both runs. A machine
// that is slower in one run, for the baseline and the cell alike, cancels out.
type SpeedupChange struct {
	Baseline  string         // the name of the baseline in BASE; empty for a baseline
	Base, New estimate.Value // the speed-ups in each run, over the rounds in which cell and baseline are good
	Change    estimate.Ratio // New / Base: above 1 the cell has gained on its baseline
	// Adjusted is the p value of Change, adjusted by Holm's method over all cells with a change.
	Adjusted estimate.Value
	Verdict  estimate.Verdict
	Reason   string // why there is no verdict; empty if there is one, and for a baseline
}

// compareSpeedups sets the changes of the speed-ups. Their p values are corrected together, apart
// from the p values of the times: they answer another question.
func (c *Comparison) compareSpeedups() {
	contrastOf := map[*analysis.Summary]*Contrast{} // by the cell of a run
	for _, x := range c.Contrasts {
		for _, s := range slices.Concat(x.cellsOf(baseSide), x.cellsOf(newSide)) {
			contrastOf[s] = x
		}
	}
	var cells []*Contrast
	for _, x := range c.Contrasts {
		if x.Base == nil || x.New == nil || x.Base.IsBaseline() && x.New.IsBaseline() {
			continue
		}
		s := &x.Against
		at := append(x.counted(baseSide), slices.Index(x.cells, x.cellsOf(baseSide)[0]))[0]
		base := contrastOf[c.baselineOf(x, at)]
		if base != nil {
			s.Baseline = base.Name()
		}
		if s.Reason = c.noSpeedupChange(x, base, contrastOf); s.Reason != "" {
			continue
		}
		if s.Reason = c.changeOf(s, x, base); s.Reason == "" {
			cells = append(cells, x)
		}
	}
	ps := make([]estimate.Value, len(cells))
	for i, x := range cells {
		ps[i] = x.Against.Change.P
	}
	for i, p := range estimate.Holm(ps) {
		s := &cells[i].Against
		s.Adjusted = p
		s.Verdict = estimate.Judge(s.Change, p, c.Options.Margin)
	}
	c.SpeedupFamily = len(cells)
}

// baselineOf returns the baseline of the cell in a run; nil if the run has no such cell.
func (c *Comparison) baselineOf(x *Contrast, run int) *analysis.Summary {
	if x.cells[run] == nil {
		return nil
	}
	return c.Runs()[run].Summary(x.cells[run].Cell.Baseline)
}

// noSpeedupChange returns the reason why the speed-ups of a cell in both runs cannot be compared.
// base is the contrast of its baseline in BASE.
func (c *Comparison) noSpeedupChange(x, base *Contrast, contrastOf map[*analysis.Summary]*Contrast) string {
	switch {
	case x.Status != Compared && x.Status != NoInterval:
		return cmp.Or(x.Reason, string(x.Status))
	case base == nil:
		return "it has no baseline in BASE"
	}
	for _, i := range slices.Concat(x.counted(baseSide), x.counted(newSide)) {
		if b := c.baselineOf(x, i); b == nil || contrastOf[b] != base {
			name := "none"
			if b != nil {
				name = format.OneLine(b.Cell.Name)
			}
			return fmt.Sprintf("its baseline is %s in BASE and %s in %s", format.OneLine(base.Name()), name, c.label(i))
		}
	}
	if base.Status != Compared && base.Status != NoInterval {
		return "its baseline: " + cmp.Or(base.Reason, string(base.Status))
	}
	for _, r := range c.Runs()[1:] {
		if what := changedCommand(&c.Base.Run, &r.Run, base.Base.Cell.Levels); what != "" {
			return fmt.Sprintf("its baseline %s is not the same in both runs: %s", format.OneLine(base.Name()), what)
		}
	}
	return ""
}

// changedCommand returns what differs between the commands of a cell in two runs, or "". levels are
// the levels of the cell. A strategy of iosweep has no command.
func changedCommand(a, b *journal.Run, levels map[string]string) string {
	name := levels[experiments.Strategy.String()]
	find := func(run *journal.Run) (journal.Command, bool) {
		i := slices.IndexFunc(run.Commands, func(k journal.Command) bool { return k.Name == name })
		if i < 0 {
			return journal.Command{}, false
		}
		return run.Commands[i], true
	}
	was, before := find(a)
	is, now := find(b)
	if !before || !now {
		return ""
	}
	for _, d := range commandDifferences(was, is) {
		if d.Base != d.New {
			return d.What
		}
	}
	revision := "revision " + levels[experiments.Revision.String()]
	for _, d := range sourceDifferences(*a, *b) {
		if d.What == revision && d.Base != d.New {
			return d.What
		}
	}
	var placeholders []string
	for axis, level := range levels {
		placeholders = append(placeholders, "{"+axis+"}", level)
	}
	fill := strings.NewReplacer(placeholders...)
	for _, d := range programDifferences(*a, *b) {
		program, isContent := strings.CutPrefix(d.What, "content of program ")
		if isContent && d.Base != d.New && slices.ContainsFunc(is.Run, func(arg string) bool { return fill.Replace(arg) == program }) {
			return d.What
		}
	}
	return ""
}

// changeOf computes the change of a speed-up. It returns the reason if there is none.
func (c *Comparison) changeOf(s *SpeedupChange, x, base *Contrast) string {
	if c.isSeveral() {
		return c.changeOfRuns(s, x, base)
	}
	was, is := c.roundsOf(base.Base, x.Base), c.roundsOf(base.New, x.New)
	if c.SameRun {
		was, is = c.sameRounds(x, base)
		s.Change = estimate.CompareSpeedupsByRound(was, is)
	} else {
		s.Change = estimate.CompareSpeedups(was, is)
	}
	s.Base, s.New = was.Speedup(), is.Speedup()
	if ci := s.Change.CI; !ci.OK && !ci.Open {
		return fmt.Sprintf("%s with its baseline in BASE, %d in NEW: an interval takes two in each", format.Count(len(was.Cell), "round"), len(is.Cell))
	}
	return ""
}

// roundsOf returns the judged figures of the rounds of one run in which cell and baseline are good.
func (c *Comparison) roundsOf(baseline, cell *analysis.Summary) (r estimate.Rounds) {
	r.Baseline, r.Cell = c.Judge.Orient(c.Judge.Pairs(baseline.Good, cell.Good))
	return r
}

// sameRounds returns the rounds in which cell and baseline are good in two journals of one run.
func (c *Comparison) sameRounds(x, base *Contrast) (was, is estimate.Rounds) {
	next := analysis.PairTrials(base.New.JudgedTrials(), x.New.JudgedTrials())
	for _, p := range analysis.PairTrials(base.Base.JudgedTrials(), x.Base.JudgedTrials()) {
		i := slices.IndexFunc(next, func(q analysis.TrialPair) bool { return q.Cell.Round == p.Cell.Round })
		if i < 0 {
			continue
		}
		was.Baseline, was.Cell = append(was.Baseline, c.Judge.Value(p.Baseline)), append(was.Cell, c.Judge.Value(p.Cell))
		is.Baseline, is.Cell = append(is.Baseline, c.Judge.Value(next[i].Baseline)), append(is.Cell, c.Judge.Value(next[i].Cell))
	}
	was.Baseline, was.Cell = c.Judge.Orient(was.Baseline, was.Cell)
	is.Baseline, is.Cell = c.Judge.Orient(is.Baseline, is.Cell)
	return was, is
}

// SumUpSpeedups returns a sentence with the number of each verdict on the changes of the speed-ups. It
// returns "" if no cell has such a verdict.
func (c *Comparison) SumUpSpeedups() string {
	parts := c.countVerdicts(func(x *Contrast) estimate.Verdict { return x.Against.Verdict })
	if len(parts) == 0 {
		return ""
	}
	n := len(c.filter(func(x *Contrast) bool { return x.Against.Verdict != "" }))
	return fmt.Sprintf("Against the baseline: %s of %s", format.Join(parts), format.Count(n, "cell"))
}

// speedupNotes explain the changes of the speed-ups.
func (c *Comparison) speedupNotes() (list []string) {
	if c.SumUpSpeedups() == "" {
		return nil
	}
	list = append(list, fmt.Sprintf("\"vs baseline\" is the speed-up against the baseline in BASE and in NEW, and \"its change\" is NEW / BASE: below 1 the cell has lost. A machine that is slower for the cell and its baseline alike cancels out. The verdict allows for %s.", format.Count(c.SpeedupFamily, "cell")))
	if slices.ContainsFunc(c.Differences, func(d Difference) bool { return d.What == "iosweep" }) && slices.ContainsFunc(c.Contrasts, c.hasBuiltinBaseline) {
		list = append(list, "A baseline is a strategy of iosweep, whose version differs. If this baseline has changed, the speed-ups against it change too.")
	}
	return list
}

// hasBuiltinBaseline reports whether the speed-up of a cell is judged against a strategy of iosweep.
func (c *Comparison) hasBuiltinBaseline(x *Contrast) bool {
	if x.Against.Verdict == "" {
		return false
	}
	strategy := c.baselineOf(x, x.counted(baseSide)[0]).Cell.Levels[experiments.Strategy.String()]
	return !slices.ContainsFunc(c.Base.Run.Commands, func(k journal.Command) bool { return k.Name == strategy })
}

// String describes the change for a line of text, such as "against copy/strategy=cp: 0.981× (0.940–1.02),
// inconclusive". It is empty without a verdict.
func (s *SpeedupChange) String() string {
	if s.Verdict == "" {
		return ""
	}
	return fmt.Sprintf("its speed-up against %s: %s of before (%s), %s", format.OneLine(s.Baseline), format.Times(s.Change.Value), format.TimesInterval(s.Change.CI), s.Verdict)
}
