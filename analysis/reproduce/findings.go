package reproduce

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// findings returns the remarkable results: first the contradictions within the table,
// then the differences between the run and the table.
func (r *Reproduction) findings(d *analysis.Data) []string {
	list := append(r.printedFindings(), d.ExpectedFailureSentences()...)
	for _, m := range r.Methods {
		list = append(list, m.errorFinding()...)
		list = append(list, r.methodFinding(m)...)
		list = append(list, m.variantFindings()...)
		list = append(list, r.breakEvenFindings(m)...)
	}
	return append(list, r.rankFinding()...)
}

// printedFindings returns the findings that need no measurement.
func (r *Reproduction) printedFindings() []string {
	if r.Table.Bundle != "" {
		return nil // its figures are computed
	}
	list := r.sizeFinding()
	for _, m := range r.Methods {
		list = append(list, r.meanFinding(m)...)
	}
	for _, m := range r.Methods {
		list = append(list, r.factorFinding(m)...)
	}
	return list
}

// PrintedFindings returns the errors within a published table, independent of any
// measurement.
func PrintedFindings(table journal.Published) []string {
	return newReproduction(table).printedFindings()
}

// meanFinding reports a printed mean that differs from the mean of the printed runs by
// more than rounding explains.
func (r *Reproduction) meanFinding(m *Method) []string {
	row := m.Printed
	if row.Mean == nil || !m.RunsMean.OK {
		return nil
	}
	off := math.Abs(m.RunsMean.X - row.Mean.Value)
	ok, condition := agreement(quantities(append([]journal.Figure{*row.Mean}, row.Runs...), " s"), func(bound errorBound) bool {
		return off <= bound(*row.Mean)+largest(row.Runs, bound)+estimate.RoundingError
	})
	if ok && condition == "" {
		return nil
	}
	texts := make([]string, len(row.Runs))
	for i, f := range row.Runs {
		texts[i] = printed(f)
	}
	places := max(placesOf(*row.Mean), maxPlaces(row.Runs))
	sentence := fmt.Sprintf("%s: the printed mean is %s s, but its runs (%s) average %.*f s",
		row.Method, printed(*row.Mean), strings.Join(texts, ", "), places, m.RunsMean.X)
	if v := r.baselineSeconds().Over(m.RunsMean); v.OK && !m.IsBaseline && !ok {
		if computed, text := factor(v.X), PrintedFactor(m); computed != text {
			sentence += fmt.Sprintf(": %s against %s, not %s", computed, r.BaselineRow().Method, text)
		}
	}
	return []string{sentence + condition + "."}
}

// largest returns the largest error bound of the figures.
func largest(figures []journal.Figure, bound errorBound) float64 {
	most := 0.0
	for _, f := range figures {
		most = max(most, bound(f))
	}
	return most
}

// factorFinding reports a printed speed-up that does not follow from the printed seconds,
// even if each number is rounded by half a unit. A printed range gets no further
// tolerance: its ends already show the uncertainty.
func (r *Reproduction) factorFinding(m *Method) []string {
	base := r.BaselineRow()
	ends := m.Printed.Speedup
	if base == nil || m.IsBaseline || len(ends) == 0 {
		return nil
	}
	baseline := r.Methods[r.Table.Baseline]
	baseSeconds, seconds := baseline.Seconds, m.Seconds
	baseFigures, figures := secondsFigures(*base), secondsFigures(m.Printed)
	if !baseSeconds.OK || !seconds.OK || seconds.X <= largest(figures, roundedAt(figures...)) {
		return nil
	}
	all := quantities(slices.Concat(baseFigures, figures), " s")
	if m.Speedup.Low == m.Speedup.High {
		all = append(all, quantity{ends[0], "×"})
	}
	ok, condition := agreement(all, func(bound errorBound) bool {
		claimed := m.Speedup
		if claimed.Low == claimed.High {
			claimed.Low, claimed.High = claimed.Low-bound(ends[0]), claimed.High+bound(ends[0])
		}
		baseHalf, half := largest(baseFigures, bound), largest(figures, bound)
		return claimed.Low <= (baseSeconds.X+baseHalf)/(seconds.X-half)+estimate.RoundingError &&
			claimed.High >= (baseSeconds.X-baseHalf)/(seconds.X+half)-estimate.RoundingError
	})
	if ok && condition == "" {
		return nil
	}
	return []string{fmt.Sprintf("%s: the printed speed-up is %s, but %s / %s is %s%s.", m.Printed.Method,
		PrintedFactor(m), PrintedTime(baseline), PrintedTime(m), factor(baseSeconds.Over(seconds).X), condition)}
}

// secondsFigures returns the figures that the seconds of a row come from.
func secondsFigures(row journal.PublishedRow) []journal.Figure {
	if row.Mean != nil {
		return []journal.Figure{*row.Mean}
	}
	return row.Runs
}

// isUnexpected reports whether an attempt is a built-in strategy that is faster than the
// row claims, or that corrupts items although the row claims that they are intact.
func (r *Reproduction) isUnexpected(m *Method, a *Attempt) bool {
	if a.Program || a.Outcome != Contradicted {
		return false
	}
	_, high, timed := claimRange(m.Claim, r.Table.Tolerance)
	return !timed || a.Speedup.CI.Low > high
}

// methodFinding reports an unexpected result of a built-in strategy if no program
// contradicts the row. The published claim is then valid for the published program, but
// not for the work in general.
func (r *Reproduction) methodFinding(m *Method) []string {
	if m.contradiction() != nil {
		return nil
	}
	var holds, open, not []string
	for _, a := range m.Attempts {
		switch {
		case r.isUnexpected(m, a):
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

// withFigures returns the name of an attempt with the figures that judge it.
func (a *Attempt) withFigures() string {
	switch {
	case a.Corrupt.OK:
		return fmt.Sprintf("%s (%s items corrupt)", a.Contender, CorruptOf(a))
	case a.Speedup.CI.OK:
		return fmt.Sprintf("%s (%s)", a.Contender, a.figures())
	case !a.Speedup.Value.OK:
		return a.Contender
	}
	return fmt.Sprintf("%s (%s)", a.Contender, format.Times(a.Speedup.Value))
}

// minRanked is the minimum number of rows, including the baseline, for a statement about
// their order.
const minRanked = 4

// rankFinding reports how far the order of the methods agrees with the published order.
func (r *Reproduction) rankFinding() []string {
	var parts []string
	for _, kind := range []struct {
		program bool
		name    string
	}{{true, "the order of the programs"}, {false, "the order of iosweep's own strategies"}} {
		published, measured, hasOrder := r.ranked(kind.program)
		c := estimate.CompareRanks(published, measured)
		if len(published) < minRanked || !hasOrder || !c.Tau.OK {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s agree in %d of %s (Kendall's tau-b %.2f)", kind.name, c.Same, format.Count(c.Pairs, "pair"), c.Tau.X))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"Ranks: the published order and " + strings.Join(parts, ". The published order and ") + "."}
}

// ranked returns the speed-ups of the rows that have a published and a measured one. Each
// row contributes its first comparable cell. Only programs count if program is set, and
// only built-in strategies otherwise. The baseline contributes 1. hasOrder reports
// whether the table has an order: a table without any claimed difference has none.
func (r *Reproduction) ranked(program bool) (published, measured []float64, hasOrder bool) {
	for _, m := range r.Methods {
		if m.IsBaseline {
			published, measured = append(published, 1), append(measured, 1)
		}
		if !m.Speedup.OK || !IsOfTime(m.Claim) {
			continue
		}
		i := slices.IndexFunc(m.Attempts, func(a *Attempt) bool { return a.Program == program && a.Outcome != Variant && a.Comparable() })
		if i < 0 {
			continue
		}
		published = append(published, (m.Speedup.Low+m.Speedup.High)/2)
		measured = append(measured, m.Attempts[i].Speedup.Value.X)
		hasOrder = hasOrder || m.Claim != journal.ClaimNoDifference
	}
	return published, measured, hasOrder
}

// Comparable reports whether an attempt has a speed-up that is based on correct work.
func (a *Attempt) Comparable() bool {
	return a.Speedup.Value.OK && a.Cell.Failed == 0 && a.Baseline.Failed == 0 && a.Baseline != a.Cell
}
