package preflight

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/python"
	"iosweep/journal"
)

// defaultPython is the program of {python} in cells without a level of the axis python.
const defaultPython = "python3"

// An Interpreter is a Python interpreter that contenders run in.
type Interpreter struct {
	journal.Interpreter
	Place python.Place // where its first contender runs
}

// Python returns the file that {python} stands for in a cell, or "" if there is none.
func (p *Prepared) Python(c experiments.Cell) string { return p.pythonOf(c.Level(experiments.Python)) }

// pythonOf returns the file that {python} stands for in cells with a level of the axis python.
func (p *Prepared) pythonOf(level string) string {
	for i := range p.Interpreters {
		if in := &p.Interpreters[i]; in.Placeholder && in.Program == level {
			return in.Executable
		}
	}
	return ""
}

// findInterpreters finds the interpreters that the cells need, and returns a function that
// returns the reason why a cell cannot run, or "".
func (p *Prepared) findInterpreters(ctx context.Context, from Base) func(experiments.Cell) string {
	f := interpreterFinder{
		ctx: ctx, experiment: p.Plan.Experiment, from: from, cpus: p.Machine.CPUs, runNothing: p.runNothing,
		index: map[journal.InterpreterKey]int{}, probed: map[string]probe{}, missing: map[string]string{},
	}
	if len(p.Workspaces) > 0 {
		f.workspace = p.Workspaces[0]
	}
	type use struct{ command, level string }
	reasons := map[use]string{}
	for _, c := range f.experiment.Cells {
		cmd, ok := f.experiment.Command(c)
		u := use{cmd.Name, c.Level(experiments.Python)}
		if _, known := reasons[u]; !ok || known {
			continue
		}
		reasons[u] = f.find(cmd, u.level)
	}
	p.Interpreters = f.found
	return func(c experiments.Cell) string {
		return reasons[use{c.Level(experiments.Strategy), c.Level(experiments.Python)}]
	}
}

// An interpreterFinder finds the interpreters of an experiment. It asks each file once.
type interpreterFinder struct {
	ctx        context.Context
	experiment *experiments.Experiment
	from       Base
	cpus       int
	workspace  string
	runNothing bool // look up files, but do not start them
	found      []Interpreter
	index      map[journal.InterpreterKey]int // in found
	probed     map[string]probe               // by file, directory and environment
	missing    map[string]string              // why modules are missing, by file and modules
	byDefault  *probe                         // the interpreter of defaultPython; nil: not searched yet
}

type probe struct {
	journal.Python
	err error
}

// find finds the interpreter of a command with a level of the axis python. It returns the reason
// why the cells cannot run, or "".
func (f *interpreterFinder) find(cmd experiments.Command, level string) (why string) {
	in := Interpreter{
		Interpreter: journal.Interpreter{Program: level, Placeholder: cmd.UsesPython},
		Place:       python.Place{Dir: f.workspace, Env: f.environ(cmd)},
	}
	var got probe
	switch {
	case in.Placeholder && level == "":
		got = f.findDefault()
	case in.Placeholder:
		got = f.lookUp(level, python.Place{Dir: f.from.Dir})
	case f.runNothing:
		return ""
	default:
		// Such a command runs in a directory below the workspace and in its own environment,
		// where a shim may choose another interpreter.
		in.Program = cmd.Run[0]
		if got = f.lookUp(f.programOf(cmd), in.Place); got.err != nil && len(cmd.Modules) == 0 {
			return "" // another program with this name, or a missing one, which whyMissing reports
		}
	}
	name := cmp.Or(in.Program, defaultPython)
	uses := fmt.Sprintf("the command %q runs it", cmd.Name)
	switch {
	case got.err != nil && got.Path == "":
		return fmt.Sprintf("%s is not installed (%s)", name, uses)
	case got.err != nil:
		return fmt.Sprintf("%s (%s) does not run: %v (%s)", name, got.Path, got.err, uses)
	}
	in.Python = got.Python
	if why := f.whyNoModules(&in, cmd); why != "" {
		return why
	}
	at, known := f.index[in.Key()]
	if !known {
		at, f.found = len(f.found), append(f.found, in)
		f.index[in.Key()] = at
	}
	if !slices.Contains(f.found[at].Commands, cmd.Name) {
		f.found[at].Commands = append(f.found[at].Commands, cmd.Name)
	}
	return ""
}

// programOf returns the program of a command that is a Python interpreter by its name, or "".
func (f *interpreterFinder) programOf(cmd experiments.Command) string {
	program := strings.ReplaceAll(cmd.Run[0], "{here}", f.from.Here)
	if !experiments.IsPython(program) || hasPlaceholder(program) || !filepath.IsAbs(program) && filepath.Base(program) != program {
		return "" // a relative path begins at the directory of a trial, which does not exist yet
	}
	return program
}

// lookUp describes the interpreter of a program in PATH or a path.
func (f *interpreterFinder) lookUp(program string, at python.Place) probe {
	path, err := python.LookUp(program, f.from.Dir)
	if err != nil {
		return probe{err: err}
	}
	return f.probe(path, at)
}

func (f *interpreterFinder) probe(path string, at python.Place) probe {
	if f.runNothing {
		return probe{Python: journal.Python{Path: path, Executable: path}}
	}
	key := strings.Join(slices.Concat([]string{path, at.Dir}, at.Env), "\x00")
	got, known := f.probed[key]
	if !known {
		got.Python, got.err = python.Probe(f.ctx, path, at)
		f.probed[key] = got
	}
	return got
}

// findDefault finds the first python3 in PATH that imports the modules of all commands with
// {python}. If there is none, it is the first python3 that runs. All commands share it, so that a
// speed-up is not a difference between interpreters.
func (f *interpreterFinder) findDefault() probe {
	if f.byDefault != nil {
		return *f.byDefault
	}
	first := probe{err: fmt.Errorf("%s is not in PATH", defaultPython)}
	f.byDefault = &first
	for _, path := range python.All(defaultPython) {
		got := f.probe(path, python.Place{Dir: f.from.Dir})
		if first.err != nil && (got.err == nil || first.Path == "") {
			first = got
		}
		if got.err == nil && f.importsAll(got.Python) {
			first = got
			break
		}
	}
	return first
}

// importsAll reports whether an interpreter imports the modules of all commands with {python}.
func (f *interpreterFinder) importsAll(i journal.Python) bool {
	return !slices.ContainsFunc(f.experiment.Commands, func(cmd experiments.Command) bool {
		in := Interpreter{Interpreter: journal.Interpreter{Placeholder: true, Python: i}, Place: python.Place{Dir: f.workspace, Env: f.environ(cmd)}}
		return cmd.UsesPython && f.whyNoModules(&in, cmd) != ""
	})
}

// whyNoModules returns the reason why the interpreter cannot import the modules of a command, or
// "".
func (f *interpreterFinder) whyNoModules(in *Interpreter, cmd experiments.Command) string {
	if len(cmd.Modules) == 0 || f.runNothing {
		return ""
	}
	file := in.Started()
	key := strings.Join(slices.Concat([]string{file, ""}, cmd.Modules, []string{""}, in.Place.Env), "\x00")
	why, known := f.missing[key]
	if !known {
		list, err := python.Import(f.ctx, file, in.Place, cmd.Modules)
		why = describeMissing(file, in.Kind(), list, err)
		f.missing[key] = why
	}
	return why
}

func describeMissing(file, kind string, list []python.Missing, err error) string {
	if err != nil {
		return fmt.Sprintf("%s (%s) does not run: %v", file, kind, err)
	}
	if len(list) == 0 {
		return ""
	}
	var absent, reasons []string
	for _, m := range list {
		if m.NotFound {
			absent = append(absent, m.Module)
		} else {
			reasons = append(reasons, oneline.Of(fmt.Sprintf("%s (%s)", m.Module, m.Why)))
		}
	}
	why := fmt.Sprintf("%s (%s) cannot import %s, which the command needs", file, kind, strings.Join(append(slices.Clone(absent), reasons...), " and "))
	if absent != nil {
		why += fmt.Sprintf("; install the package that provides %s for %s (for aiofiles and Debian's python3: python3-aiofiles)", strings.Join(absent, " and "), file)
	}
	return why + ", or name another interpreter with --set grid.python=PROGRAM"
}

// environ returns the environment of a command, with the placeholders that do not depend on the
// cell.
func (f *interpreterFinder) environ(cmd experiments.Command) []string {
	return cmd.Environ(map[string]string{"here": f.from.Here, "cpus": strconv.Itoa(f.cpus)})
}

// realPath returns a path with all symbolic links resolved, or the path itself.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
