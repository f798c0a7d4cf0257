package reports

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
	return append(list, customAxes(run.Cells)...)
}

// varying are those factors in which the cells differ. That some use an axis and
// others do not is a difference only if its level says something: a pool that is
// started as every pool is, beside a strategy that has none, does not.
func varying(factors []string, cells []*Summary) []string {
	return slices.DeleteFunc(slices.Clone(factors), func(name string) bool {
		switch list := levels(name, cells); len(list) {
		case 0:
			return true
		case 1:
			everywhere := !slices.ContainsFunc(cells, func(s *Summary) bool { return s.Cell.Levels[name] == "" })
			return everywhere || list[0] == initial(name)
		}
		return false
	})
}

// initial is the level that the format gives to an axis that a grid leaves out.
func initial(factor string) string {
	if a, ok := experiments.AxisNamed(factor); ok {
		return a.Initial()
	}
	return ""
}

// levels are the distinct levels of a factor, sorted; cells without the factor
// do not count.
func levels(factor string, cells []*Summary) []string {
	var list []string
	for _, s := range cells {
		if level := s.Cell.Levels[factor]; level != "" && !slices.Contains(list, level) {
			list = append(list, level)
		}
	}
	slices.SortStableFunc(list, compareLevels)
	return list
}

// compareLevels puts numbers in order, before words, which keep theirs.
func compareLevels(a, b string) int {
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

// label names a cell by some of its factors, as people would: strategies and
// operations by themselves, all else as name=level.
func label(c journal.Cell, factors []string) string {
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

// partition splits cells by what label says of them, in the order of their
// first cells.
func partition(cells []*Summary, factors []string) (labels []string, parts map[string][]*Summary) {
	parts = map[string][]*Summary{}
	for _, s := range cells {
		key := label(s.Cell, factors)
		if _, known := parts[key]; !known {
			labels = append(labels, key)
		}
		parts[key] = append(parts[key], s)
	}
	return labels, parts
}

// naming are the factors that tell the cells of one table apart: those that
// vary, or the strategy where none does.
func naming(factors []string, cells []*Summary) []string {
	if names := varying(factors, cells); len(names) > 0 {
		return names
	}
	return []string{experiments.Strategy.String()}
}

// telling are the factors by which groups may differ: of what is done, rather
// than of how.
func telling(factors []string, cells []*Summary) []string {
	return slices.DeleteFunc(varying(factors, cells), func(name string) bool { return !isShared(name) })
}

// heading names a group by its operation and by what tells it from others.
func heading(d *Data, g Group) string {
	inside := varying(d.telling, g.Cells)
	names := append([]string{experiments.Operation.String()}, without(d.telling, inside...)...)
	title := label(g.Cells[0].Cell, names)
	if !anyCell(g.Cells, func(s *Summary) bool { return !s.Cell.Retired }) {
		title += " (retired)" // beside the table of what has taken its place
	}
	return title
}

// baselineLabel names the baseline of a group by its strategy and, where that
// has more cells than this, by what tells it from them.
func baselineLabel(d *Data, g Group) string {
	strategy := experiments.Strategy.String()
	same := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		return s.Cell.Levels[strategy] != g.Baseline.Cell.Levels[strategy]
	})
	return label(g.Baseline.Cell, append([]string{strategy}, varying(d.factors, same)...))
}

// without leaves some names out.
func without(names []string, out ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(out, n) })
}

// isShared says whether a cell has the factor from its group: from what is
// done, rather than from how.
func isShared(factor string) bool {
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

// customAxes lists the axes that the experiment invented, as they first appear.
func customAxes(cells []journal.Cell) []string {
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

// shortNames are, by strategy, the factors that its cells are named by.
type shortNames map[string][]string

// shortNamesOf finds for each strategy what tells its cells apart, if it has several.
func shortNamesOf(factors []string, cells []*Summary) shortNames {
	strategy := experiments.Strategy.String()
	same := map[string][]*Summary{}
	for _, s := range cells {
		key := s.Cell.Levels[strategy]
		same[key] = append(same[key], s)
	}
	names := shortNames{}
	for key, cells := range same {
		names[key] = append([]string{strategy}, varying(without(factors, strategy), cells)...)
	}
	return names
}

// of is the name of one of the cells. Levels that the format gives anyhow go
// without saying, except for the sink, which is what tables about one file are
// about.
func (n shortNames) of(s *Summary) string {
	names := slices.DeleteFunc(slices.Clone(n[s.Cell.Levels[experiments.Strategy.String()]]), func(name string) bool {
		return name != experiments.Sink.String() && s.Cell.Levels[name] == initial(name)
	})
	return cmp.Or(label(s.Cell, names), s.Cell.Name)
}
