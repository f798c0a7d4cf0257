package analysis

import (
	"fmt"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// Footnotes returns sentences that explain unusual values of the cells that a report shows, if there
// are any.
func Footnotes(d *Data, published bool, shown func(*Summary) bool) []string {
	var unclear []string
	for _, g := range d.Tables {
		unclear = append(unclear, intervalFootnotes(d, g, shown)...)
	}
	list := atMost(3, unclear, "further notes about inconclusive verdicts are omitted; summary.csv has the interval and the p value of every cell")
	if slices.ContainsFunc(d.Cells(), func(s *Summary) bool { return s.Cell.Retired && s.Seconds.N > 0 && shown(s) }) {
		list = append(list, "Retired cells are no longer in the experiment. They keep their trials and get no more.")
	}
	if !published { // otherwise the findings contain these sentences
		list = append(list, d.ExpectedFailureSentences()...)
	}
	if text := d.verificationFootnote(shown); text != "" {
		list = append(list, text)
	}
	if programs := d.Programs(shown); len(programs) > 0 {
		list = append(list, "A program's time includes starting it: "+strings.Join(programs, ", ")+".")
	}
	return slices.Concat(list, d.startupFootnotes(shown), d.versionsFootnote(shown))
}

// OpenNote explains the word "open" in a table.
func OpenNote(judge Figure) string {
	return fmt.Sprintf(`"open" means that the trials do not bound the interval, or its lower end: the %s vary about as much as their mean.`, judge.ValuesName())
}

// HasOpen reports whether a table shows the word "open" for one of these intervals.
func HasOpen(list ...Interval) bool {
	return slices.ContainsFunc(list, func(i Interval) bool { return i.Open || i.OK && i.LowOpen })
}

// intervalFootnotes explain why cells of a table have an inconclusive verdict although
// their intervals exclude 1.
func intervalFootnotes(d *Data, g Table, shown func(*Summary) bool) (list []string) {
	mostlySplit := map[*Summary]bool{}
	for _, s := range g.splits() {
		mostlySplit[s.cell] = s.isMostlySplit()
	}
	name := ShortNames(d.Factors, g.Cells)
	comparisons := 0
	var corrected []*Summary
	var split, untested, uncorrected []string
	for _, s := range g.Cells {
		if s.Adjusted.OK {
			comparisons++
		}
		switch {
		case !seemsConclusive(s) || !shown(s):
		case mostlySplit[s]:
			split = append(split, name(s))
		case !s.Adjusted.OK:
			untested = append(untested, name(s))
		case s.Speedup.P.OK && s.Speedup.P.X >= estimate.Significance:
			uncorrected = append(uncorrected, fmt.Sprintf("%s (p = %s)", name(s), format.Probability(s.Speedup.P)))
		default:
			corrected = append(corrected, s)
		}
	}
	correction := ""
	if comparisons > 1 { // one p value needs no correction
		correction = "after correcting for " + format.Count(comparisons, "comparison") + " "
	}
	switch len(corrected) {
	case 0:
	case 1:
		s := corrected[0]
		list = append(list, intervalFootnote(g, []string{name(s)}, correction+"p = "+format.Probability(s.Adjusted)))
	default:
		var names []string
		for _, s := range corrected {
			names = append(names, fmt.Sprintf("%s (p = %s)", name(s), format.Probability(s.Adjusted)))
		}
		list = append(list, intervalFootnote(g, names, correction+"no p is below 0.05"))
	}
	if len(uncorrected) > 0 {
		list = append(list, intervalFootnote(g, uncorrected, "the test of the logarithms has p >= 0.05 even without a correction"))
	}
	if len(untested) > 0 {
		list = append(list, intervalFootnote(g, untested, "there is no p value, because a time is 0"))
	}
	if len(split) > 0 {
		list = append(list, intervalFootnote(g, split, "most rounds were measured in another session than the baseline"))
	}
	return list
}

func intervalFootnote(g Table, cells []string, reason string) string {
	text := "%s: the 95%% interval of %s excludes 1, but %s, so the verdict stays inconclusive."
	if len(cells) > 1 {
		text = "%s: the 95%% intervals of %s exclude 1, but %s, so the verdicts stay inconclusive."
	}
	return fmt.Sprintf(text, g.Heading, format.Several(cells), reason)
}

// seemsConclusive reports whether the interval of a cell suggests another verdict than
// the cell has.
func seemsConclusive(s *Summary) bool {
	ci := s.Speedup.CI
	return s.Verdict == estimate.Inconclusive && ci.OK && (ci.Low > 1 || ci.High < 1)
}

// Every is true for every cell. It is for a report that shows all cells.
func Every(*Summary) bool { return true }

// Programs returns the contenders among the shown cells, in the order of their first cells. Their
// trials have no startup time. Trials of a built-in strategy always have one.
func (d *Data) Programs(shown func(*Summary) bool) []string {
	var list []string
	for _, s := range d.Cells() {
		if !shown(s) {
			continue
		}
		strategy := s.Cell.Levels[experiments.Strategy.String()]
		external := slices.ContainsFunc(s.Good, func(t *journal.Trial) bool { return t.Measurement.Startup == nil })
		if external && strategy != "" && !slices.Contains(list, strategy) {
			list = append(list, strategy)
		}
	}
	return list
}

// ExpectedFailureSentences describes the cells that failed as the experiment expects. It
// includes cells that belong to no row of a published table, because the experiment may
// contain a cell only to show such a failure.
func (d *Data) ExpectedFailureSentences() []string {
	var list []string
	name := ShortNames(d.Factors, d.Cells())
	for _, s := range d.Cells() {
		if s.ExpectedFailures == 0 {
			continue
		}
		list = append(list, fmt.Sprintf("%s failed, as expected: %s (%d of %s).", name(s),
			strings.TrimRight(format.OneLine(s.Finding), "."), s.ExpectedFailures, format.Count(s.Seconds.N, "trial")))
	}
	return list
}
