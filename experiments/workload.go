package experiments

import (
	"cmp"
	"iter"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Workload is the `workload` of the file: the items that operations work on.
type Workload struct {
	Files   int
	Content string // a level of the axis content
	Lines   int
	Values  int
	Size    int64 // bytes; the median if Sigma is not 0
	Sigma   float64
	Seed    int64
	From    string // an existing tree, as written in the file; empty: items are generated
}

// readWorkload reads the `workload` of the file. It keeps keys that its content does not use,
// because a cell of the grid may have another content.
func (f *file) readWorkload(n *yaml.Node) {
	s := f.section("workload", n, workloadKeys)
	for a := Files; a <= From; a++ {
		if _, _, value := s.get(a.String()); value != nil {
			if value.Kind == yaml.SequenceNode {
				f.problem(value, "workload.%[1]s: expected one value, found a list: to compare several, write %[1]s: %[2]s in grid", a, cmp.Or(flowValue(value), "[1, 2]"))
				continue
			}
			if a == Size && isDistribution(value) {
				if level, ok := f.distribution(value); ok {
					f.fileLevels[a] = level
					f.Workload = f.Workload.with(a, level)
				}
				continue
			}
			if value.Kind == yaml.MappingNode && axes[a].numeric() {
				f.problem(value, "workload.%s: expected one value, found a mapping: to compare several, write the range in grid", a)
				continue
			}
			if m := rangeText().FindStringSubmatch(value.Value); m != nil && isRange().MatchString(value.Value) && axes[a].numeric() && rangeHint(m[1], m[2], m[3]) != "" {
				f.problem(value, "workload.%s: expected one value, found %s: to compare several%s in grid", a, quote(value.Value), strings.Replace(rangeHint(m[1], m[2], m[3]), ":", ",", 1))
				continue
			}
			if level, ok := f.level(a, value); ok && (a == From || !s.has("from")) {
				f.fileLevels[a] = level
				f.Workload = f.Workload.with(a, level)
			}
		}
	}
	f.textSize = f.fileLevels[Size]
	if _, differ := ParseLognormal(f.textSize); differ || !s.has(Size.String()) {
		f.textSize = defaultTextSize
	}
	if f.Workload.Content == contentText {
		f.Workload = f.Workload.with(Size, f.textSize)
	}
	f.Tree = f.tree(s.node("tree"))
	f.SkipUnreadable = s.word("unreadable") == "skip"
	from := s.node("from")
	if from == nil {
		return
	}
	if _, override := f.overrides[from]; override {
		f.fromOverride[f.Workload.From] = true
	}
	for _, name := range keyNames(generatedKeys) {
		if s.has(name) {
			f.add(f.positions["workload."+name],
				"workload.%s and workload.from cannot both be set, because the files of an existing tree are fixed: remove one of them", name)
		}
	}
}

// The content text has its own default size, the length of its sentence in bytes.
const (
	contentText     = "text"
	defaultTextSize = "11"
)

// fileLevel returns the number of the level that the file sets for an axis of cells with the
// given content.
func (e *Experiment) fileLevel(a Axis, content string) uint32 {
	if a == Size && content == contentText {
		return e.textSizeNumber
	}
	return e.fileLevelNumbers[a]
}

// workloadAlone reads a workload apart from the rest of the file. Keys that its content does
// not use are zero. The result is the zero Workload if the workload is not valid.
func workloadAlone(n *yaml.Node, opt Options) Workload {
	f := &file{decoder: newDecoder(nil, opt), Experiment: &Experiment{}}
	f.readWorkload(n)
	content := f.Workload.Content
	if f.Workload.From != "" {
		content = ""
	}
	if len(f.problems) > 0 {
		return Workload{}
	}
	w := f.Workload
	for a := Files; a <= From; a++ {
		if !workloadAxes(content).has(a) {
			w = w.with(a, "")
		}
	}
	return w
}

// with returns the workload with another level, in canonical form, of one of its axes.
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
		w.Size, w.Sigma = number, 0
		if d, ok := ParseLognormal(level); ok {
			w.Size = d.Median
			w.Sigma, _ = strconv.ParseFloat(d.Sigma, 64)
		}
	case Content:
		w.Content = level
	case Seed:
		w.Seed = number
	case From:
		w.From = level
	}
	return w
}

// workloadAxes returns the axes that the given content uses, or the axes of a tree if content
// is empty.
func workloadAxes(content string) axisSet {
	switch content {
	case "":
		return setOf(From)
	case "bytes":
		return setOf(Files, Content, Size, Seed)
	case "tasks":
		return setOf(Files, Content, Seed)
	case contentText:
		return setOf(Files, Content, Size)
	default:
		return setOf(Files, Content, Lines, Values, Seed)
	}
}

// WorkloadOf returns the workload of a cell: the workload of the file, with the levels of the
// cell replacing it. Keys that the content does not use are zero, so equal values mean equal
// items.
func (e *Experiment) WorkloadOf(c Cell) Workload {
	var w Workload
	for a := Files; a <= From; a++ {
		if level := e.LevelOf(c, a); level != "" {
			w = w.with(a, level)
		}
	}
	return w
}

// WorkspaceOf returns the directory under test of a cell, as written in the file.
func (e *Experiment) WorkspaceOf(c Cell) string {
	return cmp.Or(c.Level(Workspace), e.Workspace)
}

// LevelOf returns the level of an axis that applies to a cell: its own level, or the level in
// the workload or workspace of the file. It returns "" if the cell does not use the axis.
func (e *Experiment) LevelOf(c Cell, a Axis) string {
	return e.table.levels[e.effectiveLevel(&c, a)]
}

// FactorsOf returns every axis that a cell uses with the level that applies to it, including
// workload and workspace of the file. Custom axes come last. The placeholders of a contender
// are filled from these values.
func (e *Experiment) FactorsOf(c Cell) iter.Seq2[string, string] {
	return func(yield func(axis, level string) bool) {
		for a := range e.table.axes() {
			if level := e.LevelOf(c, a); level != "" && !yield(e.table.nameOf(a), level) {
				return
			}
		}
	}
}

// FromOverride reports whether an override named the tree of a cell. The path is then relative
// to the working directory, otherwise to the directory of the experiment file.
func (e *Experiment) FromOverride(c Cell) bool {
	return e.overrideTrees[e.LevelOf(c, From)]
}

// effectiveLevel returns the number of the level that applies to a cell: its own level or, if
// it has none, the level of the file. It returns 0 if the cell does not use the axis. Only the
// axes of workload and workspace have levels in the file.
func (e *Experiment) effectiveLevel(c *Cell, a Axis) uint32 {
	if a.OfWorkload() && len(e.named) > 0 {
		if named, ok := e.named[c.levels[Strategy]]; ok && !named.has(a) {
			return 0
		}
	}
	if c.levels[a] != 0 || !a.OfWorkload() || e.fileLevelNumbers[a] == 0 {
		return cmp.Or(c.levels[a], e.fileLevelNumbers[a])
	}
	content := ""
	if c.levels[From] == 0 && e.fileLevelNumbers[From] == 0 {
		content = e.table.levels[cmp.Or(c.levels[Content], e.fileLevelNumbers[Content])]
	}
	if workloadAxes(content).has(a) {
		return e.fileLevel(a, content)
	}
	return 0
}
