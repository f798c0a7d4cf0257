package experiments

import (
	"cmp"
	"hash/maphash"
	"math/big"
	"slices"
	"strconv"
)

// plan counts the grid, creates its cells, removes excluded cells and assigns every cell its
// baseline.
func (f *file) plan() {
	f.numberLevels()
	count := f.count()
	if f.isTooLarge() {
		size := "more than 2^63"
		if count.IsInt64() {
			size = thousands(count.Int64())
		}
		f.add(f.PositionOf("grid"), "the grid has %s cells, more than %s (use --max-cells to raise the limit)", size, thousands(int64(f.opt.MaxCells)))
		return
	}
	f.expand(int(count.Int64()))
	f.warnExclude()
	f.warnBlockFilters()
	f.blocks, f.table.numbers = nil, nil // frees memory: a grid may have as many levels as cells
	if len(f.Cells) == 0 {
		f.add(cmp.Or(f.PositionOf("exclude"), f.PositionOf("grid.only")), "every cell of the grid is excluded")
		return
	}
	if !f.checkTextSize() {
		return
	}
	f.findBaselines()
	f.checkOwnCells()
	f.findPublished()
	if len(f.problems) == 0 {
		f.applyOnly()
		f.extendBaselines()
		f.checkTrials()
	}
}

// numberLevels creates the table of levels. The first call gives the levels of the file itself
// their numbers. Other levels get theirs when cells are created.
func (f *file) numberLevels() {
	if f.table.numbers != nil {
		return
	}
	f.table.levels, f.table.numbers = slices.Grow(f.table.levels, int(f.levelCount)), make(map[string]uint32, f.levelCount)
	f.fileLevels[Workspace] = f.Workspace
	for a, level := range f.fileLevels {
		f.fileLevelNumbers[a] = f.table.number(level)
	}
	f.textSizeNumber = f.table.number(f.textSize)
	f.named = map[uint32]axisSet{}
	for _, c := range f.Commands {
		if op := f.ownOperations[c.Operation]; op != nil && op.Input == InputNone {
			f.named[f.table.number(c.Name)] = f.contenders[c.Name].workloadAxes()
		}
	}
}

// workloadUses returns the axes of the workload that a pair uses. An operation without inputs uses
// those that its command names.
func (f *file) workloadUses(op OperationInfo, strategy, content string) axisSet {
	used := workloadAxes(content)
	if c := f.contenders[strategy]; c != nil && f.ownOperations[op.Name] != nil && !op.Input {
		used &= c.workloadAxes()
	}
	return used
}

// workloadAxes returns the axes of the workload that the texts name.
func (t *templates) workloadAxes() (named axisSet) {
	for a := Files; a <= From; a++ {
		if t.uses(a.String()) {
			named |= setOf(a)
		}
	}
	return named
}

// maxMeanText is the maximum average length in bytes of the levels of a cell. The first line
// of the journal contains the levels of all cells, and the name of every cell consists of its
// levels.
const maxMeanText = 512

// checkTextSize refuses cells whose levels are too long in total, such as a workspace path
// of 4,000 bytes in each of 100,000 cells.
func (f *file) checkTextSize() bool {
	sum, limit := int64(0), int64(f.opt.MaxCells)*maxMeanText
	for i := range f.Cells {
		c := &f.Cells[i]
		for a := range f.table.axes() {
			level := f.table.levels[f.effectiveLevel(c, a)]
			sum += int64(len(level))
			if a >= numAxes && level != "" {
				sum += int64(len(f.table.nameOf(a)))
			}
		}
	}
	if sum > limit {
		f.add(f.PositionOf("grid"), "the levels of the %s cells have %s bytes in total, more than %s: shorten the levels, the workspace path or the tree path, or use fewer cells",
			thousands(int64(len(f.Cells))), thousands(sum), thousands(limit))
	}
	return sum <= limit
}

// A variant is the part of a block whose cells all use the same axes: one operation, one
// strategy, one content.
type variant struct {
	block *block
	start Cell // the fixed levels of the variant
	axes  []dimension
}

// A dimension is one axis of a variant with its levels, or several axes in lockstep. It then has a
// column for each axis, with equally many levels, and a level may be repeated. The levels get
// their numbers only when cells are created. A grid may have 100,000 levels for each of 500
// commands, and is then refused because of its size.
type dimension []column

type column struct {
	axis   Axis
	levels []level
}

// size returns the number of combinations.
func (d dimension) size() int { return len(d[0].levels) }

// variants visits the variants of the whole grid, in the order of the file.
func (f *file) variants(visit func(variant)) {
	for i := range f.blocks {
		b := &f.blocks[i]
		for _, operation := range b.levels[Operation] {
			op, _ := f.opt.Catalogue.operation(operation.text)
			for _, strategy := range b.levels[Strategy] {
				c := f.contenders[strategy.text]
				if c != nil && c.Operation != op.Name {
					continue
				}
				used := f.uses(op, strategy.text)
				for _, content := range f.contents(b) {
					if v, ok := f.variant(b, op, strategy.text, content, used); ok {
						visit(v)
					}
				}
			}
		}
	}
}

// variant returns a variant of a block. It returns false if no combination of axes in lockstep has
// this operation, strategy and content.
func (f *file) variant(b *block, op OperationInfo, strategy, content string, used axisSet) (v variant, ok bool) {
	// A level that the file sets once for all cells is not a level of a cell. If some
	// block of the grid names the axis, every cell gets a level, to distinguish the cells.
	v = variant{block: b, start: Cell{table: f.table}}
	set := func(a Axis, level string) { v.start.levels[a] = f.table.number(level) }
	set(Operation, op.Name)
	set(Strategy, strategy)
	used |= (f.workloadUses(op, strategy, content) | setOf(Workspace)) & f.variedAxes
	tied := map[Axis]dimension{} // by axis; only the first axis has combinations
	for _, d := range b.locksteps {
		d = d.where(Operation, op.Name).where(Strategy, strategy)
		if content != "" {
			d = d.where(Content, content)
		}
		if d.size() == 0 {
			return v, false
		}
		d = d.only(used &^ setOf(Operation, Strategy, Content))
		for i, c := range d {
			if tied[c.axis] = nil; i == 0 {
				tied[c.axis] = d
			}
		}
	}
	for a := Workers; a < f.table.axes(); a++ {
		switch {
		case !used.has(a):
		case a == Content:
			set(Content, content)
		case b.levels[a] != nil:
			d, inLockstep := tied[a]
			if !inLockstep {
				d = dimension{{a, b.levels[a]}}
			}
			if len(d) > 0 {
				v.axes = append(v.axes, d)
			}
		default:
			set(a, f.defaultLevel(a, op, content))
		}
	}
	return v, true
}

// contents returns the contents of a block. Each content uses other axes. For a tree the only
// content is "".
func (f *file) contents(b *block) []string {
	switch {
	case b.levels[From] != nil || f.Workload.From != "":
		return []string{""}
	case b.levels[Content] != nil:
		return levelTexts(b.levels[Content])
	default:
		return []string{f.Workload.Content}
	}
}

// defaultLevel returns the level of an axis that a cell uses and its block does not name.
func (f *file) defaultLevel(a Axis, op OperationInfo, content string) string {
	switch {
	case a == Workers:
		return strconv.Itoa(min(f.opt.CPUs, maxWorkers))
	case a == Sink && len(op.Sinks) > 0 && !slices.Contains(op.Sinks, Sink.Default()):
		return op.Sinks[0]
	case a == Workspace || a.OfWorkload():
		return f.table.levels[f.fileLevel(a, content)]
	default:
		return a.Default()
	}
}

// count returns the size of the grid before equal cells are merged and cells are excluded.
func (f *file) count() *big.Int {
	if f.gridSize != nil {
		return f.gridSize
	}
	total := new(big.Int)
	f.variants(func(v variant) {
		product := big.NewInt(1)
		for _, d := range v.axes {
			product.Mul(product, big.NewInt(int64(d.size())))
		}
		total.Add(total, product)
	})
	f.gridSize = total
	return total
}

// isTooLarge reports whether the grid has more cells than allowed.
func (f *file) isTooLarge() bool { return f.count().Cmp(big.NewInt(int64(f.opt.MaxCells))) > 0 }

// expand creates the cells, without the excluded ones. Of equal cells it keeps the first in the
// file.
func (f *file) expand(count int) {
	set := cellSet{seed: maphash.MakeSeed(), at: make(map[uint64]int32, count), cells: make([]Cell, 0, count)}
	ownRepeats := slices.ContainsFunc(f.blocks, func(b block) bool { return b.repeats > 0 })
	ownTimeout := slices.ContainsFunc(f.blocks, func(b block) bool { return b.timeout > 0 })
	f.variants(func(v variant) {
		each(v.start, v.axes, func(c Cell) bool {
			if f.excluded(&c) || !f.keeps(v.block, &c) {
				return true
			}
			cell := set.add(c)
			if ownRepeats {
				f.cellRepeats.set(cell, cmp.Or(v.block.repeats, f.Trials.Repeats))
			}
			if ownTimeout {
				f.cellTimeouts.set(cell, cmp.Or(v.block.timeout, f.Trials.Timeout))
			}
			return true
		})
	})
	f.Cells = set.cells
}

// A cellSet contains every cell once. A map with cells as keys would store the large cells a
// second time, so the key is their hash. Cells with equal hashes use the next free key.
type cellSet struct {
	seed  maphash.Seed
	at    map[uint64]int32
	cells []Cell
}

// add adds a cell and returns its index.
func (s *cellSet) add(c Cell) int {
	hash := maphash.Comparable(s.seed, c)
	for i, taken := s.at[hash]; taken; i, taken = s.at[hash] {
		if s.cells[i] == c {
			return int(i)
		}
		hash++
	}
	s.at[hash] = int32(len(s.cells))
	s.cells = append(s.cells, c)
	return len(s.cells) - 1
}

// each visits a cell with every combination of the levels, as long as visit returns true. It
// reports whether all visits did. The last axis varies fastest.
func each(c Cell, axes []dimension, visit func(Cell) bool) bool {
	if len(axes) == 0 {
		return visit(c)
	}
	for i := range axes[0].size() {
		for _, column := range axes[0] {
			c.levels[column.axis] = c.table.number(column.levels[i].text)
		}
		if !each(c, axes[1:], visit) {
			return false
		}
	}
	return true
}
