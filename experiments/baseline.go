package experiments

import (
	"fmt"
	"slices"
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
	first [shown]int32
	count int
}

// shown is how many cells a message lists.
const shown = 5

// findBaselines gives every cell its baseline. The candidates are indexed by
// their work: to hold each cell against each would take minutes for a hundred
// thousand.
func (f *file) findBaselines() {
	index := map[workKey][]candidates{} // by their loose levels
	for i := range f.Cells {
		if c := &f.Cells[i]; f.picks(&f.baseline, c) {
			key, l := c.work()
			index[key] = addCandidate(index[key], l, i)
		}
	}
	f.Baseline = make([]int, len(f.Cells))
	var wrong []unmatched
	for i := range f.Cells {
		key, l := f.Cells[i].work()
		var match candidates
		for _, c := range index[key] {
			if c.loose.agrees(l) {
				match.merge(&c)
			}
		}
		if match.count == 1 {
			f.Baseline[i] = int(match.first[0])
		} else {
			wrong = addUnmatched(wrong, f.Cells[i].Level(Operation), i, match)
		}
	}
	f.reportUnmatched(wrong)
}

// addCandidate adds a cell to the candidates with its loose levels. There are at most a
// few hundred combinations of those.
func addCandidate(list []candidates, l loose, cell int) []candidates {
	i := slices.IndexFunc(list, func(c candidates) bool { return c.loose == l })
	if i < 0 {
		i, list = len(list), append(list, candidates{loose: l})
	}
	list[i].add(int32(cell))
	return list
}

func (c *candidates) add(cell int32) {
	if c.count < shown {
		c.first[c.count] = cell
	}
	c.count++
}

// merge adds other candidates, and keeps the first of all.
func (c *candidates) merge(other *candidates) {
	if c.count == 0 {
		c.first, c.count = other.first, other.count
		return
	}
	both := slices.Concat(c.first[:min(shown, c.count)], other.first[:min(shown, other.count)])
	slices.Sort(both)
	copy(c.first[:], both)
	c.count += other.count
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
	var near candidates
	for i := range f.Cells {
		if c := &f.Cells[i]; c.Level(Operation) == operation && f.picks(&f.baseline, c) {
			near.add(int32(i))
		}
	}
	if near.count == 0 {
		return "; add one to the grid, or name another under `baseline`"
	}
	return "; those that match do other work: " + f.list(near)
}

func (f *file) list(c candidates) string {
	names := make([]string, min(shown, c.count))
	for i := range names {
		names[i] = f.Cells[c.first[i]].String()
	}
	text := strings.Join(names, ", ")
	if more := c.count - len(names); more > 0 {
		text += fmt.Sprintf(" and %s more", thousands(int64(more)))
	}
	return text
}
