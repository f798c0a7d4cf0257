package experiments

import (
	"math/bits"
	"slices"
)

// A baselineIndex finds the candidates that have the same required levels as a cell, and equal
// levels on the compared axes that both use. Cells of one strategy use the same axes. So the
// candidates are divided into groups that use the same axes. For each set of axes that a group
// shares with some cell there is one list, sorted by the levels on these axes.
type baselineIndex struct {
	f        *file
	required axisSet
	compared axisSet
	groups   []baselineGroup
	sorted   map[sharedAxes][]int32
}

// A baselineGroup contains the candidates of one kind.
type baselineGroup struct {
	baselineKind
	cells []int32
}

// Candidates of the same kind use the same compared axes, and are all programs or all built-in
// strategies.
type baselineKind struct {
	used    axisSet
	program bool
}

// sharedAxes are the compared axes that a group shares with some cell.
type sharedAxes struct {
	group int
	axes  axisSet
}

// baselineIndexes are the indexes for the cells with one workRule.
type baselineIndexes struct{ sameWork, sameLevels *baselineIndex }

func (f *file) indexBaselines(candidates []int32, required, compared axisSet) *baselineIndex {
	x := &baselineIndex{f: f, required: required, compared: compared, sorted: map[sharedAxes][]int32{}}
	groups := map[baselineKind]int{}
	for _, b := range candidates {
		kind := baselineKind{usedAxes(&f.Cells[b], compared), f.isProgram(int(b))}
		i, known := groups[kind]
		if !known {
			i, groups[kind] = len(x.groups), len(x.groups)
			x.groups = append(x.groups, baselineGroup{baselineKind: kind})
		}
		x.groups[i].cells = append(x.groups[i].cells, b)
	}
	return x
}

// find returns a candidate of a kind for a cell, and the number of such candidates. It stops
// counting at 2.
func (x *baselineIndex) find(cell int, program bool) (candidate, count int) {
	c := &x.f.Cells[cell]
	used := usedAxes(c, x.compared)
	for i := range x.groups {
		g := &x.groups[i]
		if g.program != program {
			continue
		}
		axes := x.required | g.used&used
		list := x.list(i, axes)
		order := func(b int32, c *Cell) int { return compareLevels(&x.f.Cells[b], c, axes) }
		k, _ := slices.BinarySearchFunc(list, c, order)
		for ; k < len(list) && order(list[k], c) == 0; k++ {
			candidate = int(list[k])
			if count++; count > 1 {
				return candidate, count
			}
		}
	}
	return candidate, count
}

// list returns the cells of a group, sorted by their levels on some axes.
func (x *baselineIndex) list(group int, axes axisSet) []int32 {
	key := sharedAxes{group, axes}
	list, known := x.sorted[key]
	if !known {
		list = slices.Clone(x.groups[group].cells)
		slices.SortFunc(list, func(a, b int32) int { return compareLevels(&x.f.Cells[a], &x.f.Cells[b], axes) })
		x.sorted[key] = list
	}
	return list
}

// usedAxes returns the given axes that a cell uses.
func usedAxes(c *Cell, axes axisSet) (used axisSet) {
	for ; axes != 0; axes &= axes - 1 {
		if axis := bits.TrailingZeros64(uint64(axes)); c.levels[axis] != 0 {
			used |= setOf(Axis(axis))
		}
	}
	return used
}
