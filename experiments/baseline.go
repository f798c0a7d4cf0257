package experiments

import (
	"fmt"
	"hash/maphash"
	"iter"
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
	next  int32 // of the same hash of the work; -1: none
}

// shown is how many cells a message lists.
const shown = 5

// findBaselines gives every cell its baseline. The candidates are indexed by
// their work: to hold each cell against each would take minutes for a hundred
// thousand.
func (f *file) findBaselines() {
	index := newWorkIndex(f.Cells, func(i int) bool { return f.picks(&f.baseline, &f.Cells[i]) })
	f.Baseline = make([]int, len(f.Cells))
	var wrong []unmatched
	for i := range f.Cells {
		match := index.agreeing(i)
		if match.count == 1 {
			f.Baseline[i] = int(match.first[0])
		} else {
			wrong = addUnmatched(wrong, f.Cells[i].Level(Operation), i, match)
		}
	}
	f.reportUnmatched(wrong)
}

// A workIndex finds the candidates of a cell. As in a cellSet, a map with the work as
// key would hold it a second time.
type workIndex struct {
	cells []Cell
	seed  maphash.Seed
	at    map[uint64]int32 // by hash of the work: the last of the list
	list  []candidates
}

// newWorkIndex is one of the cells that are candidates. They are counted first: what
// grows leaves as much behind as it takes.
func newWorkIndex(cells []Cell, candidate func(i int) bool) *workIndex {
	count := 0
	for i := range cells {
		if candidate(i) {
			count++
		}
	}
	x := &workIndex{cells: cells, seed: maphash.MakeSeed(), at: make(map[uint64]int32, count), list: make([]candidates, 0, count)}
	for i := range cells {
		if candidate(i) {
			x.add(i)
		}
	}
	return x
}

// with returns the candidates that do the same work as a cell, whatever their loose
// levels, the latest first, and the hash of that work.
func (x *workIndex) with(key workKey) (hash uint64, list iter.Seq[*candidates]) {
	hash = maphash.Comparable(x.seed, key)
	return hash, func(yield func(*candidates) bool) {
		for i, ok := x.at[hash]; ok && i >= 0; i = x.list[i].next {
			other, _ := x.cells[x.list[i].first[0]].work()
			if other == key && !yield(&x.list[i]) {
				return
			}
		}
	}
}

// add adds cell i to the candidates of its loose levels. There are at most a few
// hundred combinations of those.
func (x *workIndex) add(i int) {
	key, l := x.cells[i].work()
	hash, list := x.with(key)
	for c := range list {
		if c.loose == l {
			c.add(int32(i))
			return
		}
	}
	c := candidates{loose: l, next: -1}
	if last, ok := x.at[hash]; ok {
		c.next = last
	}
	c.add(int32(i))
	x.at[hash] = int32(len(x.list))
	x.list = append(x.list, c)
}

func (c *candidates) add(cell int32) {
	if c.count < shown {
		c.first[c.count] = cell
	}
	c.count++
}

// agreeing returns the candidates that do the same work as cell i.
func (x *workIndex) agreeing(i int) candidates {
	key, l := x.cells[i].work()
	var match candidates
	_, list := x.with(key)
	for c := range list {
		if c.loose.agrees(l) {
			match.merge(c)
		}
	}
	return match
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
