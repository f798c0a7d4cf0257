package experiments

import (
	"cmp"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// blockKeys are the keys of a block that are not axes. If a command has a placeholder with one of
// these names, the key is the custom axis of that name, as it was before these keys existed.
var blockKeys = []key{
	{
		name: "only", form: form{kind: oneOrList, elem: &conditionForm, min: 1, max: maxFilters}, defaultWords: "all cells",
		doc:      "Filters for the cells to keep. A cell of the block that matches none of them is left out.",
		examples: []string{`{where: workers <= cpus}`},
	},
	{
		name: "repeats", form: form{kind: whole, min: 1, max: maxRepeats}, defaultWords: "trials.repeats",
		doc:      "The number of measured trials of each cell of the block, in the first rounds. A baseline is measured as often as its cells. With adaptive repeats it is the maximum.",
		examples: []string{`20`},
	},
	{
		name: "timeout", form: form{kind: duration}, defaultWords: "trials.timeout",
		doc:      "The maximum duration of one trial of the block.",
		examples: []string{`1h`},
	},
}

// readBlockKey reads the value of a key in blockKeys.
func (f *file) readBlockKey(b *block, key, value *yaml.Node) {
	label := join("grid", key.Value)
	switch key.Value {
	case "only":
		b.onlyNode = value // it may name custom axes that a later block adds
	case "repeats":
		n, _ := f.integer(label, value, 1, maxRepeats)
		b.repeats = int(n)
	case "timeout":
		b.timeout = f.duration(label, value)
	}
	if f.positions[label] == (Position{}) {
		f.positions[label] = f.at(key)
	}
}

// isBlockKey reports whether a name in a block is a key in blockKeys.
func isBlockKey(name string, allowedCustomAxes []string) bool {
	return slices.Contains(keyNames(blockKeys), name) && !slices.Contains(allowedCustomAxes, name)
}

// readBlockFilters reads the filters of `only` in the blocks.
func (f *file) readBlockFilters() {
	for i := range f.blocks {
		if b := &f.blocks[i]; b.onlyNode != nil {
			b.only = f.filters("grid.only", b.onlyNode)
			if b.onlyNode.Kind == yaml.SequenceNode && len(b.onlyNode.Content) == 0 {
				f.problem(b.onlyNode, "grid.only: the list is empty: to keep all cells, remove the key")
			}
		}
	}
}

// keeps reports whether `only` of the block keeps a cell.
func (f *file) keeps(b *block, c *Cell) bool {
	kept := b.onlyNode == nil
	for i := range b.only {
		if f.matches(&b.only[i], c) {
			b.only[i].matched, kept = true, true
		}
	}
	return kept
}

// keepsPair is like keeps for a cell of which only the operation and the strategy are known.
func (f *file) keepsPair(b *block, c *Cell) bool {
	return b.onlyNode == nil || slices.ContainsFunc(b.only, func(cf cellFilter) bool {
		pair := cellFilter{axes: slices.DeleteFunc(slices.Clone(cf.axes), func(c condition) bool { return c.axis > Strategy })}
		return f.matches(&pair, c)
	})
}

// warnBlockFilters warns about the filters of `only` that match no cell.
func (f *file) warnBlockFilters() {
	for i := range f.blocks {
		for k := range f.blocks[i].only {
			if cf := &f.blocks[i].only[k]; !cf.matched {
				f.warn(cf.at, "no cell of the block matches %s: this filter keeps nothing", cf)
			}
		}
	}
}

// A cellSetting is the value of a key of blocks for each cell. It is nil if no block has the key. A
// cell of several blocks has the largest of their values.
type cellSetting[T cmp.Ordered] []T

func (s *cellSetting[T]) set(cell int, value T) {
	if cell < len(*s) {
		(*s)[cell] = max((*s)[cell], value)
	} else {
		*s = append(*s, value)
	}
}

// of returns the value of a cell.
func (s cellSetting[T]) of(cell int, otherwise T) T {
	if s == nil {
		return otherwise
	}
	return s[cell]
}

// keep removes the values of the other cells.
func (s *cellSetting[T]) keep(keep []bool) {
	if *s == nil {
		return
	}
	kept := (*s)[:0]
	for cell, value := range *s {
		if keep[cell] {
			kept = append(kept, value)
		}
	}
	*s = kept
}

// RepeatsOf returns the number of measured trials of a cell, or the maximum if repeats are adaptive.
func (e *Experiment) RepeatsOf(cell int) int { return e.cellRepeats.of(cell, e.Trials.Repeats) }

// TimeoutOf returns the maximum duration of a trial of a cell.
func (e *Experiment) TimeoutOf(cell int) time.Duration {
	return e.cellTimeouts.of(cell, e.Trials.Timeout)
}

// Repeats returns the smallest and the largest number of RepeatsOf.
func (e *Experiment) Repeats() (least, most int) {
	if e.cellRepeats == nil {
		return e.Trials.Repeats, e.Trials.Repeats
	}
	return slices.Min(e.cellRepeats), slices.Max(e.cellRepeats)
}

// Timeouts returns the shortest and the longest duration of TimeoutOf.
func (e *Experiment) Timeouts() (least, most time.Duration) {
	if e.cellTimeouts == nil {
		return e.Trials.Timeout, e.Trials.Timeout
	}
	return slices.Min(e.cellTimeouts), slices.Max(e.cellTimeouts)
}

// Once returns the experiment with one trial of each cell.
func (e *Experiment) Once() *Experiment {
	once := *e
	once.Trials.Repeats, once.Trials.Warmup, once.Trials.Adaptive, once.cellRepeats = 1, 0, nil, nil
	return &once
}

// FewestRounds returns the minimum number of rounds of a cell, including warm-ups.
func (e *Experiment) FewestRounds(cell int) int {
	repeats := e.RepeatsOf(cell)
	if a := e.Trials.Adaptive; a != nil {
		repeats = min(repeats, a.Min)
	}
	return e.Trials.Warmup + repeats
}

// TotalTrials returns the number of trials, including warm-ups. With adaptive repeats, minimum is
// the number if every cell stops as early as possible, and maximum if none does.
func (e *Experiment) TotalTrials() (minimum, maximum int64) {
	for cell := range e.Cells {
		minimum += int64(e.FewestRounds(cell))
		maximum += int64(e.Trials.Warmup + e.RepeatsOf(cell))
	}
	return minimum, maximum
}

// extendBaselines gives each baseline as many trials as the cells that are compared with it.
func (f *file) extendBaselines() {
	if f.cellRepeats == nil {
		return
	}
	extend := func(cell, baseline int) {
		if baseline >= 0 {
			f.cellRepeats[baseline] = max(f.cellRepeats[baseline], f.cellRepeats[cell])
		}
	}
	if f.Published != nil {
		for _, row := range f.Published.Rows {
			for _, c := range row.Cells {
				extend(c.Cell, c.Baseline)
			}
		}
	}
	for cell, baseline := range f.Baseline {
		extend(cell, baseline)
	}
}
