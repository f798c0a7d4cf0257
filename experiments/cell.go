package experiments

import (
	"strconv"
	"strings"
)

// A Cell names every factor level of one combination of the grid. The cells of one
// experiment are comparable: equal cells are the same measurement. An axis that the
// cell's operation and strategy do not use is empty. A key of the workload is
// set only where a grid varies it; elsewhere the experiment's workload holds.
type Cell struct {
	levels [maxAxes]uint32 // numbers in the table; 0: the cell does not use the axis
	table  *levelTable
}

// A levelTable holds the levels of an experiment, each once, and the names of the axes
// that the file invented. The cells have the numbers of their levels: with texts of
// their own, 100,000 cells would take more than the 64 MiB that docs/reliability.md
// promises for any file.
type levelTable struct {
	levels     []string
	numbers    map[string]uint32 // of levels; nil once all cells are made
	customAxes []string          // the axes from numAxes on
}

// number returns the number of a level; 0 is the empty one.
func (t *levelTable) number(level string) uint32 {
	n, ok := t.numbers[level]
	if !ok && level != "" {
		n = uint32(len(t.levels))
		t.levels, t.numbers[level] = append(t.levels, level), n
	}
	return n
}

// axes returns the number of axes, the invented ones included.
func (t *levelTable) axes() Axis { return numAxes + Axis(len(t.customAxes)) }

func (t *levelTable) nameOf(a Axis) string {
	if a >= numAxes {
		return t.customAxes[a-numAxes]
	}
	return a.String()
}

// Level is the cell's level of an axis; empty if the cell does not use it.
func (c Cell) Level(a Axis) string {
	if c.levels[a] == 0 {
		return ""
	}
	return c.table.levels[c.levels[a]]
}

// Int is the level of an axis that holds whole numbers; 0 if it is unused or
// not a number, as "auto" is.
func (c Cell) Int(a Axis) int {
	n, err := strconv.Atoi(c.Level(a))
	if err != nil {
		return 0
	}
	return n
}

// Custom lists the axes of the cell that the file invented.
func (c Cell) Custom() []string {
	var list []string
	for a := numAxes; a < maxAxes; a++ {
		if c.levels[a] != 0 {
			list = append(list, c.table.nameOf(a))
		}
	}
	return list
}

// String reads like copy/strategy=threads/workers=8/chunk_size=64. Levels that
// are the format's own defaults are left out, except those that say how the
// work is scheduled.
func (c Cell) String() string {
	var b strings.Builder
	b.WriteString(c.Level(Operation))
	for a := Strategy; a < maxAxes; a++ {
		level := c.Level(a)
		if level != "" && (a >= numAxes || schedulingAxes.has(a) || level != a.Default()) {
			b.WriteString("/" + c.table.nameOf(a) + "=" + level)
		}
	}
	return b.String()
}
