package experiments

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// A Cell names every factor level of one combination of the grid. The cells of one
// experiment are comparable: equal cells are the same measurement. An axis that the
// cell's operation and strategy do not use is empty. A key of the workload is
// set only where a grid varies it; elsewhere the experiment's workload holds.
type Cell struct {
	levels [numAxes]text
	// custom is the last of the levels of the axes that the file invented for its
	// commands; a map is not comparable.
	custom *customLevel
}

// A text is a level. An experiment has each once, however many cells have it: so a cell
// is half as large as with strings, and texts are equal where their pointers are. The
// zero text is the empty one.
type text struct{ at *string }

func (t text) String() string {
	if t.at == nil {
		return ""
	}
	return *t.at
}

// A customLevel is a level of an axis that the file invented, behind those of the
// axes before it. Cells share what they begin with in common.
type customLevel struct {
	before      *customLevel // nil: none
	name, level text
}

// A textTable holds the texts of one experiment.
//
// Rejected: package unique. Its entries take 150 bytes and more, and a grid of
// 100,000 cells may have as many levels.
type textTable struct {
	known  map[string]text
	custom map[customLevel]*customLevel
}

// newTextTable makes one for about as many texts.
func newTextTable(count int) *textTable {
	return &textTable{known: make(map[string]text, count), custom: map[customLevel]*customLevel{}}
}

// of is the text of a level.
func (x *textTable) of(level string) text {
	if level == "" {
		return text{}
	}
	t, ok := x.known[level]
	if !ok {
		t = text{&level}
		x.known[level] = t
	}
	return t
}

// behind is a level of an invented axis behind those that a cell has already.
func (x *textTable) behind(before *customLevel, name, level text) *customLevel {
	l := customLevel{before, name, level}
	at, ok := x.custom[l]
	if !ok {
		at = new(l)
		x.custom[l] = at
	}
	return at
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

func (c *Cell) customBackward() iter.Seq[*customLevel] {
	return func(yield func(*customLevel) bool) {
		for at := c.custom; at != nil && yield(at); {
			at = at.before
		}
	}
}

// customLevel is the level of an invented axis.
func (c *Cell) customLevel(name string) text {
	for l := range c.customBackward() {
		if *l.name.at == name {
			return l.level
		}
	}
	return text{}
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
		if level == "" || !scheduling.has(a) && level == a.Initial() {
			continue
		}
		b.WriteString("/" + a.String() + "=" + level)
	}
	for _, f := range c.Custom() {
		b.WriteString("/" + f.Axis + "=" + f.Level)
	}
	return b.String()
}
