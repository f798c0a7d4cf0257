package experiments

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"iosweep/internal/lazyregexp"
	"iosweep/internal/shell"
)

// herePrefix is the prefix of the path of a file in the directory of the experiment.
const herePrefix = "{here}/"

// A Script is a file in the directory of the experiment that a command names: a script, a program
// or another file. Its path is slash-separated and relative to that directory.
type Script struct {
	Path string
	// Whole means that the path is an argument of its own, so the file must exist. A path within
	// an option, a script of sh -c or a variable may be a file that the program makes.
	Whole bool
}

// Scripts returns an iterator over the commands and the files that each names, in all cells. A
// path may occur several times.
func (e *Experiment) Scripts() iter.Seq2[*Command, Script] {
	return func(yield func(*Command, Script) bool) {
		templates := map[string][]Script{} // by command
		for i := range e.Commands {
			templates[e.Commands[i].Name] = e.ScriptTemplates(&e.Commands[i])
		}
		varies := func(c *Command) bool {
			return slices.ContainsFunc(templates[c.Name], func(s Script) bool { return strings.Contains(s.Path, "{") })
		}
		for c, levels := range e.commandLevels(varies) {
			for _, s := range templates[c.Name] {
				if s.Path = FillLevels(s.Path, levels); !yield(c, s) {
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
		for c, levels := range e.commandLevels(func(c *Command) bool { return variesByCell(c.Run) }) {
			if !yield(c, c.KnownArgv(levels)) {
				return
			}
		}
	}
}

// A StartedArgv is an argv with the placeholders of a cell that trials or sessions start.
type StartedArgv struct {
	Command *Command
	Argv    []string          // the template
	Levels  map[string]string // of the cell; nil: the argv does not depend on it
}

// StartedArgvs returns an iterator over the argvs that the commands and their operations start. An
// argv occurs for each of its cells, if the cells may differ in their programs.
func (e *Experiment) StartedArgvs() iter.Seq[StartedArgv] {
	return e.argvs(func(c *Command, op *OwnOperation) [][]string {
		list := [][]string{c.Run}
		if op != nil {
			list = append(list, op.argvs()...)
		}
		return list
	})
}

// VersionArgvs is like StartedArgvs for the programs that print versions. Commands without a cell
// are left out, because nothing of them runs.
func (e *Experiment) VersionArgvs() iter.Seq[StartedArgv] {
	measured := map[string]bool{}
	for _, c := range e.Cells {
		measured[c.Level(Strategy)] = true
	}
	return e.argvs(func(c *Command, op *OwnOperation) [][]string {
		if !measured[c.Name] {
			return nil
		}
		list := [][]string{c.Version}
		if op != nil {
			list = append(list, op.Version)
		}
		return list
	})
}

func (e *Experiment) argvs(of func(*Command, *OwnOperation) [][]string) iter.Seq[StartedArgv] {
	return func(yield func(StartedArgv) bool) {
		lists := map[string][][]string{} // by command
		for i := range e.Commands {
			c := &e.Commands[i]
			op, _ := e.OperationNamed(c.Operation)
			lists[c.Name] = slices.DeleteFunc(of(c, op), func(argv []string) bool { return len(argv) == 0 })
		}
		varies := func(c *Command) bool {
			return slices.ContainsFunc(lists[c.Name], func(argv []string) bool {
				return variesByCell(argv) || slices.ContainsFunc(argv, func(arg string) bool { return strings.Contains(arg, "{python}") })
			})
		}
		for c, levels := range e.commandLevels(varies) {
			for _, argv := range lists[c.Name] {
				if !yield(StartedArgv{c, argv, levels}) {
					return
				}
			}
		}
	}
}

// Fill replaces the placeholders of an argv.
func Fill(argv []string, values map[string]string) []string {
	return mapSlice(argv, func(arg string) string { return fill(arg, values) })
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

// ScriptPaths returns the paths of the files that a command and its operation name in a cell with
// these levels. They contain the levels of the workload, as FactorsOf yields them.
func (e *Experiment) ScriptPaths(c *Command, levels map[string]string) []string {
	return mapSlice(e.ScriptTemplates(c), func(s Script) string { return FillLevels(s.Path, levels) })
}

// FillLevels replaces the placeholders of a text that depends on nothing but levels.
func FillLevels(template string, levels map[string]string) string { return fill(template, levels) }

// ScriptTemplates returns the files that the command names, each once, with the placeholders of
// levels in their paths.
func (c *Command) ScriptTemplates() []Script {
	var list scriptList
	list.addArgv(c.Run)
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		list.addText(c.Env[name])
	}
	return list
}

// ScriptTemplates returns the files that a command and its operation name, each once, with the
// placeholders of levels in their paths.
func (e *Experiment) ScriptTemplates(c *Command) []Script {
	list := scriptList(c.ScriptTemplates())
	list.addArgv(c.Version)
	if op, own := e.OperationNamed(c.Operation); own {
		for _, argv := range op.argvs() {
			list.addArgv(argv)
		}
		list.addArgv(op.Version)
	}
	return list
}

// argvs returns the argvs that the operation starts.
func (op *OwnOperation) argvs() [][]string {
	list := [][]string{op.Setup, op.Prepare, op.Cleanup}
	for _, check := range op.Verify {
		list = append(list, check.Run)
	}
	return list
}

type scriptList []Script

func (l *scriptList) add(s Script) {
	at := slices.IndexFunc(*l, func(known Script) bool { return known.Path == s.Path })
	switch {
	case s.Path == "" || !isScript(s.Path):
	case at < 0:
		*l = append(*l, s)
	default:
		(*l)[at].Whole = (*l)[at].Whole || s.Whole
	}
}

// addArgv adds the files that an argv names: as arguments, within arguments, and in the script of
// a shell.
func (l *scriptList) addArgv(argv []string) {
	if !slices.ContainsFunc(argv, func(arg string) bool { return strings.Contains(arg, "{here}") }) {
		return
	}
	script := shell.ScriptIndex(argv)
	for i, arg := range argv {
		if path, ok := strings.CutPrefix(arg, herePrefix); ok && i != script && !strings.Contains(path, herePrefix) {
			l.add(Script{path, true})
		}
	}
	for _, word := range shell.Of(mapSlice(argv, opaque)).Words {
		word = template(word)
		if path, ok := strings.CutPrefix(word, herePrefix); ok && !strings.Contains(path, herePrefix) && !strings.Contains(path, shell.Unknown) {
			l.add(Script{Path: path})
		} else {
			l.addText(word)
		}
	}
}

// Runes for the braces of placeholders. A shell gives no meaning to them.
const (
	openPlaceholder  = '\uE000'
	closePlaceholder = '\uE001'
)

// opaque returns a template with placeholders that a shell reads as parts of words. Literal braces
// are single ones.
func opaque(template string) string {
	var b strings.Builder
	for template != "" {
		before, match, after := cutBrace(template)
		b.WriteString(before)
		if len(match) > 2 {
			b.WriteString(string(openPlaceholder) + match[1:len(match)-1] + string(closePlaceholder))
		} else {
			b.WriteString(match[:min(1, len(match))])
		}
		template = after
	}
	return b.String()
}

var fromOpaque = strings.NewReplacer("{", "{{", "}", "}}", string(openPlaceholder), "{", string(closePlaceholder), "}")

// template reverses opaque.
func template(text string) string { return fromOpaque.Replace(text) }

// pathEnd are the characters that end a path within a text, such as a list of paths or a program
// in an argument.
const pathEnd = "\"'`,:;|&<>()\n" + shell.Unknown

var optionName = lazyregexp.New(`^(-[A-Za-z]|[A-Za-z0-9_.-]+=)?$`)

// addText adds the files that a text names at any place, such as --script={here}/save.py.
func (l *scriptList) addText(text string) {
	for {
		before, after, found := strings.Cut(text, herePrefix)
		if !found {
			return
		}
		end := pathEnd
		if !optionName().MatchString(before) {
			end += " \t"
		}
		path := after
		if i := strings.IndexAny(after, end); i >= 0 {
			path = after[:i]
		}
		if !strings.HasPrefix(after[len(path):], shell.Unknown) {
			l.add(Script{Path: path})
		}
		text = after
	}
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

// variesByCell reports whether the program of an argv, or a file that an argument names, may depend
// on the cell. The levels of built-in axes are no files.
func variesByCell(argv []string) bool {
	for i, arg := range argv {
		for _, match, rest := cutBrace(arg); match != ""; _, match, rest = cutBrace(rest) {
			if _, builtIn := AxisNamed(strings.Trim(match, "{}")); (i == 0 || !builtIn || strings.HasPrefix(arg, "/")) && isScript(arg) {
				return true
			}
		}
	}
	return false
}
