package experiments

import (
	"strconv"
	"strings"
)

// A Cell names every factor level of one combination of the grid. It is a
// comparable value: equal cells are the same measurement. An axis that the
// cell's operation and strategy do not use is empty. A key of the workload is
// set only where a grid varies it; elsewhere the experiment's workload holds.
type Cell struct {
	levels [numAxes]string
	// custom holds the levels of the axes that the file invented for its
	// commands, as name=value joined by customSep: a map is not comparable.
	custom string
}

// customSep cannot occur in a level: levels are printable.
const customSep = "\x1f"

// Level is the cell's level of an axis; empty if the cell does not use it.
func (c Cell) Level(a Axis) string { return c.levels[a] }

// Int is the level of an axis that holds whole numbers; 0 if it is unused or
// not a number, as "auto" is.
func (c Cell) Int(a Axis) int {
	n, err := strconv.Atoi(c.levels[a])
	if err != nil {
		return 0
	}
	return n
}

// With is the cell with another level of one axis.
func (c Cell) With(a Axis, level string) Cell {
	c.levels[a] = level
	return c
}

// WithCustom is the cell with a level of an axis that the file invented.
// Axes must be added in the order in which they are to be shown.
func (c Cell) WithCustom(name, level string) Cell {
	if c.custom != "" {
		c.custom += customSep
	}
	c.custom += name + "=" + level
	return c
}

// A Factor is one axis of a cell with its level.
type Factor struct{ Axis, Level string }

// Custom lists the levels of the axes that the file invented.
func (c Cell) Custom() []Factor {
	if c.custom == "" {
		return nil
	}
	var list []Factor
	for pair := range strings.SplitSeq(c.custom, customSep) {
		name, level, _ := strings.Cut(pair, "=")
		list = append(list, Factor{name, level})
	}
	return list
}

// customLevel is the level of an invented axis without making a list of all:
// filters ask for it once for every cell.
func (c *Cell) customLevel(name string) string {
	for rest := c.custom; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, customSep)
		if axis, level, _ := strings.Cut(pair, "="); axis == name {
			return level
		}
	}
	return ""
}

// Factors lists the axes that the cell uses, in the order of Axes, the invented
// ones last.
func (c Cell) Factors() []Factor {
	var list []Factor
	for a, level := range c.levels {
		if level != "" {
			list = append(list, Factor{Axis(a).String(), level})
		}
	}
	return append(list, c.Custom()...)
}

// String reads like copy/strategy=threads/workers=8/chunk_size=64. Levels that
// are the format's own defaults are left out, except those that say how the
// work is scheduled.
func (c Cell) String() string {
	var b strings.Builder
	b.WriteString(c.levels[Operation])
	for a := Strategy; a < numAxes; a++ {
		level := c.levels[a]
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
