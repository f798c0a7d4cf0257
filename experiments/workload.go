package experiments

import (
	"cmp"
	"iter"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Workload is the file's `workload`: the items that operations work on.
type Workload struct {
	Files   int
	Content string // rows, random, bytes, tasks
	Lines   int
	Values  int
	Size    int64 // bytes
	Seed    int64
	From    string // an existing tree, as the file says it; empty: content is made
}

// readWorkload reads the file's `workload`. Keys that a workload of this content
// does not use are kept: a cell of the grid may have another content.
func (f *file) readWorkload(n *yaml.Node) {
	s := f.section("workload", n, workloadKeys)
	for a := Files; a <= From; a++ {
		if _, _, value := s.get(a.String()); value != nil {
			if level, ok := f.level(a, value); ok && (a == From || !s.has("from")) {
				f.fileLevels[a] = level
				f.Workload = f.Workload.with(a, level)
			}
		}
	}
	from := s.node("from")
	if from == nil {
		return
	}
	if _, override := f.overrides[from]; override {
		f.fromOverride[f.Workload.From] = true
	}
	for a := Files; a < From; a++ {
		if s.has(a.String()) {
			f.add(f.positions["workload."+a.String()],
				"workload.%s cannot stand beside workload.from: an existing tree is what it is; leave one of them out", a)
		}
	}
}

// with is the workload with another level of one of its axes, in canonical form.
func (w Workload) with(a Axis, level string) Workload {
	number, _ := strconv.ParseInt(level, 10, 64)
	switch a {
	case Files:
		w.Files = int(number)
	case Lines:
		w.Lines = int(number)
	case Values:
		w.Values = int(number)
	case Size:
		w.Size = number
	case Content:
		w.Content = level
	case Seed:
		w.Seed = number
	case From:
		w.From = level
	}
	return w
}

// workloadAxes are the axes that mean something for content to be made, or, if
// there is none to make, for a tree.
func workloadAxes(content string) axisSet {
	switch content {
	case "":
		return setOf(From)
	case "bytes":
		return setOf(Files, Content, Size, Seed)
	case "tasks":
		return setOf(Files, Content, Seed)
	default:
		return setOf(Files, Content, Lines, Values, Seed)
	}
}

// WorkloadOf is the workload of a cell: the file's, with the cell's own keys
// laid over it. Keys that its content does not use are zero, so that equal
// values mean equal items.
func (e *Experiment) WorkloadOf(c Cell) Workload {
	var w Workload
	for a := Files; a <= From; a++ {
		if level := e.LevelOf(c, a); level != "" {
			w = w.with(a, level)
		}
	}
	return w
}

// WorkspaceOf is the directory under test of a cell, as the file says it.
func (e *Experiment) WorkspaceOf(c Cell) string {
	return cmp.Or(c.Level(Workspace), e.Workspace)
}

// LevelOf is the level of an axis that holds for a cell: its own, or that of the
// file's workload and workspace; empty if the axis means nothing to the cell.
func (e *Experiment) LevelOf(c Cell, a Axis) string {
	return e.table.levels[e.effective(&c, a)]
}

// FactorsOf returns every axis that means something to a cell with the level that
// holds for it, the file's own workload and workspace included, the invented
// axes last. A contender's placeholders are filled from it.
func (e *Experiment) FactorsOf(c Cell) iter.Seq2[string, string] {
	return func(yield func(axis, level string) bool) {
		for a := range e.table.axes() {
			if level := e.LevelOf(c, a); level != "" && !yield(e.table.nameOf(a), level) {
				return
			}
		}
	}
}

// FromOverride reports whether the tree of a cell was named by an override: its
// path is relative to the working directory then, else to the directory of the
// experiment file.
func (e *Experiment) FromOverride(c Cell) bool {
	return e.overrideTrees[e.LevelOf(c, From)]
}

// effective is the number of a cell's level, or of the file's if the axis means
// something to the cell. Only the axes of workload and workspace have levels in the file.
func (e *Experiment) effective(c *Cell, a Axis) uint32 {
	if c.levels[a] != 0 || !a.OfWorkload() || e.fileLevelNumbers[a] == 0 {
		return cmp.Or(c.levels[a], e.fileLevelNumbers[a])
	}
	content := ""
	if c.levels[From] == 0 && e.fileLevelNumbers[From] == 0 {
		content = e.table.levels[cmp.Or(c.levels[Content], e.fileLevelNumbers[Content])]
	}
	if workloadAxes(content).has(a) {
		return e.fileLevelNumbers[a]
	}
	return 0
}
