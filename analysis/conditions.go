package analysis

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/format"
)

// A Condition is a circumstance that all cells of a table share. Circumstances that vary are factors,
// which stand in the rows.
type Condition struct {
	Name string // ConditionDataset, or the name of an axis
	Text string // for people, such as "cold cache"
}

// ConditionDataset is the name of the condition that describes the items of each trial.
const ConditionDataset = "dataset"

// ConditionVerified is the name of the condition that outcomes were not verified.
const ConditionVerified = "verified"

// Conditions are the conditions of some cells.
type Conditions []Condition

// Sentence describes the conditions in one line, without a full stop. It is empty if there are none.
func (list Conditions) Sentence() string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = c.Text
	}
	return strings.Join(texts, "; ")
}

// ConditionsSentence describes the conditions of a table.
func (g *Table) ConditionsSentence() string { return g.Conditions.Sentence() }

// syncTexts are the texts of the levels of the axis sync.
var syncTexts = map[string]string{
	experiments.SyncNone: "no sync",
	experiments.SyncFile: "sync after each file",
	experiments.SyncEnd:  "sync at the end",
}

// SharedConditions returns the circumstances that all cells share. An axis that only some cells use
// describes these cells, so it is a condition if all of them have the same level.
func (d *Data) SharedConditions(cells []*Summary) (list Conditions) {
	if len(cells) == 0 {
		return nil
	}
	add := func(name, text string) {
		if text != "" {
			list = append(list, Condition{name, text})
		}
	}
	add(ConditionDataset, dataset(cells))
	if level := sharedLevel(experiments.Level, cells); level != "" {
		add(experiments.Level.String(), "compression level "+level)
	}
	if cache := sharedLevel(experiments.Cache, cells); cache != "" {
		add(experiments.Cache.String(), cache+" cache")
	}
	add(experiments.Sync.String(), syncTexts[sharedLevel(experiments.Sync, cells)])
	if layout := sharedLevel(experiments.Layout, cells); layout != "" {
		add(experiments.Layout.String(), layout+" layout")
	}
	if workspace := sharedLevel(experiments.Workspace, cells); workspace != "" {
		text := "workspace " + workspace
		if workspace == "." {
			text = "working directory"
		}
		if fs := d.filesystem(workspace); fs != "" {
			text += " (" + fs + ")"
		}
		add(experiments.Workspace.String(), text)
	}
	add(experiments.Python.String(), d.sharedPython(cells))
	add(ConditionVerified, d.verification(cells))
	return list
}

// sharedLevel returns the level of an axis that all cells with this axis have. It returns "" if they
// have several, or none.
func sharedLevel(axis experiments.Axis, cells []*Summary) string {
	if levels := Levels(axis.String(), cells); len(levels) == 1 {
		return levels[0]
	}
	return ""
}

// dataset describes the items of the cells: their number and size, their content or tree, and the
// entries that were left out of the tree. It returns "" if the cells have different items.
func dataset(cells []*Summary) string {
	first := &cells[0].Cell
	same := func(s *Summary) bool {
		return s.Cell.Files == first.Files && s.Cell.Bytes == first.Bytes && maps.Equal(s.Cell.LeftOut, first.LeftOut)
	}
	if slices.ContainsFunc(cells, func(s *Summary) bool { return !same(s) }) {
		return ""
	}
	if first.Files == 0 && first.Bytes == 0 {
		return "" // an operation without inputs
	}
	text := format.Count(first.Files, "file")
	size := sharedLevel(experiments.Size, cells)
	_, distributed := experiments.ParseLognormal(size)
	if size != "" && !distributed {
		text += " of " + LevelText(experiments.Size.String(), size)
	}
	if size == "" || first.Files > 1 {
		text += ", " + format.Bytes(ValueOf(float64(first.Bytes)))
	}
	if first.Largest > 0 && first.Files > 1 {
		text += fmt.Sprintf(", median %s, largest %s", format.Bytes(ValueOf(float64(first.Median))), format.Bytes(ValueOf(float64(first.Largest))))
	}
	if content := sharedLevel(experiments.Content, cells); content != "" {
		text += " (" + content + ")"
	}
	if from := sharedLevel(experiments.From, cells); from != "" {
		text += " from " + from
	}
	if len(first.LeftOut) > 0 {
		text += " (" + leftOut(first.LeftOut) + ")"
	}
	return text
}

// filesystem returns the type of the file system of a workspace, or "" if the journal does not
// contain it.
func (d *Data) filesystem(workspace string) string {
	workspace = d.workspacePath(workspace)
	if len(d.Run.Nodes) > 0 && d.Machine().Filesystem == "" {
		return "" // the nodes have different ones
	}
	switch at := slices.Index(d.Run.Workspaces, workspace); {
	case at >= 0 && at < len(d.Run.Filesystems):
		return d.Run.Filesystems[at]
	case at != 0 && len(d.Run.Workspaces) > 1: // an earlier run recorded the first one only, or the path has a symbolic link
		return ""
	}
	return d.Run.Machine.Filesystem
}

// workspacePath returns the absolute path of a workspace.
func (d *Data) workspacePath(workspace string) string {
	if !filepath.IsAbs(workspace) {
		workspace = filepath.Join(d.Run.Origin.Dir, workspace)
	}
	return filepath.Clean(workspace)
}

// sharedPython returns the Python interpreter of the cells that run in one, if it is the same for
// all of them.
func (d *Data) sharedPython(cells []*Summary) string {
	index := indexInterpreters(d.Interpreters)
	kind := ""
	for _, s := range cells {
		in := index.of(&s.Cell)
		switch {
		case in == nil:
		case kind == "":
			kind = in.Kind()
		case kind != in.Kind():
			return ""
		}
	}
	return kind
}

// LevelText returns the level of a factor for people. A size has a unit, as in an experiment file.
func LevelText(factor, level string) string {
	switch factor {
	case experiments.Size.String(), experiments.BlockSize.String(), experiments.Split.String():
	default:
		return level
	}
	if l, ok := experiments.ParseLognormal(level); ok {
		return "lognormal, median " + format.ExactBytes(l.Median) + ", sigma " + l.Sigma
	}
	if n, err := strconv.ParseInt(level, 10, 64); err == nil {
		return format.ExactBytes(n)
	}
	return level
}
