package experiments

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A cellFilter selects cells by their levels. A cell matches if it has one of the given levels
// for every named axis. A filter without axes matches every cell.
type cellFilter struct {
	axes []condition
	at   Position
}

// A condition is one axis of a cellFilter, with its levels sorted.
type condition struct {
	axis   Axis
	name   string
	levels []string

	// The result for the last checked cell, which adjacent cells often share.
	checked     bool // a cell was checked
	lastLevel   uint32
	lastMatches bool
}

// filter reads a mapping from axes to a level, a list of levels or a range.
func (f *file) filter(what string, n *yaml.Node) cellFilter {
	cf := cellFilter{at: f.at(n)}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		f.problem(n, "%s: expected a mapping from axes to levels, found %s%s", what, foundItems(n), f.filterHint(what, n))
		return cf
	}
	for key, value := range pairs(n) {
		f.condition(&cf, key, key.Value, value)
	}
	return cf
}

// condition adds one axis to cf.
func (f *file) condition(cf *cellFilter, key *yaml.Node, name string, value *yaml.Node) {
	a, ok := f.axisNamed(name)
	if !ok {
		f.unknown(key, "axis", name, slices.Concat(axisNames(), f.table.customAxes))
		return
	}
	levels := levelTexts(f.levels(a, value))
	slices.Sort(levels)
	cf.axes = append(cf.axes, condition{axis: a, name: name, levels: levels})
}

// String returns the filter in the syntax of the file, with long lists shortened.
func (cf *cellFilter) String() string {
	const most = 24
	conditions := mapSlice(cf.axes, func(c condition) string {
		levels := strings.Join(c.levels[:min(len(c.levels), most)], ", ")
		if more := len(c.levels) - most; more > 0 {
			levels += " and " + thousands(int64(more)) + " more"
		}
		if len(c.levels) != 1 {
			levels = "[" + levels + "]"
		}
		return c.name + ": " + levels
	})
	return "{" + strings.Join(conditions, ", ") + "}"
}

// names reports whether the filter has a condition on an axis.
func (cf *cellFilter) names(a Axis) bool {
	return slices.ContainsFunc(cf.axes, func(c condition) bool { return c.axis == a })
}

// readFilters reads all filters: baseline, exclude and --only.
func (f *file) readFilters(s *section) {
	_, _, baseline := s.get("baseline")
	f.baseline = f.filter("baseline", baseline)
	f.baseline.at = cmp.Or(f.PositionOf("baseline"), f.PositionOf("grid"))
	if exclude := s.node("exclude"); exclude != nil {
		list := items(exclude)
		if len(list) > maxFilters {
			f.problem(exclude, "exclude: %s entries, more than %s", thousands(int64(len(list))), thousands(maxFilters))
			return
		}
		for _, n := range list {
			f.exclude = append(f.exclude, f.filter("exclude", n))
		}
	}
	if only := f.opt.Only; len(only) > maxFilters {
		f.add(Position{File: "--only"}, "%s filters, more than %s", thousands(int64(len(only))), thousands(maxFilters))
		return
	}
	for _, only := range f.opt.Only {
		f.only = append(f.only, f.parseOnly(only))
	}
}

// parseOnly reads AXIS=LEVEL,LEVEL,AXIS=LEVEL. A cell must match every axis with one of its
// levels. The character | also separates levels. If an axis is repeated, its levels are
// combined.
func (f *file) parseOnly(only string) cellFilter {
	at := "--only " + clip(only)
	node := func(kind yaml.Kind, value string) *yaml.Node {
		n := &yaml.Node{Kind: kind, Value: value}
		f.overrides[n] = at
		return n
	}
	filter := node(yaml.MappingNode, "")
	for pair := range strings.SplitSeq(only, ",") {
		name, levels, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if last := len(filter.Content); !ok && last > 0 {
			// A further level of the previous axis, as in workers=1,2.
			list := filter.Content[last-1]
			list.Content = append(list.Content, node(yaml.ScalarNode, strings.TrimSpace(pair)))
			continue
		}
		if !ok {
			f.problem(filter, "expected AXIS=LEVEL, found %s", quote(pair))
			continue
		}
		if keyIndex(filter, name) < 0 {
			setKey(filter, node(yaml.ScalarNode, name), node(yaml.SequenceNode, ""))
		}
		list := filter.Content[keyIndex(filter, name)+1]
		for text := range strings.SplitSeq(levels, "|") {
			list.Content = append(list.Content, node(yaml.ScalarNode, text))
		}
	}
	if len(filter.Content) == 0 {
		return cellFilter{at: Position{File: at}}
	}
	return f.filter("--only", filter)
}

// matches reports whether a cell matches the filter.
func (f *file) matches(cf *cellFilter, cell *Cell) bool {
	for i := range cf.axes {
		c := &cf.axes[i]
		// The result for the last level is reused. Adjacent cells mostly have the same
		// level, and a file may have hundreds of filters for 100,000 cells.
		if level := f.effectiveLevel(cell, c.axis); !c.checked || level != c.lastLevel {
			_, c.lastMatches = slices.BinarySearch(c.levels, f.table.levels[level])
			c.lastLevel, c.checked = level, true
		}
		if !c.lastMatches {
			return false
		}
	}
	return true
}

// describeGridLevels describes the levels that the axes of a filter have in the grid.
func (f *file) describeGridLevels(cf *cellFilter) string {
	if f.full() {
		return "" // walking all cells takes time
	}
	return "the grid has " + strings.Join(mapSlice(cf.axes, func(c condition) string {
		if f.shownLevels[c.axis] == "" {
			f.shownLevels[c.axis] = f.levelsOf(c.axis)
		}
		return c.name + ": " + f.shownLevels[c.axis]
	}), "; ")
}

// levelsOf lists the first levels of an axis in the grid.
func (f *file) levelsOf(a Axis) string {
	const most = 24
	var levels []string
	seen := map[string]bool{"": true}
	for i := range f.Cells {
		level := f.table.levels[f.effectiveLevel(&f.Cells[i], a)]
		if seen[level] {
			continue
		}
		seen[level] = true
		if len(levels) < most {
			levels = append(levels, level)
		}
	}
	text := cmp.Or(strings.Join(levels, ", "), "none")
	if more := len(seen) - 1 - len(levels); more > 0 {
		text += " and " + thousands(int64(more)) + " more"
	}
	return text
}

// applyExclude removes the excluded cells from the grid.
func (f *file) applyExclude() {
	if len(f.exclude) == 0 {
		return
	}
	hits := make([]bool, len(f.exclude))
	kept := f.Cells[:0]
	for i := range f.Cells {
		out := false
		for k := range f.exclude {
			if f.matches(&f.exclude[k], &f.Cells[i]) {
				hits[k], out = true, true
			}
		}
		if !out {
			kept = append(kept, f.Cells[i])
		}
	}
	f.Cells = kept
	for i, hit := range hits {
		if !hit {
			f.warn(f.exclude[i].at, "no cell matches %s: this filter excludes nothing", &f.exclude[i])
		}
	}
}

// applyOnly keeps the cells that match an --only filter, and their baselines.
func (f *file) applyOnly() {
	if len(f.only) == 0 {
		return
	}
	keep := make([]bool, len(f.Cells))
	anyKept := false
	for i := range f.Cells {
		if slices.ContainsFunc(f.only, func(cf cellFilter) bool { return f.matches(&cf, &f.Cells[i]) }) {
			keep[i], keep[f.Baseline[i]], anyKept = true, true, true
		}
	}
	f.keepPublishedBaselines(keep)
	if !anyKept {
		f.add(f.only[0].at, "no cell of the grid matches %s: %s", &f.only[0], f.describeGridLevels(&f.only[0]))
		return
	}
	newIndex := make([]int, len(f.Cells)) // new index of each kept cell, by old index
	cells, baseline := f.Cells[:0], f.Baseline[:0]
	for i, kept := range keep {
		if kept {
			newIndex[i] = len(cells)
			cells, baseline = append(cells, f.Cells[i]), append(baseline, f.Baseline[i])
		}
	}
	for i, b := range baseline {
		baseline[i] = newIndex[b]
	}
	f.Cells, f.Baseline = cells, baseline
	f.renumberPublished(keep, newIndex)
}
