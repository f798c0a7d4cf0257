package experiments

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// The baseline of a cell is the cell that matches the `baseline` of the file and does the same
// work. It has the same operation on the same items in the same workspace. The axes Level, Cache
// and Sync are an exception. If a cell has no level of such an axis, its program chooses one, so
// the cell agrees with every level. The axis Python is another exception: a built-in strategy
// has no interpreter, and a `baseline` that names one compares all others with it. If several
// cells match, preferred chooses one.

// requiredAxes are the axes on which two cells of the same work have equal levels. A level that
// neither cell has is equal, too.
var requiredAxes = setOf(Operation, Workspace, Files, Lines, Values, Size, Content, Seed, From)

// A workRule lists the axes on which a cell and its baseline have equal levels.
type workRule struct {
	required axisSet // a level that neither cell has is equal, too
	optional axisSet // equal if both cells use the axis
}

// workRule returns the rule for a cell.
func (f *file) workRule(cell int) workRule {
	if f.ownOperations[f.Cells[cell].Level(Operation)] == nil {
		return workRule{requiredAxes, f.optionalAxes()}
	}
	if f.baseline.names(Operation) {
		return workRule{required: requiredAxes &^ setOf(Operation)}
	}
	return workRule{required: requiredAxes}
}

// optionalAxes returns the axes on which two cells of the same work have equal levels if both use
// the axis.
func (f *file) optionalAxes() axisSet {
	if f.baseline.names(Python) {
		return setOf(Level, Cache, Sync)
	}
	return setOf(Level, Cache, Sync, Python)
}

// sameWork reports whether a baseline does the same work as a cell.
func (f *file) sameWork(baseline, cell int) bool {
	x, y, rule := &f.Cells[baseline], &f.Cells[cell], f.workRule(cell)
	return compareLevels(x, y, rule.required) == 0 && sharesLevels(x, y, rule.optional)
}

// compareLevels orders two cells by their levels on some axes.
func compareLevels(a, b *Cell, axes axisSet) int {
	for ; axes != 0; axes &= axes - 1 {
		axis := bits.TrailingZeros64(uint64(axes))
		if c := cmp.Compare(a.levels[axis], b.levels[axis]); c != 0 {
			return c
		}
	}
	return 0
}

// sharesLevels reports whether two cells have equal levels on the given axes that both use.
func sharesLevels(a, b *Cell, axes axisSet) bool {
	for ; axes != 0; axes &= axes - 1 {
		axis := bits.TrailingZeros64(uint64(axes))
		if x, y := a.levels[axis], b.levels[axis]; x != 0 && y != 0 && x != y {
			return false
		}
	}
	return true
}

// findBaselines assigns every cell its baseline. A cell that matches `baseline` is its own
// baseline.
func (f *file) findBaselines() {
	found := f.matchBaseline()
	if len(found) == len(f.Cells) && f.repeatsWork(found) {
		f.warn(f.baseline.at, "every cell matches %s, so each is its own baseline and no cell is compared with another", &f.baseline)
	}
	indexes := map[workRule]*baselineIndexes{}
	var wrong []unmatched
	for i := range f.Cells {
		if f.Baseline[i] >= 0 {
			continue
		}
		rule := f.workRule(i)
		if indexes[rule] == nil {
			indexes[rule] = &baselineIndexes{
				sameWork:   f.indexBaselines(found, rule.required, rule.optional),
				sameLevels: f.indexBaselines(found, rule.required, f.ownAxes(&f.baseline)|rule.optional),
			}
		}
		baseline, count := f.findBaseline(i, indexes[rule])
		if count == 1 {
			f.Baseline[i] = baseline
		} else {
			wrong = f.addUnmatched(wrong, i, count == 0)
		}
	}
	f.reportUnmatched(wrong)
}

// matchBaseline makes each cell that matches `baseline` its own baseline, and returns these cells.
// The other cells get -1.
func (f *file) matchBaseline() (found []int32) {
	f.Baseline = make([]int, len(f.Cells))
	for i := range f.Cells {
		f.Baseline[i] = -1
		if f.matches(&f.baseline, &f.Cells[i]) {
			f.Baseline[i] = i
			found = append(found, int32(i))
		}
	}
	return found
}

// findBaseline applies the rules of preferred with two indexes of the candidates, because comparing
// all pairs of a hundred thousand cells would take minutes. The baseline is valid if count is 1.
func (f *file) findBaseline(cell int, index *baselineIndexes) (baseline, count int) {
	program := f.isProgram(cell)
	baseline, count = index.sameWork.find(cell, program)
	if count == 0 {
		program = !program
		baseline, count = index.sameWork.find(cell, program)
	}
	if count > 1 {
		if b, n := index.sameLevels.find(cell, program); n > 0 {
			return b, n
		}
	}
	return baseline, count
}

// repeatsWork reports whether any two cells of a list have the same required levels. It sorts
// the list.
func (f *file) repeatsWork(list []int32) bool {
	order := func(a, b int32) int { return compareLevels(&f.Cells[a], &f.Cells[b], requiredAxes) }
	list = slices.SortedFunc(slices.Values(list), order)
	return len(slices.CompactFunc(list, func(a, b int32) bool { return order(a, b) == 0 })) < len(f.Cells)
}

// baselinesOf returns the cells that match `baseline`, do the same work as a cell, and are left by
// the rules of preferred.
func (f *file) baselinesOf(cell int) (left candidates) {
	var list []match
	for i := range f.Cells {
		if f.matches(&f.baseline, &f.Cells[i]) && f.sameWork(i, cell) {
			list = append(list, match{cell: i})
		}
	}
	for _, b := range f.preferred(list, match{cell: cell}, func(match) *cellFilter { return &f.baseline }) {
		left.add(b.cell)
	}
	return left
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

// preferred chooses among cells that m may be compared with. selected returns the filter that
// selected a cell. If only some of the cells satisfy a rule, the others are removed, and
// preferred overwrites the list. The rules apply in this order:
//
//  1. A program is compared with a program, and a built-in strategy with a built-in strategy.
//  2. A cell of the n-th filter in its list is compared with a cell of the n-th filter.
//  3. The two cells have equal levels on all axes that both use and the filter does not name.
func (f *file) preferred(fits []match, m match, selected func(match) *cellFilter) []match {
	for _, rule := range []func(match) bool{
		func(b match) bool { return f.isProgram(b.cell) == f.isProgram(m.cell) },
		func(b match) bool { return b.place == m.place },
		func(b match) bool {
			return sharesLevels(&f.Cells[b.cell], &f.Cells[m.cell], f.ownAxes(selected(b))|f.workRule(m.cell).optional)
		},
	} {
		if slices.ContainsFunc(fits, rule) {
			fits = slices.DeleteFunc(fits, func(b match) bool { return !rule(b) })
		}
	}
	return fits
}

// ownAxes returns the axes on which a cell prefers candidates with its own levels: all axes that the
// filter does not name.
func (f *file) ownAxes(filter *cellFilter) axisSet {
	axes := axisSet(1)<<f.table.axes() - 1
	for i := range filter.axes {
		axes &^= setOf(filter.axes[i].axis)
	}
	return axes
}

// unmatched describes the cells of one operation that have no baseline, or several. They share
// one message, because one missing cell may affect thousands.
type unmatched struct {
	operation string
	none      bool // they have no baseline
	example   int  // one of the cells
	cells     int
}

func (f *file) addUnmatched(list []unmatched, cell int, none bool) []unmatched {
	operation := f.Cells[cell].Level(Operation)
	i := slices.IndexFunc(list, func(u unmatched) bool { return u.operation == operation && u.none == none })
	if i < 0 {
		i, list = len(list), append(list, unmatched{operation: operation, none: none, example: cell})
	}
	list[i].cells++
	return list
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
		if m.none {
			f.add(f.baseline.at, "no baseline for %s: no cell matches %s and does the same work%s",
				subject, &f.baseline, f.otherWorkMatches(m.operation, m.example, wrong))
			continue
		}
		left := f.baselinesOf(m.example)
		f.add(f.baseline.at, "%s baselines for %s: %s; add axes to `baseline` until exactly one cell matches",
			thousands(int64(left.count)), subject, f.listCells(left))
	}
}

// otherWorkMatches lists the cells of the same operation that match `baseline` but do
// different work than the example. It also lists the differences of the most similar cell. If
// there is no such cell, it returns advice.
func (f *file) otherWorkMatches(operation string, example int, wrong []unmatched) string {
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
		return f.baselineAdvice(wrong)
	}
	if near.count == 1 {
		return fmt.Sprintf("; the matching cell %s does other work: it has %s", f.listCells(near), strings.Join(fewest, ", "))
	}
	return fmt.Sprintf("; the matching cells do other work (the most similar one has %s): %s", strings.Join(fewest, ", "), f.listCells(near))
}

// baselineAdvice returns advice for a grid without a cell of some operation that matches
// `baseline`.
func (f *file) baselineAdvice(wrong []unmatched) string {
	if _, written := f.positions["baseline"]; written {
		return "; " + f.describeGridLevels(&f.baseline) + "; add such a cell to the grid, or change `baseline`"
	}
	if slices.ContainsFunc(f.Cells, func(c Cell) bool { return f.matches(&f.baseline, &c) }) {
		return "; add such a cell to the grid, or add a `baseline`"
	}
	return "; add the strategy sequential to the grid, or add the line " + f.baselineLine(wrong)
}

// baselineLine returns a `baseline` that matches the first cell without a baseline of each
// operation.
func (f *file) baselineLine(wrong []unmatched) string {
	var strategies []string
	for _, m := range wrong {
		if strategy := f.Cells[m.example].Level(Strategy); !slices.Contains(strategies, strategy) {
			strategies = append(strategies, strategy)
		}
	}
	if len(strategies) > 1 {
		return "baseline: {strategy: " + inBrackets(strategies) + "}"
	}
	conditions := "strategy: " + flowText(strategies[0])
	example := &f.Cells[wrong[0].example]
	for a := Workers; a < f.table.axes(); a++ {
		differs := func(c Cell) bool {
			return c.levels[Operation] == example.levels[Operation] && c.levels[Strategy] == example.levels[Strategy] && c.levels[a] != example.levels[a]
		}
		if !(requiredAxes | f.optionalAxes()).has(a) && slices.ContainsFunc(f.Cells, differs) {
			conditions += ", " + f.table.nameOf(a) + ": " + flowText(example.Level(a))
		}
	}
	return "baseline: {" + conditions + "}"
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
