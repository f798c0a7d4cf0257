package main

import (
	"cmp"
	"fmt"
	"sort"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/preflight"
)

// A forecast describes the cost of a plan and the effects that it can detect, as lines
// and warnings for the user.
type forecast struct{ lines, warnings []string }

// add appends a line.
func (f *forecast) add(format string, args ...any) {
	f.lines = append(f.lines, fmt.Sprintf(format, args...))
}

// warn appends a warning.
func (f *forecast) warn(format string, args ...any) {
	f.warnings = append(f.warnings, fmt.Sprintf(format, args...))
}

// newForecast returns the forecast of a plan. before is an earlier run, or nil.
func newForecast(prep *preflight.Prepared, before *earlierRun) *forecast {
	e := prep.Plan.Experiment
	f := &forecast{}
	low, high := prep.Written(e.FewestRounds), prep.Written(prep.Plan.RoundsOf)
	f.add("data written: %s in %s files", span(units.Size(low.Bytes), units.Size(high.Bytes)), span(fmt.Sprint(low.Files), fmt.Sprint(high.Files)))
	requirements := prep.SpaceRequirements()
	for i := range requirements {
		need := requirements[i].Need()
		f.add("peak disk use: %s and %s in %s", units.Size(need.Bytes), units.Count(int(need.Files), "file"), requirements[i].Name())
		if why := requirements[i].Shortage(); why != "" {
			f.warn("%s", why)
		}
	}
	if before == nil {
		f.add("estimated duration: unknown (use --probe or --earlier DIR)")
	} else {
		shortest, longest := before.duration(e.FewestRounds), before.duration(prep.Plan.RoundsOf)
		f.add("estimated duration: %s, from %s (%d of %s)", span(format.Roughly(shortest), format.Roughly(longest)), before.dir, before.measured, units.Count(len(prep.Cells), "cell"))
		for _, n := range before.next[:min(len(before.next), maxNext)] {
			f.add("open question of %s: %s", before.dir, n.Sentence())
			if n.Command != "" {
				f.add("  %s", n.Command)
			}
		}
		f.warnings = append(f.warnings, before.doubts(prep.Machine, requirements[0].Type)...)
		if budget := e.Budget; budget > 0 && budget < shortest {
			f.warn("the budget of %v is shorter than the estimated duration: %s; iosweep resume can continue the run", budget, cmp.Or(before.budgetFits(e), "it holds nearly all"))
		}
	}
	if compared := mostCompared(prep.Cells); compared > 0 {
		most, _ := e.Repeats() // the cells with the fewest repeats
		least := most
		if a := e.Trials.Adaptive; a != nil {
			least = min(least, a.Min)
		}
		f.power(e.Trials.Adaptive, least, most, compared, before)
	} else {
		f.add("minimum detectable effect: none (no cell is compared with another)")
	}
	return f
}

// maxNext is the largest number of open questions of an earlier run in a forecast.
const maxNext = 3

// usualSpreads are the spreads of single trials on a quiet, an average and a noisy
// machine. They are used if no earlier run gives the spread.
var usualSpreads = []float64{0.01, 0.05, 0.10}

// power adds the minimum detectable effect of a plan that compares this number of cells
// with one baseline.
func (f *forecast) power(adaptive *experiments.Adaptive, least, most, compared int, before *earlierRun) {
	spreads := usualSpreads
	if before != nil && before.spread.OK && before.spread.X > 0 {
		spreads = []float64{before.spread.X}
	}
	race := adaptive != nil && adaptive.Race > 0
	// Adaptive repeats stop at their width, even if more repeats would detect more. A race continues while cells
	// may differ.
	rounds := func(spread float64) int {
		if adaptive == nil || race {
			return most
		}
		return min(most, max(least, estimate.PredictRoundsFromSpread(spread, adaptive.Width)))
	}
	var parts []string
	detectable := func(spread float64) estimate.Value {
		if race {
			return estimate.RaceDetectableEffect(most, spread, compared+1)
		}
		return estimate.MinDetectableEffect(rounds(spread), spread, compared)
	}
	for _, spread := range spreads {
		difference := detectable(spread)
		parts = append(parts, fmt.Sprintf("%s at a %s spread", percentage(difference), percentage(estimate.Of(spread))))
	}
	if most < 2 {
		f.add("minimum detectable effect: none (an interval needs at least 2 repeats)")
	} else {
		f.add("minimum detectable effect: %s (80%% power, %s)", strings.Join(parts, ", "), units.Count(compared, "comparison"))
	}
	spread := spreads[0]
	if race {
		f.race(adaptive, most, compared+1, spreads)
		return
	}
	if n := rounds(spread); n < 2 || !(estimate.MinDetectableEffect(n, spread, compared).X <= estimate.Margin) {
		f.warn("with %s and trials that vary by %s, a difference of %s (the equivalence margin) will probably stay inconclusive; %s",
			units.Count(n, "repeat"), percentage(estimate.Of(spread)), percentage(estimate.Of(estimate.Margin)), enoughRepeats(spread, compared))
	}
	if adaptive == nil {
		return
	}
	if needed := estimate.PredictRoundsFromSpread(spread, adaptive.Width); needed > most {
		f.warn("at a %s spread an interval needs about %d rounds to reach a width of %s, more than the maximum of %d: cells will stop at the maximum",
			percentage(estimate.Of(spread)), needed, percentage(estimate.Of(adaptive.Width)), most)
	}
}

// race adds when a race of k cells drops a cell, and whether it can end before the maximum.
func (f *forecast) race(a *experiments.Adaptive, most, k int, spreads []float64) {
	const behind = 0.10
	var parts []string
	for _, spread := range spreads {
		n := max(a.Min, estimate.PredictRaceRounds(spread, behind, a.Race, k))
		text := units.Count(n, "round")
		if n > most {
			text += " (more than the maximum)"
		}
		parts = append(parts, fmt.Sprintf("%s at a %s spread", text, percentage(estimate.Of(spread))))
	}
	f.add("race: a cell that takes %s longer than the best is dropped after about %s", percentage(estimate.Of(behind)), strings.Join(parts, ", "))
	if n := estimate.PredictRaceRounds(spreads[0], 0, a.Race, k); n > most {
		f.warn("at a %s spread the race needs about %d rounds to know that cells are within %s of the best, more than the maximum of %d: it will end at the maximum unless one cell is left",
			percentage(estimate.Of(spreads[0])), n, percentage(estimate.Of(a.Race)), most)
	}
}

// enoughRepeats returns advice on how to detect a difference as large as the margin. It
// names the number of repeats, or advises less spread if 1000 repeats are not enough.
func enoughRepeats(spread float64, comparisons int) string {
	detects := func(n int) bool {
		d := estimate.MinDetectableEffect(n, spread, comparisons)
		return d.OK && d.X <= estimate.Margin
	}
	const most = 1000
	if !detects(most) {
		return fmt.Sprintf("even %d repeats cannot detect it: make the trials longer, or the machine quieter", most)
	}
	return fmt.Sprintf("to detect it: --set trials.repeats=%d", 2+sort.Search(most-2, func(i int) bool { return detects(2 + i) }))
}

// mostCompared returns the largest number of cells that are compared with one baseline.
func mostCompared(cells []journal.Cell) int {
	against := map[int]int{}
	most := 0
	for i, c := range cells {
		if c.Baseline != i && c.Skip == "" {
			against[c.Baseline]++
			most = max(most, against[c.Baseline])
		}
	}
	return most
}
