package main

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/preflight"
)

// A forecast is what a plan costs and what it can show, for people who decide
// whether a night is long enough.
type forecast struct{ lines, warnings []string }

func (f *forecast) say(format string, args ...any) {
	f.lines = append(f.lines, fmt.Sprintf(format, args...))
}

func (f *forecast) warn(format string, args ...any) {
	f.warnings = append(f.warnings, fmt.Sprintf(format, args...))
}

// newForecast returns the forecast of a plan from what an earlier run knows, if there
// is one.
func newForecast(prep *preflight.Prepared, before *earlier) *forecast {
	trials := prep.Plan.Experiment.Trials
	least, most := trials.Repeats, trials.Repeats // adaptive repeats have a range
	if trials.Adaptive != nil {
		least = trials.Adaptive.Min
	}
	f := &forecast{}
	low, high := prep.Written(least), prep.Written(most)
	f.say("writes %s in %s files", span(units.Size(low.Bytes), units.Size(high.Bytes)), span(fmt.Sprint(low.Files), fmt.Sprint(high.Files)))
	requirements := prep.SpaceRequirements()
	for i := range requirements {
		need := requirements[i].Need()
		f.say("needs at its peak %s and %s in %s", units.Size(need.Bytes), units.Count(int(need.Files), "file"), requirements[i].Name())
		if why := requirements[i].Shortage(); why != "" {
			f.warn("%s", why)
		}
	}
	if before == nil {
		f.say("takes a time that no earlier run tells (--earlier DIR names one, --probe makes one)")
	} else {
		shortest, longest := before.round*time.Duration(trials.Warmup+least), before.round*time.Duration(trials.Warmup+most)
		f.say("takes about %s, by %s (%d of %s)", span(about(shortest), about(longest)), before.dir, before.known, units.Count(len(prep.Cells), "cell"))
		f.warnings = append(f.warnings, before.doubts(prep.Machine, requirements[0].Type)...)
		if budget := prep.Plan.Experiment.Budget; budget > 0 && budget < shortest {
			f.warn("the budget of %v ends it before: iosweep resume goes on", budget)
		}
	}
	if compared := mostCompared(prep.Cells); compared > 0 {
		f.power(trials.Adaptive, least, most, compared, before)
	} else {
		f.say("shows no differences: no cell is compared with another")
	}
	return f
}

// usualSpreads are those of single trials on a quiet machine, on a usual one, and on a
// noisy one. They stand in where no earlier run knows the spread.
var usualSpreads = []float64{0.01, 0.05, 0.10}

// power adds which differences the plan is likely to show when it compares so many cells.
func (f *forecast) power(adaptive *experiments.Adaptive, least, most, compared int, before *earlier) {
	spreads := usualSpreads
	if before != nil && before.spread.OK && before.spread.X > 0 {
		spreads = []float64{before.spread.X}
	}
	// Adaptive repeats stop at their width, whatever more of them would show.
	rounds := func(spread float64) int {
		if adaptive == nil {
			return most
		}
		return min(most, max(least, estimate.RoundsAt(spread, adaptive.Width)))
	}
	var parts []string
	for _, spread := range spreads {
		difference := estimate.Detectable(rounds(spread), spread, compared)
		parts = append(parts, fmt.Sprintf("%s at a spread of %s", percentage(difference), percentage(estimate.Of(spread))))
	}
	f.say("shows a difference of %s, in four runs of five (%s judged together)", strings.Join(parts, ", "), units.Count(compared, "cell"))
	spread := spreads[0]
	if n := rounds(spread); n < 2 || !(estimate.Detectable(n, spread, compared).X <= estimate.Margin) {
		f.warn("with %s and a spread of %s, differences near the margin of %s stay inconclusive%s",
			units.Count(n, "repeat"), percentage(estimate.Of(spread)), percentage(estimate.Of(estimate.Margin)), enoughRepeats(spread, compared))
	}
	if adaptive == nil {
		return
	}
	if needed := estimate.RoundsAt(spread, adaptive.Width); needed > most {
		f.warn("at a spread of %s it takes about %d rounds until an interval is %s wide, and there are at most %d: cells will stop at max",
			percentage(estimate.Of(spread)), needed, percentage(estimate.Of(adaptive.Width)), most)
	}
}

// enoughRepeats says how many repeats show the margin, if a number in sight does.
func enoughRepeats(spread float64, comparisons int) string {
	shows := func(n int) bool {
		d := estimate.Detectable(n, spread, comparisons)
		return d.OK && d.X <= estimate.Margin
	}
	const sight = 1000
	if !shows(sight) {
		return fmt.Sprintf(", and %d repeats would not tell them either: make trials longer, or the machine quieter", sight)
	}
	return fmt.Sprintf("; trials.repeats=%d would tell them", 2+sort.Search(sight-2, func(i int) bool { return shows(2 + i) }))
}

// mostCompared returns how many cells the largest table judges together.
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
