package experiments

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A where picks cells by their levels: every axis that it names must have one
// of the levels that it gives. Without axes it picks every cell.
type where struct {
	axes []condition
	at   Position
}

// A condition is one axis of a where, with its levels sorted.
type condition struct {
	axis   Axis
	custom string // else the name of an invented axis
	levels []string

	// Of these, what the cells of the grid can have; see index.
	name text
	one  text          // the only level
	some map[text]bool // nil where there is one
}

// maxWheres bounds the filters that every cell is held against.
const maxWheres = 500

// where reads a filter: axes with a level, a list of levels, or a range.
func (f *file) where(what string, n *yaml.Node) where {
	d := f.d
	w := where{at: d.at(n)}
	n = deref(n)
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		d.problem(n, "%s: expected a mapping from axes to levels, found %s", what, foundItems(n))
		return w
	}
	for key, value := range pairs(n) {
		f.condition(&w, key, deref(key).Value, value)
	}
	return w
}

// condition adds one axis to w.
func (f *file) condition(w *where, key *yaml.Node, name string, value *yaml.Node) {
	var c condition
	var levels []level
	if a, ok := AxisNamed(name); ok {
		c.axis = a
		levels = f.d.axisLevels(a, value)
	} else if slices.Contains(f.invented, name) {
		c.custom = name
		levels = f.d.customLevels(name, value)
	} else {
		f.d.unknown(key, "axis", name, slices.Concat(axisNames(), f.invented))
	}
	c.levels = texts(levels)
	slices.Sort(c.levels)
	w.axes = append(w.axes, c)
}

// index finds the texts of a filter, once there are cells. Every cell of the grid may
// be held against hundreds of filters.
func (f *file) index(list []where) {
	for i := range list {
		for k := range list[i].axes {
			c := &list[i].axes[k]
			c.name = f.texts.known[c.custom]
			if len(c.levels) == 1 {
				c.one = f.texts.known[c.levels[0]]
				continue
			}
			c.some = map[text]bool{}
			for _, level := range c.levels {
				if t, ok := f.texts.known[level]; ok {
					c.some[t] = true
				}
			}
		}
	}
}

// picks reports whether a cell matches a filter.
func (f *file) picks(w *where, cell *Cell) bool {
	for i := range w.axes {
		c := &w.axes[i]
		level := f.levelIn(c, cell)
		if level == (text{}) || level != c.one && !c.some[level] {
			return false
		}
	}
	return true
}

// levelIn is the level that a cell has of the condition's axis.
func (f *file) levelIn(c *condition, cell *Cell) text {
	if c.custom != "" {
		return cell.customLevel(c.name)
	}
	return f.effective(cell, c.axis)
}

func (c *condition) called() string {
	if c.custom != "" {
		return c.custom
	}
	return c.axis.String()
}

// String is the filter as the format writes it, without the rest of long lists.
func (w *where) String() string {
	const most = 24
	var b strings.Builder
	for i, c := range w.axes {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.called() + ": ")
		if len(c.levels) == 1 {
			b.WriteString(c.levels[0])
		} else {
			b.WriteString("[" + strings.Join(c.levels[:min(len(c.levels), most)], ", "))
			if more := len(c.levels) - most; more > 0 {
				b.WriteString(" and " + thousands(int64(more)) + " more")
			}
			b.WriteString("]")
		}
	}
	return "{" + b.String() + "}"
}

// readFilters reads everything that names cells of the grid.
func (f *file) readFilters(exclude, baseline *yaml.Node) {
	f.baseline = where{
		axes: []condition{{axis: Strategy, levels: []string{"sequential"}}},
		at:   f.At("grid"),
	}
	if baseline != nil {
		f.baseline = f.where("baseline", baseline)
		f.baseline.at = f.At("baseline")
	}
	if exclude != nil {
		list := items(exclude)
		if len(list) > maxWheres {
			f.d.problem(exclude, "exclude: %s entries, more than %s", thousands(int64(len(list))), thousands(maxWheres))
			return
		}
		for _, n := range list {
			f.exclude = append(f.exclude, f.where("exclude", n))
		}
	}
	if only := f.d.opt.Only; len(only) > maxWheres {
		f.d.add(Position{File: "--only"}, "it stands there %s times, more than %s", thousands(int64(len(only))), thousands(maxWheres))
		return
	}
	for _, only := range f.d.opt.Only {
		f.only = append(f.only, f.parseOnly(only))
	}
}

// parseOnly reads AXIS=LEVEL,LEVEL,AXIS=LEVEL: every axis must match, by any of
// its levels, which | may separate too. An axis that stands there twice has the
// levels of both.
func (f *file) parseOnly(only string) where {
	at := "--only " + clip(only)
	node := func(kind yaml.Kind, value string) *yaml.Node {
		n := &yaml.Node{Kind: kind, Value: value}
		f.d.overrides[n] = at
		return n
	}
	filter := node(yaml.MappingNode, "")
	for pair := range strings.SplitSeq(only, ",") {
		name, levels, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if last := len(filter.Content); !ok && last > 0 {
			// A further level of the axis before it, as in workers=1,2.
			list := filter.Content[last-1]
			list.Content = append(list.Content, node(yaml.ScalarNode, strings.TrimSpace(pair)))
			continue
		}
		if !ok {
			f.d.problem(filter, "expected AXIS=LEVEL, found %s", quote(pair))
			continue
		}
		i := 0
		for i < len(filter.Content) && filter.Content[i].Value != name {
			i += 2
		}
		if i == len(filter.Content) {
			filter.Content = append(filter.Content, node(yaml.ScalarNode, name), node(yaml.SequenceNode, ""))
		}
		list := filter.Content[i+1]
		for text := range strings.SplitSeq(levels, "|") {
			list.Content = append(list.Content, node(yaml.ScalarNode, text))
		}
	}
	if len(filter.Content) == 0 {
		return where{at: Position{File: at}}
	}
	return f.where("--only", filter)
}

// levelsFor lists the levels that the grid has of the axes of a filter.
func (f *file) levelsFor(w *where) string {
	var parts []string
	for i := range w.axes {
		c := &w.axes[i]
		var levels []string
		for j := range f.Cells {
			level := f.levelIn(c, &f.Cells[j]).String()
			if level != "" && !slices.Contains(levels, level) && len(levels) < 24 {
				levels = append(levels, level)
			}
		}
		if len(levels) == 0 {
			levels = []string{"none"}
		}
		parts = append(parts, c.called()+" is "+strings.Join(levels, ", "))
	}
	return "there " + strings.Join(parts, "; ")
}

// leaveOut takes the excluded cells out of the grid.
func (f *file) leaveOut() {
	if len(f.exclude) == 0 {
		return
	}
	hits := make([]int, len(f.exclude))
	f.Cells = slices.DeleteFunc(f.Cells, func(c Cell) bool {
		out := false
		for i := range f.exclude {
			if f.picks(&f.exclude[i], &c) {
				hits[i]++
				out = true
			}
		}
		return out
	})
	for i, n := range hits {
		if n == 0 {
			f.d.warn(f.exclude[i].at, "no cell matches %s: nothing is excluded", &f.exclude[i])
		}
	}
}

// keepOnly narrows the cells to those that a filter picks, with their baselines.
func (f *file) keepOnly() {
	if len(f.only) == 0 {
		return
	}
	keep := make([]bool, len(f.Cells))
	some := false
	for i := range f.Cells {
		picks := func(w where) bool { return f.picks(&w, &f.Cells[i]) }
		if slices.ContainsFunc(f.only, picks) {
			keep[i], keep[f.Baseline[i]], some = true, true, true
		}
	}
	f.keepPublished(keep)
	if !some {
		f.d.add(f.only[0].at, "no cell of the grid matches %s: %s", &f.only[0], f.levelsFor(&f.only[0]))
		return
	}
	moved := make([]int, len(f.Cells)) // where each kept cell is now
	var cells []Cell
	for i, c := range f.Cells {
		moved[i] = -1
		if keep[i] {
			moved[i] = len(cells)
			cells = append(cells, c)
		}
	}
	baseline := make([]int, 0, len(cells))
	for i, b := range f.Baseline {
		if keep[i] {
			baseline = append(baseline, moved[b])
		}
	}
	f.Cells, f.Baseline = cells, baseline
	f.movePublished(moved)
}
