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

// work is what two cells must have in common: the operation and every axis from
// Workspace on to the letter, and the loose levels where both have them.
type work struct {
	same  [1 + numAxes - Workspace]uint32
	loose [3]uint32
}

func (c *Cell) work() work {
	w := work{loose: [3]uint32{c.levels[Level], c.levels[Cache], c.levels[Sync]}}
	w.same[0] = c.levels[Operation]
	copy(w.same[1:], c.levels[Workspace:numAxes])
	return w
}

func (w work) agrees(other work) bool {
	for i, level := range w.loose {
		if level != 0 && other.loose[i] != 0 && level != other.loose[i] {
			return false
		}
	}
	return w.same == other.same
}

// candidates are the cells that match `baseline` and do the same work. The grid may
// make thousands of them by mistake, so only the first few are kept.
type candidates struct {
	first [maxListed]int32
	count int32
}

// shown is how many cells a message lists.
const maxListed = 5

func (c *candidates) add(cell int) {
	if c.count < maxListed {
		c.first[c.count] = int32(cell)
	}
	c.count++
}

// findBaselines gives every cell its baseline. It looks for candidates once for each kind
// of work, and only among cells that do the same work: to compare each cell with each
// other would take minutes for a hundred thousand.
func (f *file) findBaselines() {
	index := map[[1 + numAxes - Workspace]uint32][]int32{}
	for i := range f.Cells {
		if c := &f.Cells[i]; f.matches(&f.baseline, c) {
			same := c.work().same
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
			list := index[w.same]
			for _, b := range list {
				if f.Cells[b].work().agrees(w) {
					match.add(int(b))
				}
			}
			if len(list) > 1 { // else to look again takes no time, and no memory
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

// unmatched are the cells of one operation that have no baseline, or several:
// one missing cell may concern thousands, and they make one message.
type unmatched struct {
	operation string
	example   int // one of the cells
	cells     int
	match     candidates // of the example
}

func (f *file) reportUnmatched(wrong []unmatched) {
	for i := range wrong {
		m := &wrong[i]
		subject := f.Cells[m.example].String()
		if m.cells > 1 {
			subject += fmt.Sprintf(" and %s more cells", thousands(int64(m.cells-1)))
		}
		if m.match.count == 0 {
			f.add(f.baseline.at, "no baseline for %s: no cell matches %s and does the same work%s",
				subject, &f.baseline, f.otherWorkMatches(m.operation))
		} else {
			f.add(f.baseline.at, "%s baselines for %s: %s; name more axes under `baseline`, so that one is left",
				thousands(int64(m.match.count)), subject, f.listCells(m.match))
		}
	}
}

// nearMisses lists cells that match `baseline` with the same operation, and do
// other work.
func (f *file) otherWorkMatches(operation string) string {
	var near candidates
	for i := range f.Cells {
		if c := &f.Cells[i]; c.Level(Operation) == operation && f.matches(&f.baseline, c) {
			near.add(i)
		}
	}
	if near.count == 0 {
		return "; add one to the grid, or name another under `baseline`"
	}
	return "; those that match do other work: " + f.listCells(near)
}

func (f *file) listCells(c candidates) string {
	first := c.first[:min(maxListed, c.count)]
	text := strings.Join(mapSlice(first, func(cell int32) string { return f.Cells[cell].String() }), ", ")
	if more := int(c.count) - len(first); more > 0 {
		text += fmt.Sprintf(" and %s more", thousands(int64(more)))
	}
	return text
}
