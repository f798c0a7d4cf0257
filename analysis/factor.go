package analysis

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/journal"
)

// factors returns the names of all factors of the run, in display order. A factor is a
// dimension of the grid, and a level is one of its values. An experiment file calls a
// factor an axis.
func factors(run journal.Run) []string {
	var list []string
	for _, a := range experiments.Axes() {
		list = append(list, a.String())
	}
	return append(list, CustomAxes(run.Cells)...)
}

// Varying returns the factors in which the cells differ. If only some cells use an axis
// and all of them have the same level, the axis varies only if this level is not the
// default. For example, the default way to start a pool does not distinguish a strategy
// with a pool from a strategy without one.
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

// Initial returns the default level of an axis, which applies if the grid does not have the
// axis.
func Initial(factor string) string {
	if a, ok := experiments.AxisNamed(factor); ok {
		return a.Default()
	}
	return ""
}

// Levels returns the distinct levels of a factor, sorted. Cells without the factor do not
// count.
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

// CompareLevels compares two levels for a stable sort. Numbers come before words, in
// ascending order. Two words compare as equal, so they keep their order.
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

// Label names a cell by some of its factors: strategies and operations by their level
// alone, all other factors as name=level.
func Label(c journal.Cell, factors []string) string {
	var parts []string
	for _, name := range factors {
		level := c.Levels[name]
		switch {
		case level == "":
		case name == experiments.Operation.String() || name == experiments.Strategy.String():
			parts = append(parts, level)
		default:
			parts = append(parts, name+"="+LevelText(name, level))
		}
	}
	return strings.Join(parts, ", ")
}

// Partition groups cells by their Label, in the order of their first cells.
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

// Naming returns the factors that distinguish the cells of one table: the factors that
// vary, or the strategy if none varies.
func Naming(factors []string, cells []*Summary) []string {
	if names := Varying(factors, cells); len(names) > 0 {
		return names
	}
	return []string{experiments.Strategy.String()}
}

// heading names a table by its operation and by the factors that distinguish it from
// other tables.
func heading(d *Data, g Table) string {
	varying := Varying(d.sharedFactors, g.Cells)
	names := append([]string{experiments.Operation.String()}, Without(d.sharedFactors, varying...)...)
	title := Label(g.Cells[0].Cell, names)
	if g.IsRetired() {
		title += " (retired)" // the cells that replaced these have another table
	}
	return title
}

// distinguish adds factors to headings that several tables have. If baselines are compared with the
// cells of their own number of workers, the tables differ in workers only, and each heading names them.
func (d *Data) distinguish(tables []Table) {
	same := map[string][]int{}
	for i, g := range tables {
		same[g.Heading] = append(same[g.Heading], i)
	}
	for heading, list := range same {
		names := slices.DeleteFunc(slices.Clone(d.Factors), func(name string) bool { return !distinguishes(name, tables, list) })
		for _, i := range list {
			if label := Label(tables[i].Cells[0].Cell, names); label != "" {
				tables[i].Heading = heading + ", " + label
			}
		}
	}
}

// distinguishes reports whether the cells of each table have one level of a factor, and not all
// tables have the same. A cell without the factor counts as a cell with its default level.
func distinguishes(factor string, tables []Table, indexes []int) (differ bool) {
	initial := Initial(factor)
	first := cmp.Or(tables[indexes[0]].Cells[0].Cell.Levels[factor], initial)
	for _, i := range indexes {
		cells := tables[i].Cells
		level := cells[0].Cell.Levels[factor]
		if slices.ContainsFunc(cells, func(s *Summary) bool { return s.Cell.Levels[factor] != level }) {
			return false
		}
		differ = differ || cmp.Or(level, initial) != first
	}
	return differ
}

// baselineLabel names the baseline of a table by its strategy. If other cells have the
// same strategy, the label also has the factors that distinguish the baseline from them.
func baselineLabel(d *Data, g Table) string {
	strategy := experiments.Strategy.String()
	same := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		return s.Cell.Levels[strategy] != g.Baseline.Cell.Levels[strategy]
	})
	return Label(g.Baseline.Cell, append([]string{strategy}, Varying(d.Factors, same)...))
}

// Without returns names without the names in out.
func Without(names []string, out ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(out, n) })
}

// IsShared reports whether a factor describes the work and not the way to do it. Cells
// with the same baseline have the same level of such a factor.
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

// CustomAxes returns the custom axes of the experiment, in the order of their first use. It
// leaves out an axis of an earlier run that is built in now: its levels are in that column.
func CustomAxes(cells []journal.Cell) []string {
	var list []string
	for _, c := range cells {
		for _, name := range c.Custom {
			if _, builtIn := experiments.AxisNamed(name); !builtIn && !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// ShortNames returns a function that names each cell by its strategy. If several cells
// have the strategy, the name also has the factors that distinguish them. It omits
// default levels, but keeps a default sink. Tables about append and zip compare the
// sinks, the ways in which workers write to one file.
func ShortNames(factors []string, cells []*Summary) func(*Summary) string {
	return namesOf(factors, cells, func(s *Summary, name string) bool {
		return name != experiments.Sink.String() && s.Cell.Levels[name] == Initial(name)
	})
}

// fullNames is like ShortNames, but keeps default levels. A sentence about a few cells has no table beside it that shows
// them.
func fullNames(factors []string, cells []*Summary) func(*Summary) string {
	return namesOf(factors, cells, func(*Summary, string) bool { return false })
}

func namesOf(factors []string, cells []*Summary, omitted func(s *Summary, factor string) bool) func(*Summary) string {
	strategy := experiments.Strategy.String()
	names := map[string][]string{} // by strategy
	_, same := partition(cells, func(s *Summary) string { return s.Cell.Levels[strategy] })
	for key, cells := range same {
		names[key] = append([]string{strategy}, Varying(Without(factors, strategy), cells)...)
	}
	return func(s *Summary) string {
		own := slices.DeleteFunc(slices.Clone(names[s.Cell.Levels[strategy]]), func(name string) bool { return omitted(s, name) })
		return cmp.Or(Label(s.Cell, own), s.Cell.Name)
	}
}
