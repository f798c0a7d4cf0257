package reproduce

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// findings are what a person would point out about the table: first where it
// disagrees with itself, then where the run disagrees with it.
func (r *Reproduction) findings(d *analysis.Data) []string {
	list := append(r.printedFindings(), d.ExpectedFailureSentences()...)
	for _, m := range r.Methods {
		list = append(list, r.methodFinding(m)...)
	}
	return append(list, r.rankFinding()...)
}

// printedFindings are those that take no measurement.
func (r *Reproduction) printedFindings() []string {
	var list []string
	for _, m := range r.Methods {
		list = append(list, r.meanFinding(m)...)
	}
	for _, m := range r.Methods {
		list = append(list, r.factorFinding(m)...)
	}
	return list
}

// PrintedFindings are what a published table gets wrong by itself, whatever is
// measured.
func PrintedFindings(table journal.Published) []string {
	return newReproduction(table).printedFindings()
}

// meanFinding says that a printed mean does not follow from the printed runs:
// that they lie farther apart than rounding explains.
func (r *Reproduction) meanFinding(m *Method) []string {
	row := m.Printed
	if row.Mean == nil || !m.RunsMean.OK {
		return nil
	}
	var coarsest float64
	texts := make([]string, len(row.Runs))
	for i, f := range row.Runs {
		coarsest = max(coarsest, f.Unit)
		texts[i] = printed(f)
	}
	off := m.RunsMean.X - row.Mean.Value
	if max(off, -off) <= row.Mean.Unit/2+coarsest/2+estimate.RoundingError {
		return nil
	}
	places := max(placesOf(*row.Mean), finest(row.Runs))
	sentence := fmt.Sprintf("%s: the printed mean is %s s, but its runs (%s) average %.*f s",
		row.Method, printed(*row.Mean), strings.Join(texts, ", "), places, m.RunsMean.X)
	base := r.BaselineRow()
	if v := r.baselineSeconds().Over(m.RunsMean); v.OK && !m.IsBaseline {
		if is, said := factor(v.X), PrintedFactor(m); is != said {
			sentence += fmt.Sprintf(": %s against %s, not %s", is, base.Method, said)
		}
	}
	return []string{sentence + "."}
}

// factorFinding says that a printed speed-up does not follow from the printed
// seconds, though each be rounded by half a unit. A printed range is given no
// more room: its ends say already how far the number may be.
func (r *Reproduction) factorFinding(m *Method) []string {
	base := r.BaselineRow()
	ends := m.Printed.Speedup
	if base == nil || m.IsBaseline || len(ends) == 0 {
		return nil
	}
	there, here := secondsWithin(*base), secondsWithin(m.Printed)
	if !there.OK || !here.OK || here.Low <= 0 {
		return nil
	}
	said := m.Speedup
	if said.Low == said.High {
		said.Low, said.High = said.Low-ends[0].Unit/2, said.High+ends[0].Unit/2
	}
	if said.Low <= there.High/here.Low+estimate.RoundingError && said.High >= there.Low/here.High-estimate.RoundingError {
		return nil
	}
	baseline := r.Methods[r.Table.Baseline]
	return []string{fmt.Sprintf("%s: the printed speed-up is %s, but %s / %s is %s.", m.Printed.Method,
		PrintedFactor(m), PrintedTime(baseline), PrintedTime(m), factor(baseline.Seconds.Over(m.Seconds).X))}
}

// secondsWithin are the seconds of a row with half a unit to either side.
func secondsWithin(row journal.PublishedRow) estimate.Interval {
	v, _ := printedSeconds(row)
	half := 0.0
	if row.Mean != nil {
		half = row.Mean.Unit / 2
	} else {
		for _, f := range row.Runs {
			half = max(half, f.Unit/2)
		}
	}
	return estimate.Interval{Low: v.X - half, High: v.X + half, OK: v.OK}
}

// surprises reports whether an attempt is a strategy of iosweep's own that is faster
// than the row claims, or that damages what the row says is safe.
func (r *Reproduction) surprises(m *Method, a *Attempt) bool {
	if a.Program || a.Outcome != Contradicted {
		return false
	}
	_, high, timed := regionOf(m.Claim, r.Table.Tolerance)
	return !timed || a.Speedup.CI.Low > high
}

// methodFinding says that a built-in strategy surprises where no program
// contradicts the row: what was published holds for the way it was done, and not
// for the work as such.
func (r *Reproduction) methodFinding(m *Method) []string {
	if m.contradiction() != nil {
		return nil
	}
	var holds, open, not []string
	for _, a := range m.Attempts {
		switch {
		case r.surprises(m, a):
			not = append(not, a.withFigures())
		case a.Program && (a.Outcome == Reproduced || a.Outcome == Limited):
			holds = append(holds, a.withFigures())
		case a.Program && a.Outcome == Undecided && a.Cell.ExpectedFailures == 0 && a.Speedup.Value.OK:
			open = append(open, a.withFigures())
		}
	}
	if len(not) == 0 {
		return nil
	}
	sentence := fmt.Sprintf("%s: %q does not hold for %s", m.Printed.Method, m.Claim, format.Several(not))
	switch {
	case len(holds) > 0:
		sentence = fmt.Sprintf("%s: %q holds for %s, and not for %s", m.Printed.Method, m.Claim, format.Several(holds), format.Several(not))
	case len(open) > 0:
		sentence += ", and is undecided for " + format.Several(open)
	}
	if why := format.OneLine(m.Printed.WhenFaster); why != "" {
		first, size := utf8.DecodeRuneInString(why)
		sentence += ". " + string(unicode.ToUpper(first)) + strings.TrimRight(why[size:], ".")
	}
	return []string{sentence + "."}
}

// withFigures names an attempt with what it was judged by.
func (a *Attempt) withFigures() string {
	switch {
	case a.Corrupt.OK:
		return fmt.Sprintf("%s (%s items corrupt)", a.Contender, CorruptOf(a))
	case a.Speedup.CI.OK:
		return fmt.Sprintf("%s (%s, %s)", a.Contender, format.Times(a.Speedup.Value), format.TimesInterval(a.Speedup.CI))
	}
	return fmt.Sprintf("%s (%s)", a.Contender, format.Times(a.Speedup.Value))
}

// rankedAtLeast is how many rows, the baseline among them, it takes for an order to
// be worth a word.
const rankedAtLeast = 4

// rankFinding says how far the order of the methods is as published.
func (r *Reproduction) rankFinding() []string {
	var parts []string
	for _, kind := range []struct {
		program bool
		name    string
	}{{true, "that of the programs"}, {false, "that of iosweep's own strategies"}} {
		published, measured, said := r.ranked(kind.program)
		c := estimate.CompareRanks(published, measured)
		if len(published) < rankedAtLeast || !said || !c.Tau.OK {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s agree in %d of %s (Kendall's tau-b %.2f)", kind.name, c.Same, format.Count(c.Pairs, "pair"), c.Tau.X))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"Ranks: the published order and " + strings.Join(parts, "; the published order and ") + "."}
}

// ranked are the speed-ups of the rows that have a published and a measured one:
// of each row the first cell of a kind whose work was done, and 1 for the
// baseline. said is whether the table has an order at all: one that claims no
// difference anywhere has none.
func (r *Reproduction) ranked(program bool) (published, measured []float64, said bool) {
	for _, m := range r.Methods {
		if m.IsBaseline {
			published, measured = append(published, 1), append(measured, 1)
		}
		if !m.Speedup.OK || m.Claim == "" {
			continue
		}
		i := slices.IndexFunc(m.Attempts, func(a *Attempt) bool { return a.Program == program && a.Comparable() })
		if i < 0 {
			continue
		}
		published = append(published, (m.Speedup.Low+m.Speedup.High)/2)
		measured = append(measured, m.Attempts[i].Speedup.Value.X)
		said = said || m.Claim != journal.ClaimNoDifference
	}
	return published, measured, said
}

// Comparable reports whether an attempt has a speed-up of work that was done well.
func (a *Attempt) Comparable() bool {
	return a.Speedup.Value.OK && a.Cell.Failed == 0 && a.Baseline.Failed == 0 && a.Baseline != a.Cell
}
