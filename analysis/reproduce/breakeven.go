package reproduce

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// breakEvenAxes are the axes of the amount of work, along which a method may turn from slower to
// faster.
var breakEvenAxes = []experiments.Axis{experiments.Size, experiments.Files, experiments.Lines}

// breakEvenFindings reports the amount of work from which a contender is faster than its
// baseline, or up to which. The cells of a contender must differ in one axis only, and their
// results must turn once along it.
func (r *Reproduction) breakEvenFindings(m *Method) []string {
	var list []string
	for _, axis := range breakEvenAxes {
		for _, sweep := range sweeps(m, axis.String()) {
			if sentence := r.breakEven(m, axis.String(), sweep); sentence != "" {
				list = append(list, sentence)
			}
		}
	}
	return list
}

// A step is an attempt with its level of the axis of a sweep.
type step struct {
	*Attempt
	level int64
	// claim is the claim about time that holds for the attempt; empty if that is undecided.
	claim string
	// adjusted is defined if the interval alone shows a gain or a loss, and the p value adjusted
	// over the steps of the sweep does not.
	adjusted estimate.Value
}

// direction returns 1 if the attempt is faster than its baseline, -1 if it is slower, and 0 if
// there is no difference or if that is undecided.
func (s step) direction() int {
	switch s.claim {
	case journal.ClaimFaster:
		return 1
	case journal.ClaimSlower:
		return -1
	}
	return 0
}

// decide sets the claims of the steps of a sweep, with the tolerance of the table. A step is
// faster or slower only if that also holds after correcting for the number of steps.
func (r *Reproduction) decide(steps []step) {
	low, high, _ := claimRange(journal.ClaimNoDifference, r.Table.Tolerance)
	ps := make([]estimate.Value, len(steps))
	for i, s := range steps {
		ps[i] = estimate.RatioP(s.baselineTimes, s.times, nearest(s.Speedup.Value.X, low, high))
	}
	for i, p := range estimate.Holm(ps) {
		s := &steps[i]
		switch claims := possibleClaims(s.Speedup.CI, r.Table.Tolerance); {
		case len(claims) != 1: // undecided
		case claims[0] == journal.ClaimNoDifference || p.OK && p.X < estimate.Significance:
			s.claim = claims[0]
		default:
			s.adjusted = p
		}
	}
}

// sweeps returns the attempts of each contender that differ in one axis only, in the order of
// its levels.
func sweeps(m *Method, axis string) [][]step {
	var order []string
	byRest := map[string][]step{}
	for _, a := range m.Attempts {
		level, err := strconv.ParseInt(a.Cell.Cell.Levels[axis], 10, 64)
		if err != nil || a.obstacle != "" || !a.Speedup.CI.OK {
			continue
		}
		rest := maps.Clone(a.Cell.Cell.Levels)
		delete(rest, axis)
		key := fmt.Sprint(rest) // maps are printed in the order of their keys
		if byRest[key] == nil {
			order = append(order, key)
		}
		byRest[key] = append(byRest[key], step{Attempt: a, level: level})
	}
	var list [][]step
	for _, key := range order {
		steps := byRest[key]
		slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.level, b.level) })
		if len(steps) > 1 {
			list = append(list, steps)
		}
	}
	return list
}

// breakEven returns a sentence about a sweep; empty if it does not turn once between faster and
// not faster.
func (r *Reproduction) breakEven(m *Method, axis string, steps []step) string {
	r.decide(steps)
	byDirection := func(a, b step) int { return cmp.Compare(a.direction(), b.direction()) }
	from, until := "from %s on", "up to %s"
	if !slices.IsSortedFunc(steps, byDirection) {
		slices.Reverse(steps) // from slower to faster
		from, until = until, from
	}
	turn := slices.IndexFunc(steps, func(s step) bool { return s.direction() > 0 })
	if turn < 1 || !slices.IsSortedFunc(steps, byDirection) {
		return ""
	}
	verb, less, more := "is", "faster than %s", "slower"
	if r.IsBlocked() {
		verb, less, more = "blocks its caller", "for less time than %s", "for more"
	}
	faster, before := steps[turn], steps[:turn]
	name := strings.Replace(faster.Contender, ", "+axis+"="+analysis.LevelText(axis, faster.Cell.Cell.Levels[axis]), "", 1)
	baseline := faster.Baseline.Cell.Levels[experiments.Strategy.String()]
	sentence := fmt.Sprintf("%s: %s %s "+less+" "+from+" (%s)", m.Printed.Method, name, verb, baseline, faster.at(axis), faster.figures())
	if slower := lastSlower(before); slower != nil {
		sentence += fmt.Sprintf(", and %s "+until+" (%s)", more, slower.at(axis), slower.figures())
	}
	return sentence + "." + before[turn-1].doubt(axis, len(steps))
}

// lastSlower returns the last step that is slower than its baseline; nil if there is none.
func lastSlower(steps []step) *step {
	for i := range slices.Backward(steps) {
		if steps[i].direction() < 0 {
			return &steps[i]
		}
	}
	return nil
}

// doubt returns a sentence about a step that is neither faster nor slower, after a space; empty for
// another step.
func (s step) doubt(axis string, comparisons int) string {
	switch {
	case s.claim == journal.ClaimNoDifference:
		return fmt.Sprintf(" There is no difference at %s (%s).", s.at(axis), s.figures())
	case s.direction() != 0:
		return ""
	case s.adjusted.OK:
		return fmt.Sprintf(" It is undecided at %s (%s; p = %s after correcting for %s).", s.at(axis), s.figures(), format.Probability(s.adjusted), format.Count(comparisons, "comparison"))
	}
	return fmt.Sprintf(" It is undecided at %s (%s).", s.at(axis), s.figures())
}

// at returns the level of a step, such as size=1MiB.
func (s step) at(axis string) string { return axis + "=" + levelText(axis, s.level) }

// figures returns the speed-up of an attempt with its interval.
func (a *Attempt) figures() string {
	text := format.Times(a.Speedup.Value) + ", " + format.TimesInterval(a.Speedup.CI)
	if noise := a.noise(); noise != "" {
		text += "; " + noise
	}
	return text
}

// levelText returns the level of an axis, with a unit for a size.
func levelText(axis string, level int64) string {
	if axis != experiments.Size.String() {
		return format.Thousands(level)
	}
	return format.ExactBytes(level)
}
