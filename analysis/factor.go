package analysis

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/journal"
)

// factors lists every axis of the run in the order in which people see them.
func factors(run journal.Run) []string {
	var list []string
	for _, a := range experiments.Axes() {
		list = append(list, a.String())
	}
	return append(list, CustomAxes(run.Cells)...)
}

// Varying are those factors in which the cells differ. That some use an axis and
// others do not is a difference only if its level says something: a pool that is
// started as every pool is, beside a strategy that has none, does not.
func Varying(factors []string, cells []*Summary) []string {
	return slices.DeleteFunc(slices.Clone(factors), func(name string) bool {
		switch list := Levels(name, cells); len(list) {
		case 0:
			return true
		case 1:
			everywhere := !slices.ContainsFunc(cells, func(s *Summary) bool { return s.Cell.Levels[name] == "" })
			return everywhere || list[0] == Initial(name)
		}
		return false
	})
}

// Initial is the level that the format gives to an axis that a grid leaves out.
func Initial(factor string) string {
	if a, ok := experiments.AxisNamed(factor); ok {
		return a.Default()
	}
	return ""
}

// Levels are the distinct levels of a factor, sorted; cells without the factor
// do not count.
func Levels(factor string, cells []*Summary) []string {
	var list []string
	for _, s := range cells {
		if level := s.Cell.Levels[factor]; level != "" && !slices.Contains(list, level) {
			list = append(list, level)
		}
	}
	slices.SortStableFunc(list, CompareLevels)
	return list
}

// CompareLevels puts numbers in order, before words, which keep theirs.
func CompareLevels(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return 0
}

// Label names a cell by some of its factors, as people would: strategies and
// operations by themselves, all else as name=level.
func Label(c journal.Cell, factors []string) string {
	var parts []string
	for _, name := range factors {
		level := c.Levels[name]
		switch {
		case level == "":
		case name == experiments.Operation.String() || name == experiments.Strategy.String():
			parts = append(parts, level)
		default:
			parts = append(parts, name+"="+level)
		}
	}
	return strings.Join(parts, ", ")
}

// Partition splits cells by what Label says of them, in the order of their first cells.
func Partition(cells []*Summary, factors []string) (labels []string, parts map[string][]*Summary) {
	return partition(cells, func(s *Summary) string { return Label(s.Cell, factors) })
}

func partition[K comparable](cells []*Summary, keyOf func(*Summary) K) (keys []K, parts map[K][]*Summary) {
	parts = map[K][]*Summary{}
	for _, s := range cells {
		key := keyOf(s)
		if _, known := parts[key]; !known {
			keys = append(keys, key)
		}
		parts[key] = append(parts[key], s)
	}
	return keys, parts
}

// Naming are the factors that tell the cells of one table apart: those that
// vary, or the strategy where none does.
func Naming(factors []string, cells []*Summary) []string {
	if names := Varying(factors, cells); len(names) > 0 {
		return names
	}
	return []string{experiments.Strategy.String()}
}

// heading names a group by its operation and by what tells it from others.
func heading(d *Data, g Table) string {
	inside := Varying(d.telling, g.Cells)
	names := append([]string{experiments.Operation.String()}, Without(d.telling, inside...)...)
	title := Label(g.Cells[0].Cell, names)
	if !slices.ContainsFunc(g.Cells, func(s *Summary) bool { return !s.Cell.Retired }) {
		title += " (retired)" // beside the table of what has taken its place
	}
	return title
}

// baselineLabel names the baseline of a group by its strategy and, where that
// has more cells than this, by what tells it from them.
func baselineLabel(d *Data, g Table) string {
	strategy := experiments.Strategy.String()
	same := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		return s.Cell.Levels[strategy] != g.Baseline.Cell.Levels[strategy]
	})
	return Label(g.Baseline.Cell, append([]string{strategy}, Varying(d.Factors, same)...))
}

// Without leaves some names out.
func Without(names []string, out ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(out, n) })
}

// IsShared reports whether a cell has the factor from its group: from what is
// done, rather than from how.
func IsShared(factor string) bool {
	a, builtin := experiments.AxisNamed(factor)
	if !builtin {
		return false
	}
	switch a {
	case experiments.Level, experiments.Cache, experiments.Sync, experiments.Workspace:
		return true
	}
	return a.OfWorkload()
}

// CustomAxes lists the axes that the experiment invented, as they first appear.
func CustomAxes(cells []journal.Cell) []string {
	var list []string
	for _, c := range cells {
		for _, name := range c.Custom {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// ShortNames returns a function that names each of the cells by its strategy and, where
// that has several of them, by what tells it from these. Levels that the format gives
// anyhow go without saying, except for the sink, which is what tables about one file are
// about.
func ShortNames(factors []string, cells []*Summary) func(*Summary) string {
	strategy := experiments.Strategy.String()
	names := map[string][]string{} // by strategy
	_, same := partition(cells, func(s *Summary) string { return s.Cell.Levels[strategy] })
	for key, cells := range same {
		names[key] = append([]string{strategy}, Varying(Without(factors, strategy), cells)...)
	}
	return func(s *Summary) string {
		own := slices.DeleteFunc(slices.Clone(names[s.Cell.Levels[strategy]]), func(name string) bool {
			return name != experiments.Sink.String() && s.Cell.Levels[name] == Initial(name)
		})
		return cmp.Or(Label(s.Cell, own), s.Cell.Name)
	}
}
