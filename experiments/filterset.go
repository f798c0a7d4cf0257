package experiments

import (
	"iter"
	"math/bits"
)

// A filterSet holds cells against many filters at once: one by one, five hundred
// filters and a hundred thousand cells take seconds. Which filters allow a level is a
// bit for each of them, and what picks a cell is what all its levels have in common.
type filterSet struct {
	file  *file
	axes  []filterAxis
	count int
	all   bitset // of the cell that was looked at last
}

// A filterAxis is an axis that some filters of a set name.
type filterAxis struct {
	axis    Axis
	custom  string // else the name of an invented axis
	silent  bitset // the filters that do not name it
	allowed map[text]bitset
}

// A bitset has a bit for each filter of a set.
type bitset []uint64

func newBitset(count int, set bool) bitset {
	b := make(bitset, (count+63)/64)
	if set {
		for i := range count {
			b.set(i)
		}
	}
	return b
}

func (b bitset) set(i int) { b[i/64] |= 1 << (i % 64) }

// newFilterSet is one of filters on the cells of the grid, of which the texts must be
// known.
func (f *file) newFilterSet(filters []where) *filterSet {
	s := &filterSet{file: f, count: len(filters), all: newBitset(len(filters), false)}
	for i := range filters {
		for k := range filters[i].axes {
			c := &filters[i].axes[k]
			axis := s.axis(c)
			axis.silent[i/64] &^= 1 << (i % 64)
			for _, level := range c.levels {
				t, ok := f.texts.known[level]
				if !ok {
					continue // no cell has it
				}
				if axis.allowed[t] == nil {
					axis.allowed[t] = newBitset(len(filters), false)
				}
				axis.allowed[t].set(i)
			}
		}
	}
	return s
}

// axis finds the axis of a condition, or adds it.
func (s *filterSet) axis(c *condition) *filterAxis {
	for i := range s.axes {
		if s.axes[i].axis == c.axis && s.axes[i].custom == c.custom {
			return &s.axes[i]
		}
	}
	s.axes = append(s.axes, filterAxis{axis: c.axis, custom: c.custom, silent: newBitset(s.count, true), allowed: map[text]bitset{}})
	return &s.axes[len(s.axes)-1]
}

// picking yields the filters that pick a cell, in their order.
func (s *filterSet) picking(cell *Cell) iter.Seq[int] {
	left := s.left(cell)
	return func(yield func(int) bool) {
		for i, word := range left {
			for ; word != 0; word &= word - 1 {
				if !yield(64*i + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// picks reports whether any filter picks a cell.
func (s *filterSet) picks(cell *Cell) bool {
	for _, word := range s.left(cell) {
		if word != 0 {
			return true
		}
	}
	return false
}

// left returns the filters that pick a cell. It is valid until the next call.
func (s *filterSet) left(cell *Cell) bitset {
	for i := range s.all {
		s.all[i] = ^uint64(0)
	}
	if rest := s.count % 64; rest > 0 {
		s.all[len(s.all)-1] = 1<<rest - 1
	}
	for i := range s.axes {
		a := &s.axes[i]
		allowed := a.allowed[s.file.levelIn(a.axis, a.custom, cell)]
		for k := range s.all {
			word := a.silent[k]
			if allowed != nil {
				word |= allowed[k]
			}
			s.all[k] &= word
		}
	}
	return s.all
}

// levelIn is the level that a cell has of an axis: of the one called custom, if that is
// a name.
func (f *file) levelIn(a Axis, custom string, cell *Cell) text {
	if custom != "" {
		return cell.customLevel(custom)
	}
	return f.effective(cell, a)
}
