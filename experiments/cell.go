package experiments

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"unique"
)

// A Cell names every factor level of one combination of the grid. It is a
// comparable value: equal cells are the same measurement. An axis that the
// cell's operation and strategy do not use is empty. A key of the workload is
// set only where a grid varies it; elsewhere the experiment's workload holds.
type Cell struct {
	levels [numAxes]text
	// custom is the last of the levels of the axes that the file invented for its
	// commands; a map is not comparable.
	custom unique.Handle[customLevel]
}

// A text is a level. It is stored once, however many cells have it, so a cell is half
// as large as with strings. The zero text is the empty one.
type text struct{ handle unique.Handle[string] }

func textOf(s string) text {
	if s == "" {
		return text{}
	}
	return text{unique.Make(s)}
}

func (t text) String() string {
	if t == (text{}) {
		return ""
	}
	return t.handle.Value()
}

// A customLevel is a level of an axis that the file invented, behind those of the
// axes before it. Cells share what they begin with in common.
type customLevel struct {
	before      unique.Handle[customLevel] // zero: none
	name, level text
}

// Level is the cell's level of an axis; empty if the cell does not use it.
func (c Cell) Level(a Axis) string { return c.levels[a].String() }

// Int is the level of an axis that holds whole numbers; 0 if it is unused or
// not a number, as "auto" is.
func (c Cell) Int(a Axis) int {
	if c.levels[a] == (text{}) {
		return 0
	}
	n, err := strconv.Atoi(c.Level(a))
	if err != nil {
		return 0
	}
	return n
}

// With is the cell with another level of one axis.
func (c Cell) With(a Axis, level string) Cell {
	c.levels[a] = textOf(level)
	return c
}

// WithCustom is the cell with a level of an axis that the file invented.
// Axes must be added in the order in which they are to be shown.
func (c Cell) WithCustom(name, level string) Cell {
	c.custom = unique.Make(customLevel{c.custom, textOf(name), textOf(level)})
	return c
}

// A Factor is one axis of a cell with its level.
type Factor struct{ Axis, Level string }

// Custom lists the levels of the axes that the file invented.
func (c Cell) Custom() []Factor {
	var list []Factor
	for l := range c.customBackward() {
		list = append(list, Factor{l.name.String(), l.level.String()})
	}
	slices.Reverse(list)
	return list
}

func (c *Cell) customBackward() iter.Seq[customLevel] {
	return func(yield func(customLevel) bool) {
		for at := c.custom; at != (unique.Handle[customLevel]{}); {
			l := at.Value()
			if !yield(l) {
				return
			}
			at = l.before
		}
	}
}

// customLevel is the level of an invented axis without making a list of all:
// filters ask for it once for every cell.
func (c *Cell) customLevel(name string) string {
	for l := range c.customBackward() {
		if l.name.String() == name {
			return l.level.String()
		}
	}
	return ""
}

// Factors lists the axes that the cell uses, in the order of Axes, the invented
// ones last.
func (c Cell) Factors() []Factor {
	var list []Factor
	for a, level := range c.levels {
		if level != (text{}) {
			list = append(list, Factor{Axis(a).String(), level.String()})
		}
	}
	return append(list, c.Custom()...)
}

// String reads like copy/strategy=threads/workers=8/chunk_size=64. Levels that
// are the format's own defaults are left out, except those that say how the
// work is scheduled.
func (c Cell) String() string {
	var b strings.Builder
	b.WriteString(c.Level(Operation))
	for a := Strategy; a < numAxes; a++ {
		level := c.Level(a)
		if level == "" || !axes[a].plain && level == axes[a].initial {
			continue
		}
		b.WriteString("/" + a.String() + "=" + level)
	}
	for _, f := range c.Custom() {
		b.WriteString("/" + f.Axis + "=" + f.Level)
	}
	return b.String()
}
