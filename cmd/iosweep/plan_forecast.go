package main

import (
	"fmt"
	"sort"
	"time"

	"iosweep/internal/estimate"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/preflight"
)

// A forecast is what a plan costs and what it can show, for people who decide
// whether a night is long enough.
type forecast struct {
	// Adaptive repeats have a range.
	written struct{ low, high operations.Footprint }
	time    struct{ low, high time.Duration }
	rooms   []preflight.Room // what the plan needs at its peak

	earlier *earlier // that knows the time; may be nil
	cells   int

	comparisons int          // cells that the largest table judges together
	detectable  []detectable // at one spread, or at several if it is not known

	warnings []string
}

// A detectable difference is one that a plan is likely to show at a spread.
type detectable struct {
	spread     float64
	difference estimate.Value
}

// newForecast returns the forecast of a plan from what an earlier run knows, if there
// is one.
func newForecast(prep *preflight.Prepared, before *earlier) *forecast {
	trials := prep.Plan.Experiment.Trials
	least, most := trials.Repeats, trials.Repeats
	if trials.Adaptive != nil {
		least = trials.Adaptive.Min
	}
	f := &forecast{rooms: prep.Rooms(), earlier: before, cells: len(prep.Cells), comparisons: mostCompared(prep.Cells)}
	f.written.low, f.written.high = prep.Written(least), prep.Written(most)
	for i := range f.rooms {
		if why := f.rooms[i].Lacks(); why != "" {
			f.warnings = append(f.warnings, why)
		}
	}
	if before != nil {
		f.time.low, f.time.high = before.round*time.Duration(trials.Warmup+least), before.round*time.Duration(trials.Warmup+most)
		f.warnings = append(f.warnings, before.doubts(prep.Machine, f.rooms[0].Type)...)
		if budget := prep.Plan.Experiment.Budget; budget > 0 && budget < f.time.low {
			f.warnings = append(f.warnings, fmt.Sprintf("the budget of %v ends it before: iosweep resume goes on", budget))
		}
	}
	if f.comparisons > 0 {
		f.power(prep, least, most)
	}
	return f
}

// usualSpreads are those of single trials on a quiet machine, on a usual one, and on a
// noisy one. They stand in where no earlier run knows the spread.
var usualSpreads = []float64{0.01, 0.05, 0.10}

// power works out which differences the plan is likely to show.
func (f *forecast) power(prep *preflight.Prepared, least, most int) {
	spreads := usualSpreads
	if f.earlier != nil && f.earlier.spread.OK && f.earlier.spread.X > 0 {
		spreads = []float64{f.earlier.spread.X}
	}
	adaptive := prep.Plan.Experiment.Trials.Adaptive
	// Adaptive repeats stop at their width, whatever more of them would show.
	rounds := func(spread float64) int {
		if adaptive == nil {
			return most
		}
		return min(most, max(least, estimate.RoundsAt(spread, adaptive.Width)))
	}
	for _, spread := range spreads {
		f.detectable = append(f.detectable, detectable{spread, estimate.Detectable(rounds(spread), spread, f.comparisons)})
	}
	first := f.detectable[0]
	if n := rounds(first.spread); !(first.difference.X <= estimate.Margin) || n < 2 {
		f.warnings = append(f.warnings, fmt.Sprintf("with %s and a spread of %s, differences near the margin of %s stay inconclusive%s",
			units.Count(n, "repeat"), percentage(estimate.Of(first.spread)), percentage(estimate.Of(estimate.Margin)), enoughRepeats(first.spread, f.comparisons)))
	}
	if adaptive != nil {
		f.warnings = append(f.warnings, outOfReach(adaptive.Width, most, first.spread)...)
	}
}

// outOfReach warns that adaptive repeats will not reach the width at which they stop.
func outOfReach(width float64, most int, spread float64) []string {
	needed := estimate.RoundsAt(spread, width)
	if needed <= most {
		return nil
	}
	return []string{fmt.Sprintf("at a spread of %s it takes about %d rounds until an interval is %s wide, and there are at most %d: cells will stop at max",
		percentage(estimate.Of(spread)), needed, percentage(estimate.Of(width)), most)}
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
