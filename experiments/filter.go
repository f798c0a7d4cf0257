package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A cellFilter selects cells by their levels. A cell matches if it has one of the given levels
// for every named axis, and the expression holds for it. A filter without axes matches every cell.
type cellFilter struct {
	axes    []condition
	where   *expression // nil: none
	at      Position
	matched bool // excluded found a cell that matches
}

// A condition is one axis of a cellFilter, with its levels sorted.
type condition struct {
	axis   Axis
	name   string
	levels []string
	met    []bool // by level, for --only: a cell with it matches the whole filter, or a range has it

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
		switch {
		case key.Value != whereKey || slices.Contains(f.table.customAxes, whereKey):
			f.condition(&cf, key, key.Value, value)
		case what != "exclude" && what != "grid.only":
			f.problem(key, "%s: a condition with %s is for exclude, and for only in a block of the grid", what, whereKey)
		default:
			cf.where = f.readExpression(join(what, whereKey), value)
		}
	}
	return cf
}

// condition adds one axis to cf, with the levels of all values.
func (f *file) condition(cf *cellFilter, key *yaml.Node, name string, values ...*yaml.Node) {
	a, ok := f.axisNamed(name)
	if spelling := keySpelling(name); !ok && spelling != "" {
		f.problem(key, "unknown axis %s%s", quote(name), spelling)
		return
	}
	if !ok {
		f.unknown(key, "axis", name, slices.Concat(axisNames(), f.table.customAxes))
		return
	}
	c := condition{axis: a, name: name}
	generated := map[string]bool{}
	for _, value := range values {
		if value == nil { // a problem is reported
			continue
		}
		levels := levelTexts(f.levels(a, value))
		c.levels = append(c.levels, levels...)
		if value.Kind == yaml.MappingNode || a == Python && value.Value == "found" {
			for _, level := range levels {
				generated[level] = true
			}
		}
	}
	slices.Sort(c.levels)
	c.levels = slices.Compact(c.levels)
	c.met = make([]bool, len(c.levels))
	for i, level := range c.levels {
		c.met[i] = generated[level]
	}
	cf.axes = append(cf.axes, c)
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
	if cf.where != nil {
		conditions = append(conditions, whereKey+": "+clip(cf.where.text))
	}
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
	if ab := f.opt.AB; ab != nil {
		f.baseline = cellFilter{axes: []condition{{axis: Revision, name: Revision.String(), levels: []string{ab.Base}}}}
	}
	f.baseline.at = cmp.Or(f.PositionOf("baseline"), f.PositionOf("grid"))
	if exclude := s.node("exclude"); exclude != nil {
		f.exclude = f.filters("exclude", exclude)
	}
	f.readBlockFilters()
	if only := f.opt.Only; len(only) > maxFilters {
		f.add(Position{File: "--only"}, "%s filters, more than %s", thousands(int64(len(only))), thousands(maxFilters))
		return
	}
	for _, only := range f.opt.Only {
		f.only = append(f.only, f.parseOnly(only))
	}
}

// filters reads a filter or a list of them.
func (f *file) filters(what string, n *yaml.Node) (list []cellFilter) {
	if len(items(n)) > maxFilters {
		f.problem(n, "%s: %s entries, more than %s", what, thousands(int64(len(items(n)))), thousands(maxFilters))
		return nil
	}
	for _, n := range items(n) {
		// A filter with a problem may lack a condition, and would then match too much.
		before := len(f.problems)
		if cf := f.filter(what, n); len(f.problems) == before {
			list = append(list, cf)
		}
	}
	return list
}

// parseOnly reads AXIS=LEVEL,LEVEL,AXIS=LEVEL. A cell must match every axis with one of its
// levels. The character | also separates levels. A level that begins like a list, a mapping or
// quoted text is YAML, as in an override. If an axis is repeated, its levels are combined.
func (f *file) parseOnly(only string) cellFilter {
	o := overrideContext{d: f.decoder, at: "--only " + clip(only)}
	cf := cellFilter{at: Position{File: o.at}}
	if _, _, message := checkSource([]byte(only)); message != "" {
		o.refuse("%s", message)
		return cf
	}
	var names []string
	levels := map[string][]*yaml.Node{}
	name := ""
	for rest, separator := only, byte(','); separator != 0; {
		if axis, after, ok := cutAxis(rest); ok && separator == ',' {
			name, rest = axis, after
		}
		if name == "" {
			o.refuse("expected AXIS=LEVEL, found %s", quote(rest))
			return cf
		}
		var text string
		text, separator, rest = cutLevel(rest)
		if levels[name] == nil {
			names = append(names, name)
		}
		levels[name] = append(levels[name], o.scalarOrFlow(text))
	}
	for _, name := range names {
		f.condition(&cf, o.node(yaml.ScalarNode, name), name, levels[name]...)
	}
	return cf
}

// cutAxis cuts the name of an axis and the character = from the beginning of a text. Without
// them, the text begins with a level.
func cutAxis(text string) (axis, rest string, found bool) {
	i := strings.IndexAny(text, `=,|"'[{`)
	if i < 0 || text[i] != '=' {
		return "", text, false
	}
	axis = strings.TrimSpace(text[:i])
	return axis, text[i+1:], axis != ""
}

// cutLevel cuts a level and the separator behind it from the beginning of a text. At the end of
// the text the separator is 0.
func cutLevel(text string) (level string, separator byte, rest string) {
	for i := range len(text) {
		if level := strings.TrimSpace(text[:i]); (text[i] == ',' || text[i] == '|') && isWholeLevel(level) {
			return level, text[i], text[i+1:]
		}
	}
	return strings.TrimSpace(text), 0, ""
}

// isWholeLevel reports whether a level can end here. YAML within brackets or quotes is not valid
// before they are closed.
func isWholeLevel(text string) bool {
	if !isFlow(text) {
		return true
	}
	closers := map[byte]byte{'[': ']', '{': '}', '"': '"', '\'': '\''}
	if text[len(text)-1] != closers[text[0]] {
		return false
	}
	_, err := readYAML([]byte(text))
	return err == nil
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
	return cf.where == nil || f.holds(cf.where, cell)
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

// excluded reports whether a filter of `exclude` matches a cell.
func (f *file) excluded(c *Cell) (out bool) {
	for k := range f.exclude {
		if f.matches(&f.exclude[k], c) {
			f.exclude[k].matched, out = true, true
		}
	}
	return out
}

// warnExclude warns about the filters of `exclude` that match no cell.
func (f *file) warnExclude() {
	for i := range f.exclude {
		if !f.exclude[i].matched {
			f.warn(f.exclude[i].at, "no cell matches %s: this filter excludes nothing", &f.exclude[i])
		}
	}
}

// quoteLevel returns advice for a level with commas or | that --only has divided. It returns "" if
// the grid has no such level.
func (f *file) quoteLevel(cf *cellFilter) string {
	for _, c := range cf.axes {
		for _, separator := range []string{",", "|"} {
			level := strings.Join(c.levels, separator)
			if len(c.levels) > 1 && slices.ContainsFunc(f.Cells, func(cell Cell) bool { return f.table.levels[f.effectiveLevel(&cell, c.axis)] == level }) {
				return fmt.Sprintf("; for the level %s write --only '%s=%s'", clip(level), c.name, inQuotes(level))
			}
		}
	}
	return ""
}

// meet notes the levels of a cell that matches the filter.
func (cf *cellFilter) meet(level func(*condition) string) {
	for i := range cf.axes {
		c := &cf.axes[i]
		if at, found := slices.BinarySearch(c.levels, level(c)); found {
			c.met[at] = true
		}
	}
}

// unmet describes the levels that no cell with the other levels of the filter has. It returns "" if
// there are none.
func (cf *cellFilter) unmet() string {
	const most = 12
	var list []string
	for _, c := range cf.axes {
		for i, level := range c.levels {
			if !c.met[i] {
				list = append(list, c.name+"="+clip(level))
			}
		}
	}
	if more := len(list) - most; more > 1 {
		list = append(list[:most:most], thousands(int64(more))+" more")
	}
	return strings.Join(list, ", ")
}

// applyOnly keeps the cells that match an --only filter, and their baselines.
func (f *file) applyOnly() {
	if len(f.only) == 0 {
		return
	}
	keep := make([]bool, len(f.Cells))
	anyKept := false
	for i := range f.Cells {
		for k := range f.only { // all of them, so that each notes the levels that it has met
			if f.matches(&f.only[k], &f.Cells[i]) {
				keep[i], keep[f.Baseline[i]], anyKept = true, true, true
				f.only[k].meet(func(c *condition) string { return f.table.levels[f.effectiveLevel(&f.Cells[i], c.axis)] })
			}
		}
	}
	f.keepPublishedBaselines(keep)
	if !anyKept {
		f.add(f.only[0].at, "no cell of the grid matches %s: %s%s", &f.only[0], f.describeGridLevels(&f.only[0]), f.quoteLevel(&f.only[0]))
		return
	}
	for i := range f.only {
		if unmet := f.only[i].unmet(); unmet != "" {
			f.warn(f.only[i].at, "no cell matches %s: %s%s", unmet, f.describeGridLevels(&f.only[i]), f.quoteLevel(&f.only[i]))
		}
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
	f.cellRepeats.keep(keep)
	f.cellTimeouts.keep(keep)
	f.renumberPublished(keep, newIndex)
}
