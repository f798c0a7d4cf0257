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

// Footnotes explain what a reader of the tables would stumble over; there are
// none where there is nothing to explain.
func Footnotes(d *Data, published bool) []string {
	var list []string
	if slices.ContainsFunc(d.Cells(), seemsConclusive) {
		list = append(list, "Inconclusive although the 95% interval excludes 1: the interval is the cell's alone, the verdict also allows for the number of cells compared (Holm), and is withheld where most rounds were measured in another sitting than the baseline.")
	}
	if slices.ContainsFunc(d.Cells(), func(s *Summary) bool { return s.Cell.Retired && s.Seconds.N > 0 }) {
		list = append(list, "Retired cells are no longer in the experiment: they keep the trials that they have, and get no more.")
	}
	if !published { // else it stands with the findings
		list = append(list, d.ExpectedFailureSentences()...)
	}
	if programs := d.Programs(); len(programs) > 0 {
		list = append(list, "A program's time includes starting it: "+strings.Join(programs, ", ")+".")
	}
	return list
}

// seemsConclusive reports whether a cell is not judged as its interval suggests.
func seemsConclusive(s *Summary) bool {
	ci := s.Speedup.CI
	return s.Verdict == estimate.Inconclusive && ci.OK && !ci.Open && (ci.Low > 1 || ci.High < 1)
}

// Programs are the strategies whose trials are programs of their own, in the
// order of their first cells. What is built in reports how long it took to
// start; nobody can tell that of another program.
func (d *Data) Programs() []string {
	var list []string
	for _, s := range d.Cells() {
		strategy := s.Cell.Levels[experiments.Strategy.String()]
		external := slices.ContainsFunc(s.Good, func(t *journal.Trial) bool { return t.Measurement.Startup == nil })
		if external && strategy != "" && !slices.Contains(list, strategy) {
			list = append(list, strategy)
		}
	}
	return list
}

// ExpectedFailureSentences name the cells that did not do their work, as was expected of
// them: all of the run, for one that stands for no row may be in it for that.
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
