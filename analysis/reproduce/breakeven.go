package reproduce

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/format"
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
}

// result returns 1 if the attempt is faster than its baseline, -1 if it is slower, and 0 if that
// is not clear.
func (s step) result() int {
	switch ci := s.Speedup.CI; {
	case ci.Low > 1:
		return 1
	case ci.High < 1:
		return -1
	}
	return 0
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
		byRest[key] = append(byRest[key], step{a, level})
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
	results := make([]int, len(steps))
	for i, s := range steps {
		results[i] = s.result()
	}
	rises := slices.IsSorted(results)
	if !rises {
		slices.Reverse(results)
		if !slices.IsSorted(results) {
			return ""
		}
		slices.Reverse(steps) // from slower to faster
	}
	turn := slices.Index(results, 1)
	if turn < 1 {
		return ""
	}
	faster, before := steps[turn], steps[turn-1]
	from, until := "from %s on", "up to %s"
	if !rises {
		from, until = until, from
	}
	at := func(where string, s step) string {
		return fmt.Sprintf(where, axis+"="+levelText(axis, s.level)) + " (" + s.figures() + ")"
	}
	name := strings.Replace(faster.Contender, ", "+axis+"="+faster.Cell.Cell.Levels[axis], "", 1)
	verb, less, more := "is", "faster than %s", "slower"
	if r.IsBlocked() {
		verb, less, more = "blocks its caller", "for less time than %s", "for more"
	}
	sentence := fmt.Sprintf("%s: %s %s "+less+" %s", m.Printed.Method, name, verb, faster.Baseline.Cell.Levels[experiments.Strategy.String()], at(from, faster))
	slower := turn - 1
	for slower >= 0 && results[slower] == 0 {
		slower--
	}
	if slower >= 0 {
		sentence += ", and " + more + " " + at(until, steps[slower])
	}
	if results[turn-1] == 0 {
		sentence += ". It is undecided at " + fmt.Sprintf("%s (%s)", axis+"="+levelText(axis, before.level), before.figures())
	}
	return sentence + "."
}

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
	for _, unit := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"KB", 1e3}} {
		if level >= unit.size && level%unit.size == 0 {
			return strconv.FormatInt(level/unit.size, 10) + unit.name
		}
	}
	return strconv.FormatInt(level, 10) + "B"
}
