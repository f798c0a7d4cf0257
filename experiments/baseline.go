package experiments

import (
	"fmt"
	"strings"
)

// Every cell is measured against the cell that matches the file's `baseline`
// and does the same work: the same operation on the same items in the same
// place. That a cell has no level of compression, cache or sync only says that
// its program decides, so there a missing level agrees with any.

// A workKey is the part of the work in which two cells must be equal to the
// letter: the operation, and every axis from Workspace on.
type workKey [1 + numAxes - Workspace]text

// A loose holds the levels that agree with a missing one.
type loose [3]text

func (c *Cell) work() (workKey, loose) {
	key := workKey{c.levels[Operation]}
	copy(key[1:], c.levels[Workspace:])
	return key, loose{c.levels[Level], c.levels[Cache], c.levels[Sync]}
}

func (l loose) agrees(other loose) bool {
	for i := range l {
		if l[i] != (text{}) && other[i] != (text{}) && l[i] != other[i] {
			return false
		}
	}
	return true
}

// candidates are the cells that match `baseline` and do the same work, loose
// levels included. The grid may make thousands of them by mistake, so only the
// first few are kept.
type candidates struct {
	loose loose
	first []int
	count int
}

// shown is how many cells a message lists.
const shown = 5

// findBaselines gives every cell its baseline. The candidates are indexed by
// their work: to hold each cell against each would take minutes for a hundred
// thousand.
func (f *file) findBaselines() {
	base := f.base()
	index := map[workKey][]candidates{}
	for i := range f.Cells {
		if c := &f.Cells[i]; f.baseline.picks(c, &base) {
			key, l := c.work()
			index[key] = addCandidate(index[key], l, i)
		}
	}
	f.Baseline = make([]int, len(f.Cells))
	var wrong []unmatched
	for i := range f.Cells {
		key, l := f.Cells[i].work()
		match := agreeing(index[key], l)
		if match.count == 1 {
			f.Baseline[i] = match.first[0]
		} else {
			wrong = addUnmatched(wrong, f.Cells[i].Level(Operation), i, match)
		}
	}
	f.reportUnmatched(wrong)
}

// addCandidate adds cell i to the candidates of its loose levels. There are at
// most a few hundred combinations of those.
func addCandidate(list []candidates, l loose, i int) []candidates {
	for k := range list {
		if list[k].loose == l {
			list[k].add(i)
			return list
		}
	}
	return append(list, candidates{loose: l, first: []int{i}, count: 1})
}

func (c *candidates) add(cells ...int) {
	c.count += len(cells)
	c.first = append(c.first, cells[:min(len(cells), shown-min(shown, len(c.first)))]...)
}

func agreeing(list []candidates, l loose) candidates {
	var match candidates
	for k := range list {
		if list[k].loose.agrees(l) {
			more := list[k].count - len(list[k].first)
			match.add(list[k].first...)
			match.count += more
		}
	}
	return match
}

// unmatched are the cells of one operation that have no baseline, or several:
// one missing cell may concern thousands, and they make one message.
type unmatched struct {
	operation string
	example   int // one of the cells
	cells     int
	match     candidates // of the example
}

func addUnmatched(list []unmatched, operation string, cell int, match candidates) []unmatched {
	for i := range list {
		if u := &list[i]; u.operation == operation && (u.match.count == 0) == (match.count == 0) {
			u.cells++
			return list
		}
	}
	return append(list, unmatched{operation, cell, 1, match})
}

func (f *file) reportUnmatched(wrong []unmatched) {
	for i := range wrong {
		m := &wrong[i]
		whose := f.Cells[m.example].String()
		if m.cells > 1 {
			whose += fmt.Sprintf(" and %s more cells", thousands(int64(m.cells-1)))
		}
		if m.match.count == 0 {
			f.d.add(f.baseline.at, "no baseline for %s: no cell matches %s and does the same work%s",
				whose, &f.baseline, f.nearMisses(m.operation))
		} else {
			f.d.add(f.baseline.at, "%s baselines for %s: %s; name more axes under `baseline`, so that one is left",
				thousands(int64(m.match.count)), whose, f.list(m.match))
		}
	}
}

// nearMisses lists cells that match `baseline` with the same operation, and do
// other work.
func (f *file) nearMisses(operation string) string {
	base := f.base()
	var near candidates
	for i := range f.Cells {
		if c := &f.Cells[i]; c.Level(Operation) == operation && f.baseline.picks(c, &base) {
			near.add(i)
		}
	}
	if near.count == 0 {
		return "; add one to the grid, or name another under `baseline`"
	}
	return "; those that match do other work: " + f.list(near)
}

func (f *file) list(c candidates) string {
	names := make([]string, len(c.first))
	for i, cell := range c.first {
		names[i] = f.Cells[cell].String()
	}
	text := strings.Join(names, ", ")
	if more := c.count - len(names); more > 0 {
		text += fmt.Sprintf(" and %s more", thousands(int64(more)))
	}
	return text
}
