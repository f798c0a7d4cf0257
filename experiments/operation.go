package experiments

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	slashpath "path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// An OwnOperation is an operation that the file defines under `operations`. Only commands do it.
// Its texts have placeholders, which are replaced for each cell as in a Command. Nothing but the
// command itself is timed.
type OwnOperation struct {
	Name  string
	About string
	// Input is the directory {input} of a trial: InputFiles, InputCopy or InputNone.
	Input string

	Setup   []string // runs once for each dataset and session, and may write to {shared}; nil: none
	Prepare []string // runs before each trial; nil: none
	Cleanup []string // runs after each trial, even a failed one; nil: none
	Version []string // prints the version of these programs; nil: unknown

	// Verify are the checks of an outcome; all must hold. It is empty for `verify: none`.
	Verify []Check
	// Work is the amount of work for rates.
	Work Work
}

// The inputs of an OwnOperation.
const (
	InputFiles = "files" // the dataset, which all trials share
	InputCopy  = "copy"  // a copy of the dataset for each trial
	InputNone  = "none"
)

// Work is the amount of work of a trial, as templates of numbers. An empty text stands for the
// amount of the dataset.
type Work struct {
	Items string
	Bytes string // with or without a unit
}

// A Check is one check of an outcome. Exactly one of Files, Run, Stdout, ExitCode and SameAs is set.
type Check struct {
	Files string // a pattern of paths below {output}
	Count string // the number of files that match Files, as a template; empty: one or more

	Run []string // a program that must exit with 0

	Stdout string // a pattern that the standard output of the command must match

	ExitCode string // the expected exit code of the command, or AnyExitCode

	SameAs string // SameAsBaseline: the outcome must equal the outcome of the baseline
	Of     string // what SameAs compares: OfOutput, OfStdout or OfInput
}

// Levels of the keys of a Check.
const (
	AnyExitCode    = "any"
	SameAsBaseline = "baseline"

	OfOutput = "output"
	OfStdout = "stdout"
	OfInput  = "input"
)

// Verifies reports whether a check examines the work itself. An exit code alone does not show that
// the work was done.
func (op *OwnOperation) Verifies() bool {
	return slices.ContainsFunc(op.Verify, func(c Check) bool { return c.ExitCode == "" })
}

// SameAs returns what the operation compares with its baseline; nil: nothing.
func (op *OwnOperation) SameAs() (list []string) {
	for _, c := range op.Verify {
		if c.SameAs != "" && !slices.Contains(list, c.Of) {
			list = append(list, c.Of)
		}
	}
	return list
}

// Filled returns the operation with every placeholder replaced by its value, as in Argv.
func (op OwnOperation) Filled(values map[string]string) OwnOperation {
	argv := func(list []string) []string {
		if list == nil {
			return nil
		}
		return mapSlice(list, func(arg string) string { return fill(arg, values) })
	}
	op.Setup, op.Prepare, op.Cleanup = argv(op.Setup), argv(op.Prepare), argv(op.Cleanup)
	op.Work = Work{fill(op.Work.Items, values), fill(op.Work.Bytes, values)}
	op.Verify = slices.Clone(op.Verify)
	for i := range op.Verify {
		c := &op.Verify[i]
		c.Files, c.Count, c.Run = fill(c.Files, values), fill(c.Count, values), argv(c.Run)
	}
	return op
}

// Programs returns the programs that the operation runs around a trial, with their arguments.
func (op *OwnOperation) Programs() (list [][]string) {
	for _, argv := range [][]string{op.Setup, op.Prepare, op.Cleanup} {
		if argv != nil {
			list = append(list, argv)
		}
	}
	for _, c := range op.Verify {
		if c.Run != nil {
			list = append(list, c.Run)
		}
	}
	return list
}

// Definition returns the parts of the operation that determine the measured work, in the form of
// the file. Two operations with the same definition do the same.
func (op *OwnOperation) Definition() string {
	text := "input " + op.Input
	for _, step := range []struct {
		name string
		argv []string
	}{{"setup", op.Setup}, {"prepare", op.Prepare}, {"cleanup", op.Cleanup}} {
		if step.argv != nil {
			text += fmt.Sprintf("; %s %q", step.name, step.argv)
		}
	}
	if op.Work != (Work{}) {
		text += fmt.Sprintf("; work %q items, %q bytes", op.Work.Items, op.Work.Bytes)
	}
	return text + "; verify " + op.Checks()
}

// Checks describes the checks of the operation in the form of the file.
func (op *OwnOperation) Checks() string {
	if len(op.Verify) == 0 {
		return "none"
	}
	return strings.Join(mapSlice(op.Verify, Check.String), ", ")
}

// String describes the check in the form of the file.
func (c Check) String() string {
	switch {
	case c.Files != "" && c.Count == "":
		return fmt.Sprintf("{files: %q}", c.Files)
	case c.Files != "":
		return fmt.Sprintf("{files: %q, count: %q}", c.Files, c.Count)
	case c.Run != nil:
		return fmt.Sprintf("{run: %q}", c.Run)
	case c.Stdout != "":
		return fmt.Sprintf("{stdout: %q}", c.Stdout)
	case c.SameAs != "":
		return fmt.Sprintf("{same_as: %s, of: %s}", c.SameAs, c.Of)
	}
	return fmt.Sprintf("{exit_code: %s}", c.ExitCode)
}

// OperationOf returns the operation of a cell, if the file defines it.
func (e *Experiment) OperationOf(c Cell) (*OwnOperation, bool) {
	return e.OperationNamed(c.Level(Operation))
}

// OperationNamed returns the operation that the file defines under this name.
func (e *Experiment) OperationNamed(name string) (*OwnOperation, bool) {
	i := slices.IndexFunc(e.Operations, func(op OwnOperation) bool { return op.Name == name })
	if i < 0 {
		return nil, false
	}
	return &e.Operations[i], true
}

// Amounts returns the work of a cell: the numbers of a Work that was filled, or the amounts of the
// dataset. Parse has already refused other texts.
func (w Work) Amounts(items, bytes int64) (workItems, workBytes int64) {
	if w.Items != "" {
		items, _ = amountOf(w.Items)
	}
	if w.Bytes != "" {
		bytes, _ = amountOf(w.Bytes)
	}
	return items, bytes
}

// Amount returns the number of files of a check that was filled, or -1 for one or more.
func (c Check) Amount() int64 {
	if c.Count == "" {
		return -1
	}
	n, _ := amountOf(c.Count)
	return n
}

// amountOf reads a number of items or bytes, with or without a unit of bytes.
func amountOf(text string) (int64, bool) {
	m := sizeRegexp().FindStringSubmatch(text)
	if m == nil || units[m[2]] == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n > math.MaxInt64/units[m[2]] {
		return 0, false
	}
	return n * units[m[2]], true
}

// An ownOperation is an OwnOperation with its placeholders.
type ownOperation struct {
	*OwnOperation
	templates
}

// readOperations reads the file's `operations`. The catalogue of the file then contains them, so
// they are checked and expanded like the built-in ones.
func (f *file) readOperations(n *yaml.Node) {
	f.ownOperations = map[string]*ownOperation{}
	if n == nil {
		return
	}
	if !f.isDefinitions("operations", n, maxCommands, "compress: {verify: [{files: \"*.gz\", count: \"{files}\"}]}") {
		return
	}
	builtIn := f.decoder.operations
	catalogue := slices.Clone(f.opt.Catalogue.Operations)
	f.Operations = make([]OwnOperation, 0, len(n.Content)/2) // ownOperations refers to its elements
	for key, value := range pairs(n) {
		name := key.Value
		switch {
		case !commandName().MatchString(name):
			f.problem(key, "the operation name %s must match [a-z0-9][a-z0-9_-]* and have at most %d bytes%s", quote(name), maxCustomBytes, slugHint(name, commandName()))
		case slices.Contains(builtIn, name):
			f.problem(key, "the operation %s has the name of a built-in operation: choose another name", quote(name))
		default:
			f.positions["operations."+name] = f.at(key)
			f.Operations = append(f.Operations, OwnOperation{Name: name})
			op := &ownOperation{&f.Operations[len(f.Operations)-1], templates{owner: fmt.Sprintf("the operation %q", name)}}
			f.ownOperations[name] = op
			f.readOperation(op, value)
			catalogue = append(catalogue, op.info())
		}
	}
	f.opt.Catalogue.Operations = catalogue
	f.decoder.operations = f.opt.Catalogue.operationNames()
}

// info describes the operation like a built-in one. iosweep sets the cache and syncs for every
// operation.
func (op *ownOperation) info() OperationInfo {
	info := OperationInfo{Name: op.Name, Axes: []Axis{Sync}, Input: op.Input != InputNone}
	if info.Input {
		info.Axes = append(info.Axes, Cache)
	}
	return info
}

func (f *file) readOperation(op *ownOperation, n *yaml.Node) {
	label := "operations." + op.Name
	s := f.section(label, n, operationKeys)
	op.About, op.Input = s.line("about"), s.word("input")
	op.Setup = op.argv(f.decoder, label+".setup", s.node("setup"))
	op.Prepare = op.argv(f.decoder, label+".prepare", s.node("prepare"))
	op.Cleanup = op.argv(f.decoder, label+".cleanup", s.node("cleanup"))
	if verify := s.node("verify"); verify != nil {
		f.readChecks(op, label+".verify", verify)
	}
	op.Version = op.version(f.decoder, label+".version", s.node("version"))
	work := f.section(label+".work", s.node("work"), workKeys)
	op.Work = Work{op.amount(work, "items"), op.amount(work, "bytes")}
	f.checkSteps(op, s)
}

// amount reads a number or a placeholder of a number.
func (t *templates) amount(s *section, key string) string {
	k, label, n := s.get(key)
	if n == nil {
		return ""
	}
	text, ok := s.d.anyText(label, n)
	if !ok {
		return ""
	}
	if !k.pattern().MatchString(text) {
		s.d.problem(n, "%s: expected a whole number from 0, or a placeholder such as \"{files}\", found %s%s", label, found(n), numberHint(n, nil))
		return ""
	}
	t.addPlaceholders(s.d, n)
	return text
}

// readChecks reads `verify`: none, or a list of checks.
func (f *file) readChecks(op *ownOperation, label string, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		return
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		hint := ""
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			hint = ": write it in a list"
		}
		f.problem(n, "%s: expected a list of checks, such as [{files: \"*.gz\", count: \"{files}\"}], or none, found %s%s", label, foundItems(n), hint)
		return
	}
	if len(n.Content) > maxChecks {
		f.problem(n, "%s: %s checks, more than %d", label, thousands(int64(len(n.Content))), maxChecks)
		return
	}
	for _, item := range n.Content {
		if c, ok := f.readCheck(op, label, item); ok {
			op.Verify = append(op.Verify, c)
		}
	}
	for i, c := range op.Verify {
		first := slices.IndexFunc(op.Verify, func(other Check) bool { return other.ExitCode != "" })
		if c.ExitCode != "" && i > first {
			f.problem(n, "%s: the exit code is checked twice: keep one of {exit_code: %s} and {exit_code: %s}", label, op.Verify[first].ExitCode, c.ExitCode)
		}
	}
}

// maxChecks limits the checks of an operation.
const maxChecks = 50

// readCheck reads one check: a mapping with exactly one of the keys of checkKinds.
func (f *file) readCheck(op *ownOperation, label string, n *yaml.Node) (c Check, ok bool) {
	if n.Kind != yaml.MappingNode {
		f.problem(n, "%s: expected a check, such as {files: \"*.gz\", count: \"{files}\"}, found %s", label, foundItems(n))
		return c, false
	}
	before := len(f.problems)
	s := f.section(label, n, checkKeys)
	var kinds []string
	for _, kind := range checkKinds {
		if s.has(kind) {
			kinds = append(kinds, kind)
		}
	}
	switch {
	case len(kinds) != 1 && s.valid:
		f.problem(n, "%s: a check has exactly one of %s, found %s", label, strings.Join(checkKinds, ", "), cmp.Or(strings.Join(kinds, " and "), "none"))
	case s.has("count") && !s.has("files"):
		f.problem(s.node("count"), "%s: count belongs to files: write {files: \"*\", count: %s}", label, cmp.Or(flowValue(s.node("count")), "1"))
	case s.has("of") && !s.has("same_as"):
		f.problem(s.node("of"), "%s: of belongs to same_as: write {same_as: baseline, of: %s}", label, cmp.Or(flowValue(s.node("of")), OfOutput))
	}
	if files := s.node("files"); files != nil {
		c.Files, _ = f.anyText(label+".files", files)
		op.addPlaceholders(f.decoder, files)
		if reason := badPattern(c.Files); reason != "" {
			f.problem(files, "%s.files: %s %s", label, quote(c.Files), reason)
		}
		c.Count = op.amount(s, "count")
	}
	c.Run = op.argv(f.decoder, label+".run", s.node("run"))
	if pattern := s.node("stdout"); pattern != nil {
		c.Stdout, _ = f.pattern(label+".stdout", pattern)
	}
	if code := s.node("exit_code"); code != nil {
		if value, ok := f.exitCode(label+".exit_code", code); ok {
			c.ExitCode = value
		}
	}
	if s.has("same_as") {
		c.SameAs, c.Of = s.word("same_as"), s.word("of")
		if c.Of == OfInput && op.Input != InputCopy {
			f.problem(cmp.Or(s.node("of"), n), "%s: of: input compares the inputs that a trial has changed, but this operation has input: %s: write input: copy", label, op.Input)
		}
	}
	return c, len(f.problems) == before
}

// exitCode reads the exit code of a program, or any.
func (d *decoder) exitCode(label string, n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode && n.Value == AnyExitCode {
		return AnyExitCode, true
	}
	k := keyNamed(checkKeys, "exit_code")
	value, ok := d.integer(label, n, k.min, k.max, k.words...)
	return strconv.FormatInt(value, 10), ok
}

// badPattern returns the reason why a pattern of files is not valid, or "". The segments ** stand
// for any number of directories.
func badPattern(pattern string) string {
	if slashpath.IsAbs(pattern) || slices.Contains(strings.Split(pattern, "/"), "..") {
		return "must be a path below {output}, without .. and without / at its beginning"
	}
	for segment := range strings.SplitSeq(pattern, "/") {
		if segment == "" || segment == "." {
			return "has an empty segment: write a path such as *.gz or **/*.gz"
		}
		if strings.Contains(segment, "**") && segment != "**" {
			return "has ** within a name: write ** alone between slashes, as in **/*.gz"
		}
		if _, err := slashpath.Match(segment, ""); err != nil {
			return "is not a valid pattern: " + err.Error()
		}
	}
	return ""
}

// checkSteps refuses placeholders of directories that a step does not have.
func (f *file) checkSteps(op *ownOperation, s *section) {
	for _, arg := range s.items("setup") {
		for _, p := range f.quietPlaceholders(arg) {
			switch {
			case p.name == "output":
				f.add(f.placeholderPosition(p), "{output} is not available in setup, which runs before the trials: write to {shared}")
			case p.name == "input" && op.Input == InputCopy:
				f.add(f.placeholderPosition(p), "{input} is not available in setup, because each trial has a copy of its own: write input: files, or use prepare")
			}
		}
	}
	if op.Setup != nil {
		return
	}
	for _, p := range op.placeholders {
		if p.name == sharedPlaceholder {
			f.add(f.placeholderPosition(p), "{shared} is not available, because %s has no setup: add setup, which fills {shared}", op.owner)
		}
	}
}

// quietPlaceholders returns the placeholders of a scalar without reporting problems again.
func (d *decoder) quietPlaceholders(n *yaml.Node) []placeholder {
	problems := d.problems
	list := d.placeholders(n)
	d.problems = problems
	return list
}

// checkOwnCells refuses cells of own operations whose numbers are not valid with their levels, and
// cells whose baseline cannot be compared with them.
func (f *file) checkOwnCells() {
	if len(f.Operations) == 0 {
		return
	}
	reported := map[string]bool{}
	report := func(key string, at Position, format string, args ...any) {
		if !reported[key] {
			reported[key] = true
			f.add(at, format, args...)
		}
	}
	for i, c := range f.Cells {
		op, own := f.OperationOf(c)
		if !own {
			continue
		}
		at := f.positions["operations."+op.Name]
		if b := f.Baseline[i]; len(op.SameAs()) > 0 && b >= 0 && f.ownOperations[f.Cells[b].Level(Operation)] == nil {
			report("same_as "+op.Name, at, "same_as: baseline: the baseline of %s is %s, whose operation is built in: choose a baseline with an operation of the file", c, f.Cells[b])
		}
		if op.Work == (Work{}) && !slices.ContainsFunc(op.Verify, func(c Check) bool { return c.Count != "" }) {
			continue
		}
		values := maps.Collect(f.FactorsOf(c))
		if f.LevelOf(c, From) != "" {
			values[Files.String()] = "0" // known after the survey
		}
		values["cpus"] = "1"
		filled := op.Filled(values)
		numbers := map[string]string{"work.items": filled.Work.Items, "work.bytes": filled.Work.Bytes}
		for _, check := range filled.Verify {
			if check.Files != "" {
				numbers[fmt.Sprintf("verify: the count of %q", check.Files)] = check.Count
			}
		}
		for _, key := range slices.Sorted(maps.Keys(numbers)) {
			if _, ok := amountOf(numbers[key]); numbers[key] != "" && !ok {
				report(op.Name+key, at, "operations.%s: %s is %s in the cell %s: expected a whole number", op.Name, key, quote(numbers[key]), c)
			}
		}
	}
}
