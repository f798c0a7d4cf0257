package experiments

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// A Command is a contender: another program doing the same operation.
type Command struct {
	Name      string
	Operation string
	Run       []string          // arguments with placeholders; no shell interprets them
	Version   []string          // prints the version of the program; nil: unknown
	Env       map[string]string // in addition to the environment of iosweep
	Requires  []string          // programs; if one is missing, the cells are skipped
	Modules   []string          // Python modules; if its interpreter cannot import one, the cells are skipped
	// UsesPython means that the command contains the placeholder {python}.
	UsesPython bool
	// Optional means that a run without the required programs still counts as complete.
	Optional bool
	// Source is the git repository of the program; nil: the program exists already.
	Source *Source
	// ExpectFailure means that the verification must fail. A trial that passes it is a
	// failure.
	ExpectFailure bool
	// ExpectError means that the command must fail and write this text to standard error;
	// empty: no such error is expected.
	ExpectError string
}

// Argv returns the command line with every placeholder replaced by its value. values must
// contain the factors of the cell, as FactorsOf yields them, and the placeholders input,
// output, here and cpus. A placeholder without a value becomes empty. Parse has already
// refused unknown placeholders.
func (c Command) Argv(values map[string]string) []string {
	return mapSlice(c.Run, func(arg string) string { return fill(arg, values) })
}

// Environ returns the additional environment variables as NAME=VALUE, sorted, with
// placeholders replaced as in Argv.
func (c Command) Environ(values map[string]string) []string {
	return mapSlice(slices.Sorted(maps.Keys(c.Env)), func(name string) string { return name + "=" + fill(c.Env[name], values) })
}

// A contender is a Command, which is another program doing the same operation, with its
// placeholders. For an own operation they include the placeholders of the operation.
type contender struct {
	Command
	templates
}

// templates are the placeholders in the texts of a command or of an own operation.
type templates struct {
	owner        string        // for messages, such as the command "cp"
	placeholders []placeholder // each name once
}

// uses reports whether a text contains the placeholder {name}.
func (t *templates) uses(name string) bool {
	return slices.ContainsFunc(t.placeholders, func(p placeholder) bool { return p.name == name })
}

// addPlaceholders adds the placeholders of a scalar.
func (t *templates) addPlaceholders(d *decoder, n *yaml.Node) {
	list := d.placeholders(n)
	if i := slices.IndexFunc(list, func(p placeholder) bool { return p.name == Python.String() }); i >= 0 {
		t.checkPython(d, list[i])
	}
	for _, p := range list {
		switch {
		case t.uses(p.name):
		case len(t.placeholders) == maxPlaceholders:
			d.problem(n, "%s has more than %d different placeholders", t.owner, maxPlaceholders)
			return
		default:
			t.placeholders = append(t.placeholders, p)
		}
	}
}

// argv reads a program with its arguments. It returns nil if n is nil.
func (t *templates) argv(d *decoder, label string, n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	for _, arg := range items(n) {
		t.addPlaceholders(d, arg)
	}
	return d.argv(label, n)
}

// version reads the program that prints a version. It runs before the first trial, so it has no
// directories of a trial.
func (t *templates) version(d *decoder, label string, n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	own := templates{owner: t.owner}
	argv := own.argv(d, label, n)
	for _, p := range own.placeholders {
		if p.name != "here" && p.name != "cpus" && (!t.uses(p.name) || !isScript("{"+p.name+"}") && p.name != Python.String()) {
			d.add(d.placeholderPosition(p), "%s: {%s} is not known when the version is printed, before the first trial: use {here}, {python}, or an axis that run or env name", label, clip(p.name))
		}
	}
	return argv
}

var moduleName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

// readModules reads the Python modules that the interpreter of the command must import.
func (c *contender) readModules(d *decoder, label string, n *yaml.Node) {
	if n == nil {
		return
	}
	c.Modules = d.texts(label, n, "[aiofiles]")
	for i, item := range n.Content {
		if item.Kind == yaml.ScalarNode && (i > 0 || item.Value != "") && !moduleName().MatchString(item.Value) {
			d.problem(item, "%s: %s is not the name of a Python module, such as aiofiles or concurrent.futures", label, quote(item.Value))
		}
	}
	if len(c.Run) == 0 || c.UsesPython {
		return
	}
	program := strings.TrimPrefix(c.Run[0], "{here}/")
	_, match, _ := cutBrace(program)
	switch {
	case match != "" || program == c.Run[0] && !filepath.IsAbs(program) && filepath.Base(program) != program:
		d.problem(n, "%s: the interpreter %s is not known before a trial: write \"{python}\" in run with the interpreter as a level of the axis python, or begin the path with {here}/", label, quote(c.Run[0]))
	case !IsPython(program):
		d.problem(n, "%s: the command runs %s, which is not a Python interpreter: write \"{python}\" in run, or remove modules", label, quote(c.Run[0]))
	}
}

// checkPython refuses a text in which {python} is a part of a name, such as python{python}. A
// custom axis of an earlier version may have been used so.
func (t *templates) checkPython(d *decoder, p placeholder) {
	before, after, found := strings.Cut(p.in.Value, "{python}")
	for ; found; before, after, found = strings.Cut(after, "{python}") {
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(after)
		if inName(last) || inName(first) {
			d.add(d.placeholderPosition(p), "%s: {python} is the path of an interpreter, not a part of a name; write \"{python}\" alone, with levels such as python3.11 on the axis python", t.owner)
			return
		}
	}
}

// inName reports whether a character beside a placeholder belongs to the name of a file.
func inName(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_./-", r))
}

var pythonName = lazyregexp.New(`^(python|pypy)[0-9]*(\.[0-9]+)*t?(\.exe)?$`)

// IsPython reports whether a program is a Python interpreter, by its name.
func IsPython(program string) bool { return pythonName().MatchString(filepath.Base(program)) }

// RunVariable is the environment variable that identifies the processes of a run. No command
// may set it.
const RunVariable = "IOSWEEP_RUN"

// maxPlaceholders limits the linear searches by name, which run for every strategy of the
// grid.
const maxPlaceholders = 50

var commandName = lazyregexp.New(`^[a-z0-9][a-z0-9_-]{0,199}$`) // at most maxCustomBytes

// readCommands reads the file's `commands`.
func (f *file) readCommands(n *yaml.Node) {
	if n == nil {
		return
	}
	f.noCommands = n.Kind != yaml.MappingNode
	if !f.isDefinitions("commands", n, maxCommands, "cp: {operation: copy, run: [cp, -r, \"{input}/.\", \"{output}\"]}") {
		return
	}
	builtIn := f.strategies
	f.refusedNames = map[string]bool{}
	for key, value := range pairs(n) {
		name := key.Value
		switch {
		case !commandName().MatchString(name):
			f.refusedNames[name] = true
			f.problem(key, "the command name %s must match [a-z0-9][a-z0-9_-]* and have at most %d bytes%s", quote(name), maxCustomBytes, slugHint(name, commandName()))
		case slices.Contains(builtIn, name):
			f.problem(key, "the command %s has the name of a built-in strategy: choose another name", quote(name))
		default:
			f.positions["commands."+name] = f.at(key)
			c := f.contender(name, value)
			f.contenders[name] = &c
			f.Commands = append(f.Commands, c.Command)
			f.strategies = append(f.strategies, name)
		}
	}
}

func (f *file) contender(name string, n *yaml.Node) contender {
	d, label := f.decoder, "commands."+name
	s := d.section(label, n, commandKeys)
	c := contender{
		Command:   Command{Name: name, Operation: s.word("operation"), Optional: s.word("optional") == "true"},
		templates: templates{owner: fmt.Sprintf("the command %q", name)},
	}
	c.Run = c.argv(d, label+".run", s.node("run"))
	if n := s.node("env"); n != nil {
		c.Env = d.environment(label+".env", n)
		for _, value := range pairs(n) {
			c.addPlaceholders(d, value)
			if hint := cmp.Or(variableHint(value.Value), doubleBraceHint(value.Value)); hint != "" {
				d.warn(d.at(value), "%s.env: the program receives %s as it is: %s", label, quote(value.Value), hint)
			}
		}
	}
	if op := f.ownOperations[c.Operation]; op != nil {
		for _, p := range op.placeholders {
			if !c.uses(p.name) {
				c.placeholders = append(c.placeholders, p)
			}
		}
	}
	c.Version = c.version(d, label+".version", s.node("version"))
	c.Source = d.readSource(label+".source", s.node("source"))
	c.UsesPython = c.uses(Python.String())
	c.Requires = d.texts(label+".requires", s.node("requires"), "[python3]")
	for _, item := range s.items("requires") {
		if _, match, _ := cutBrace(item.Value); match != "" {
			d.warn(d.at(item), "%s.requires: placeholders are not replaced here, so the program %s is never found: remove it, because iosweep checks the programs and scripts of run itself", label, quote(item.Value))
		}
	}
	c.readModules(d, label+".modules", s.node("modules"))
	if n := s.node("expect"); n != nil && n.Kind == yaml.MappingNode {
		c.ExpectError = d.section("expect", n, expectKeys).line("error")
	} else {
		c.ExpectFailure = s.word("expect") == "failure"
	}
	return c
}

// checkArgument checks one item of an argv. The first item is the program.
func (d *decoder) checkArgument(label string, i int, n *yaml.Node, argv []string) {
	if n.Kind != yaml.ScalarNode || len(argv) == 0 {
		return
	}
	if i == 0 && isCommandLine(n.Value) {
		hint := argvHint(n.Value)
		if len(argv) > 1 {
			hint = ": write each word as an item: " + inBrackets(slices.Concat(splitLine(n.Value).words, argv[1:]))
		}
		d.problem(n, "%s: the first item is the program, but %s is a command line%s", label, quote(n.Value), hint)
	}
	if hint := variableHint(n.Value); hint != "" {
		d.warn(d.at(n), "%s: no shell replaces %s: %s", label, quote(n.Value), hint)
	}
	if hint := doubleBraceHint(n.Value); hint != "" {
		d.warn(d.at(n), "%s: double braces stand for literal braces in %s: %s", label, quote(n.Value), hint)
	}
	if i == 0 && len(argv) > 1 && assignment().MatchString(n.Value) {
		d.warn(d.at(n), "%s: the first item is the program, and no shell sets %s: write env: %s", label, quote(n.Value), inEnv(n.Value))
	}
	first, _ := utf8.DecodeRuneInString(n.Value)
	if kind, _ := confusable(first); kind != "" {
		d.warn(d.at(n), "%s: the program receives %s as it is: %s", label, quote(n.Value), describeConfusable(first))
	}
}

// texts reads a non-empty list of texts. It returns nil if n is nil. example is for messages.
func (d *decoder) texts(label string, n *yaml.Node, example string) []string {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		hint := ""
		if n.Kind == yaml.ScalarNode && !isNull(n) {
			hint = ": write " + inBrackets([]string{n.Value})
			if list := splitList(n.Value, plainWord().MatchString); list != nil {
				hint = ": write " + inBrackets(list)
			}
		}
		d.problem(n, "%s: expected a list of one or more texts, such as %s, found %s%s", label, example, foundItems(n), hint)
		return nil
	}
	var list []string
	for _, item := range n.Content {
		if text, ok := d.anyText(label, item); ok {
			list = append(list, text)
		}
	}
	if list != nil && list[0] == "" {
		d.problem(n.Content[0], "%s: the name of the program is empty", label)
	}
	return list
}

// environmentHint returns advice for assignments such as LANG=C in place of a mapping.
func environmentHint(n *yaml.Node) string {
	if isNull(n) {
		return indentHint
	}
	var pairs []string
	for _, item := range items(n) {
		if item.Kind != yaml.ScalarNode || len(item.Value) > longestHint || !assignment().MatchString(item.Value) {
			return ""
		}
		pairs = append(pairs, strings.Trim(inEnv(item.Value), "{}"))
	}
	return ": write {" + strings.Join(pairs, ", ") + "}"
}

func (d *decoder) environment(label string, n *yaml.Node) map[string]string {
	if n.Kind != yaml.MappingNode {
		d.problem(n, "%s: expected a mapping from names to texts, such as {LANG: C}, found %s%s", label, found(n), environmentHint(n))
		return nil
	}
	env := map[string]string{}
	for key, value := range pairs(n) {
		name := key.Value
		if name == "" || strings.Contains(name, "=") || !printable(name) {
			d.problem(key, "%s: %s is not a valid name of an environment variable", label, quote(name))
			continue
		}
		if name == RunVariable {
			d.problem(key, "%s: %s is reserved, because iosweep uses it to find and end leftover processes: choose another name", label, name)
			continue
		}
		if text, ok := d.anyText(join(label, name), value); ok {
			env[name] = text
		}
	}
	return env
}
