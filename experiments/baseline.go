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
// the cell agrees with every level. The axis Python is another exception: a built-in strategy
// has no interpreter, and a `baseline` that names one compares all others with it. If several
// cells match, preferred chooses one.

// work describes the work of a cell. Two cells do the same work if all their required levels
// are equal, and also each optional level that both cells have.
type work struct {
	required requiredLevels
	optional [4]uint32
}

// requiredLevels are the levels of the operation, the workspace and the workload.
type requiredLevels [1 + From + 1 - Workspace]uint32

func (f *file) workOf(c *Cell) work {
	w := work{optional: [4]uint32{c.levels[Level], c.levels[Cache], c.levels[Sync], c.levels[Python]}}
	if f.baseline.names(Python) {
		w.optional[3] = 0
	}
	w.required[0] = c.levels[Operation]
	copy(w.required[1:], c.levels[Workspace:From+1])
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
// of a hundred thousand cells would take minutes. A cell that matches `baseline` is its own
// baseline.
func (f *file) findBaselines() {
	index := map[requiredLevels][]match{}
	isBaseline := make([]bool, len(f.Cells))
	for i := range f.Cells {
		if c := &f.Cells[i]; f.matches(&f.baseline, c) {
			same := f.workOf(c).required
			index[same], isBaseline[i] = append(index[same], match{cell: i}), true
		}
	}
	f.Baseline = make([]int, len(f.Cells))
	matches := map[work]candidates{}
	var wrong []unmatched
	var scratch []match
	for i := range f.Cells {
		if isBaseline[i] {
			f.Baseline[i] = i
			continue
		}
		w := f.workOf(&f.Cells[i])
		found, known := matches[w]
		list := index[w.required]
		if !known {
			for _, b := range list {
				if f.workOf(&f.Cells[b.cell]).agrees(w) {
					found.add(b.cell)
				}
			}
			if len(list) > 1 { // a shorter list is searched again, which is fast and needs no memory
				matches[w] = found
			}
		}
		if found.count > 1 && len(list) <= maxPreferred {
			scratch = append(scratch[:0], list...)
			found = f.preferredBaselines(scratch, i)
		}
		if found.count == 1 {
			f.Baseline[i] = int(found.first[0])
		} else {
			operation := f.Cells[i].Level(Operation)
			k := slices.IndexFunc(wrong, func(u unmatched) bool {
				return u.operation == operation && (u.match.count == 0) == (found.count == 0)
			})
			if k < 0 {
				k, wrong = len(wrong), append(wrong, unmatched{operation: operation, example: i, match: found})
			}
			wrong[k].cells++
		}
	}
	f.reportUnmatched(wrong)
	if len(index) < len(f.Cells) && !slices.Contains(isBaseline, false) {
		f.warn(f.baseline.at, "every cell matches %s, so each is its own baseline and no cell is compared with another", &f.baseline)
	}
}

// maxPreferred limits the cells among which preferredBaselines chooses. A grid has a hundred
// thousand cells, and each of them may have other preferences.
const maxPreferred = 100

// preferredBaselines chooses among the cells of a list that do the same work as a cell. It
// overwrites the list.
func (f *file) preferredBaselines(list []match, cell int) (left candidates) {
	for _, b := range f.preferred(f.sameWork(list, cell), match{cell: cell}, func(match) *cellFilter { return &f.baseline }) {
		left.add(b.cell)
	}
	return left
}

// sameWork removes the cells from a list that do not do the same work as a cell.
func (f *file) sameWork(list []match, cell int) []match {
	w := f.workOf(&f.Cells[cell])
	return slices.DeleteFunc(list, func(b match) bool { return !f.workOf(&f.Cells[b.cell]).agrees(w) })
}

// preferred chooses among cells that m may be compared with. selected returns the filter that
// selected a cell. If only some of the cells satisfy a rule, the others are removed, and
// preferred overwrites the list. The rules apply in this order:
//
//  1. A program is compared with a program, and a built-in strategy with a built-in strategy.
//  2. The cell at the n-th filter is compared with a cell at the n-th filter.
//  3. The two cells have equal levels on all axes that both use and the filter does not name.
func (f *file) preferred(fits []match, m match, selected func(match) *cellFilter) []match {
	for _, rule := range []func(match) bool{
		func(b match) bool { return f.isProgram(b.cell) == f.isProgram(m.cell) },
		func(b match) bool { return b.filter == m.filter },
		func(b match) bool { return f.sharesLevels(b.cell, m.cell, selected(b)) },
	} {
		if slices.ContainsFunc(fits, rule) {
			fits = slices.DeleteFunc(fits, func(b match) bool { return !rule(b) })
		}
	}
	return fits
}

// sharesLevels reports whether two cells have equal levels on all axes that both use and that
// the filter does not name.
func (f *file) sharesLevels(a, b int, filter *cellFilter) bool {
	x, y := &f.Cells[a], &f.Cells[b]
	for axis := Strategy; axis < f.table.axes(); axis++ {
		if x.levels[axis] != 0 && y.levels[axis] != 0 && x.levels[axis] != y.levels[axis] && !filter.names(axis) {
			return false
		}
	}
	return true
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
	for _, a := range []Axis{Level, Cache, Sync, Python} {
		if c.levels[a] != 0 && other.levels[a] != 0 {
			add(a)
		}
	}
	for a := Workspace; a <= From; a++ {
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
