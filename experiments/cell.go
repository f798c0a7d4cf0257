package experiments

import (
	"strconv"
	"strings"
)

// A Cell is one combination of factor levels of the grid. Cells of one experiment can be
// compared with ==. The level of an axis is empty if the operation and strategy of the cell do
// not use it. A key of the workload is set only if a grid varies it. Otherwise the workload of
// the experiment applies.
type Cell struct {
	levels [maxAxes]uint32 // numbers in the table; 0: the cell does not use the axis
	table  *levelTable
}

// A levelTable contains each level of an experiment once, and the names of the custom axes.
// Cells store the numbers of their levels. If they stored texts, 100,000 cells would take more
// than the 64 MiB that docs/reliability.md promises for any file.
type levelTable struct {
	levels     []string
	numbers    map[string]uint32 // by level; nil once all cells are created
	customAxes []string          // the axes from numAxes on
}

// number returns the number of a level. The number of the empty level is 0.
func (t *levelTable) number(level string) uint32 {
	n, ok := t.numbers[level]
	if !ok && level != "" {
		n = uint32(len(t.levels))
		t.levels, t.numbers[level] = append(t.levels, level), n
	}
	return n
}

// axes returns the number of axes, including custom axes.
func (t *levelTable) axes() Axis { return numAxes + Axis(len(t.customAxes)) }

func (t *levelTable) nameOf(a Axis) string {
	if a >= numAxes {
		return t.customAxes[a-numAxes]
	}
	return a.String()
}

// Level returns the level of an axis. It returns "" if the cell does not use the axis.
func (c Cell) Level(a Axis) string {
	if c.levels[a] == 0 {
		return ""
	}
	return c.table.levels[c.levels[a]]
}

// Int returns the level of a numeric axis. It returns 0 if the axis is not used or the level
// is not a number, such as "auto".
func (c Cell) Int(a Axis) int {
	n, err := strconv.Atoi(c.Level(a))
	if err != nil {
		return 0
	}
	return n
}

// Custom returns the custom axes of the cell.
func (c Cell) Custom() []string {
	var list []string
	for a := numAxes; a < maxAxes; a++ {
		if c.levels[a] != 0 {
			list = append(list, c.table.nameOf(a))
		}
	}
	return list
}

// String returns a name such as copy/strategy=threads/workers=8/chunk_size=64. It omits levels
// that are the default of the format, except on schedulingAxes.
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
