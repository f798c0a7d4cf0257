package experiments

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The baseline of a cell is the cell that matches the `baseline` of the file and does the same
// work. It has the same operation on the same items in the same workspace. The axes Level, Cache
// and Sync are an exception. If a cell has no level of such an axis, its program chooses one, so
// the cell agrees with every level.

// work describes the work of a cell. Two cells do the same work if all their required levels
// are equal, and also each optional level that both cells have.
type work struct {
	required [1 + numAxes - Workspace]uint32
	optional [3]uint32
}

func (c *Cell) work() work {
	w := work{optional: [3]uint32{c.levels[Level], c.levels[Cache], c.levels[Sync]}}
	w.required[0] = c.levels[Operation]
	copy(w.required[1:], c.levels[Workspace:numAxes])
	return w
}

func (w work) agrees(other work) bool {
	for i, level := range w.optional {
		if level != 0 && other.optional[i] != 0 && level != other.optional[i] {
			return false
		}
	}
	return w.required == other.required
}

// candidates are the cells that match `baseline` and do the same work. By mistake a grid may
// contain thousands of them, so only the first few are kept.
type candidates struct {
	first [maxListed]int32
	count int32
}

// maxListed is the maximum number of cells in a message.
const maxListed = 5

func (c *candidates) add(cell int) {
	if c.count < maxListed {
		c.first[c.count] = int32(cell)
	}
	c.count++
}

// findBaselines assigns every cell its baseline. It searches for candidates once for each
// distinct work, and only among the cells with the same required levels. Comparing all pairs
// of a hundred thousand cells would take minutes.
func (f *file) findBaselines() {
	index := map[[1 + numAxes - Workspace]uint32][]int32{}
	for i := range f.Cells {
		if c := &f.Cells[i]; f.matches(&f.baseline, c) {
			same := c.work().required
			index[same] = append(index[same], int32(i))
		}
	}
	f.Baseline = make([]int, len(f.Cells))
	matches := map[work]candidates{}
	var wrong []unmatched
	for i := range f.Cells {
		w := f.Cells[i].work()
		match, known := matches[w]
		if !known {
			list := index[w.required]
			for _, b := range list {
				if f.Cells[b].work().agrees(w) {
					match.add(int(b))
				}
			}
			if len(list) > 1 { // a shorter list is searched again, which is fast and needs no memory
				matches[w] = match
			}
		}
		if match.count == 1 {
			f.Baseline[i] = int(match.first[0])
		} else {
			operation := f.Cells[i].Level(Operation)
			k := slices.IndexFunc(wrong, func(u unmatched) bool {
				return u.operation == operation && (u.match.count == 0) == (match.count == 0)
			})
			if k < 0 {
				k, wrong = len(wrong), append(wrong, unmatched{operation: operation, example: i, match: match})
			}
			wrong[k].cells++
		}
	}
	f.reportUnmatched(wrong)
}

// unmatched describes the cells of one operation that have no baseline, or several. They share
// one message, because one missing cell may affect thousands.
type unmatched struct {
	operation string
	example   int // one of the cells
	cells     int
	match     candidates // the candidates of the example
}

func (f *file) reportUnmatched(wrong []unmatched) {
	for i := range wrong {
		m := &wrong[i]
		subject := f.Cells[m.example].String()
		switch {
		case m.cells == 2:
			subject += " and 1 more cell"
		case m.cells > 2:
			subject += fmt.Sprintf(" and %s more cells", thousands(int64(m.cells-1)))
		}
		if m.match.count == 0 {
			f.add(f.baseline.at, "no baseline for %s: no cell matches %s and does the same work%s",
				subject, &f.baseline, f.otherWorkMatches(m.operation, m.example))
		} else {
			f.add(f.baseline.at, "%s baselines for %s: %s; add axes to `baseline` until exactly one cell matches",
				thousands(int64(m.match.count)), subject, f.listCells(m.match))
		}
	}
}

// otherWorkMatches lists the cells of the same operation that match `baseline` but do
// different work than the example. It also lists the differences of the most similar cell. If
// there is no such cell, it returns advice.
func (f *file) otherWorkMatches(operation string, example int) string {
	var near candidates
	var fewest []string
	for i := range f.Cells {
		c := &f.Cells[i]
		if c.Level(Operation) != operation || !f.matches(&f.baseline, c) {
			continue
		}
		if near.add(i); near.count <= maxCompared {
			if list := f.workDifferences(c, &f.Cells[example]); fewest == nil || len(list) < len(fewest) {
				fewest = list
			}
		}
	}
	if near.count == 0 {
		return "; add such a cell to the grid, or change `baseline`"
	}
	if near.count == 1 {
		return fmt.Sprintf("; the matching cell %s does other work: it has %s", f.listCells(near), strings.Join(fewest, ", "))
	}
	return fmt.Sprintf("; the matching cells do other work (the most similar one has %s): %s", strings.Join(fewest, ", "), f.listCells(near))
}

// maxCompared limits the cells that are compared for a message.
const maxCompared = 1000

// workDifferences lists the axes in which the work of two cells differs, with the levels of
// both, such as "cache warm instead of cold".
func (f *file) workDifferences(c, other *Cell) (list []string) {
	add := func(a Axis) {
		if is, want := c.Level(a), other.Level(a); is != want {
			list = append(list, fmt.Sprintf("%s %s instead of %s", f.table.nameOf(a), cmp.Or(clip(is), "unset"), cmp.Or(clip(want), "unset")))
		}
	}
	for _, a := range []Axis{Level, Cache, Sync} {
		if c.levels[a] != 0 && other.levels[a] != 0 {
			add(a)
		}
	}
	for a := Workspace; a < numAxes; a++ {
		add(a)
	}
	return list
}

func (f *file) listCells(c candidates) string {
	first := c.first[:min(maxListed, c.count)]
	text := strings.Join(mapSlice(first, func(cell int32) string { return f.Cells[cell].String() }), ", ")
	if rest := int(c.count) - len(first); rest > 0 {
		text += fmt.Sprintf(" and %s more", thousands(int64(rest)))
	}
	return text
}
