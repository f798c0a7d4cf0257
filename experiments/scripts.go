package experiments

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// herePrefix is the prefix of the path of a file in the directory of the experiment.
const herePrefix = "{here}/"

// Scripts returns an iterator over the names of the commands and the slash-separated paths of the
// files in the directory of the experiment that each runs. A path may occur several times. If it
// contains placeholders, it depends on the cell.
func (e *Experiment) Scripts() iter.Seq2[string, string] {
	return func(yield func(command, path string) bool) {
		varies := func(c *Command) bool { return slices.ContainsFunc(c.Run, scriptVaries) }
		for c, levels := range e.commandLevels(varies) {
			for _, path := range c.ScriptPaths(levels) {
				if !yield(c.Name, path) {
					return
				}
			}
		}
	}
}

// KnownArgvs returns an iterator over the commands and their arguments, as KnownArgv returns them.
// A command occurs once for each of its cells, if the cells may differ in their arguments.
func (e *Experiment) KnownArgvs() iter.Seq2[*Command, []string] {
	return func(yield func(*Command, []string) bool) {
		for c, levels := range e.commandLevels((*Command).variesByCell) {
			if !yield(c, c.KnownArgv(levels)) {
				return
			}
		}
	}
}

// commandLevels returns an iterator over the commands. A command that varies occurs with the
// levels of each of its cells, and any other command occurs once, without levels.
func (e *Experiment) commandLevels(varies func(*Command) bool) iter.Seq2[*Command, map[string]string] {
	return func(yield func(*Command, map[string]string) bool) {
		vary := map[string]*Command{}
		for i := range e.Commands {
			c := &e.Commands[i]
			if varies(c) {
				vary[c.Name] = c
			} else if !yield(c, nil) {
				return
			}
		}
		for _, cell := range e.Cells {
			if c := vary[cell.Level(Strategy)]; c != nil && !yield(c, maps.Collect(e.FactorsOf(cell))) {
				return
			}
		}
	}
}

// ScriptPaths returns the files in the directory of the experiment that the command runs in a
// cell with these levels. They contain the levels of the workload, as FactorsOf yields them.
func (c Command) ScriptPaths(levels map[string]string) (files []string) {
	for _, arg := range c.Run {
		if path, ok := strings.CutPrefix(arg, herePrefix); ok && isScript(path) {
			files = append(files, fill(path, levels))
		}
	}
	return files
}

// scriptVaries reports whether an argument is the path of a script that depends on the cell.
func scriptVaries(arg string) bool {
	path, ok := strings.CutPrefix(arg, herePrefix)
	return ok && strings.Contains(path, "{") && isScript(path)
}

// isScript reports whether a path depends on nothing but the levels of a cell. The other
// placeholders are the paths of directories and of an interpreter, and the number of cpus.
func isScript(path string) bool {
	for _, match, rest := cutBrace(path); match != ""; _, match, rest = cutBrace(rest) {
		name := strings.Trim(match, "{}")
		if slices.Contains(fixedPlaceholders, name) || name == From.String() || name == Workspace.String() || name == Python.String() || name == sourcePlaceholder {
			return false
		}
	}
	return true
}

// KnownArgv returns the arguments of the command in a cell with these levels. An argument that
// depends on more than the levels is empty.
func (c Command) KnownArgv(levels map[string]string) []string {
	return mapSlice(c.Run, func(arg string) string {
		if !isScript(arg) {
			return ""
		}
		return fill(arg, levels)
	})
}

// variesByCell reports whether the program of the command, or a file that an argument names, may
// depend on the cell. The levels of built-in axes are no files.
func (c *Command) variesByCell() bool {
	for i, arg := range c.Run {
		for _, match, rest := cutBrace(arg); match != ""; _, match, rest = cutBrace(rest) {
			if _, builtIn := AxisNamed(strings.Trim(match, "{}")); (i == 0 || !builtIn || strings.HasPrefix(arg, "/")) && isScript(arg) {
				return true
			}
		}
	}
	return false
}
