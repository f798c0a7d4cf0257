package hyperfine

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iosweep/internal/lazyregexp"
)

// Names are the names that a converted file must not use.
type Names struct {
	Strategies []string               // of iosweep
	IsAxis     func(name string) bool // reports whether a name is a built-in axis
}

// hyperfineMinRuns is the number of runs of a command if no option sets it.
const hyperfineMinRuns = 10

// Experiment returns the experiment file.
func (b *Benchmark) Experiment(names Names) ([]byte, error) {
	b.expand()
	b.nameAxes(names)
	contenders, err := b.contenders(names.Strategies)
	if err != nil {
		return nil, err
	}
	var w writer
	w.comment("Written by iosweep init --from, from " + b.origin)
	w.comment("")
	w.comment("Keep this file in the directory where hyperfine ran: the commands run in it, as {here}.\n" +
		"hyperfine subtracts the time to start a shell, and measures one command after another. Here each trial includes the " +
		"start of its programs, and the order is shuffled in each round.")
	repeats := b.repeats()
	for _, text := range b.comments {
		w.comment(text)
	}
	w.line("name: %s", contenders[0].name)
	w.line("")
	w.line("operations:")
	for _, op := range operationsOf(contenders) {
		b.writeOperation(&w, op)
	}
	w.line("")
	w.line("commands:")
	for _, c := range contenders {
		w.line("  %s:", c.name)
		w.line("    operation: %s", c.operation.name)
		w.line("    run: %s", flow(c.argv))
		if len(b.env) > 0 {
			var pairs []string
			for _, assignment := range b.env {
				name, value, _ := strings.Cut(assignment, "=")
				pairs = append(pairs, name+": "+quoteYAML(escapeBraces(value), true))
			}
			w.line("    env: {%s}", strings.Join(pairs, ", "))
		}
	}
	w.line("")
	b.writeGrid(&w, contenders)
	w.line("trials: {repeats: %s, warmup: %d}", repeats, b.warmup)
	return []byte(w.String()), nil
}

// A contender is one command of hyperfine.
type contender struct {
	name      string
	command   string // with the placeholders of hyperfine
	argv      []string
	operation *operation
}

// An operation is what hyperfine does around a command.
type operation struct {
	name              string
	prepare, conclude string
	argvs             map[string][]string // by key
}

// contenders returns the commands with their names and operations.
func (b *Benchmark) contenders(strategies []string) ([]*contender, error) {
	var list []*contender
	used := slices.Clone(strategies)
	add := func(i int, name, command string) error {
		c := &contender{name: unique(slug(cmp.Or(name, programOf(command))), &used), command: command}
		op := &operation{prepare: oneFor(b.prepare, i), conclude: oneFor(b.conclude, i)}
		output := oneFor(b.output, i)
		line := b.redirect(command, output)
		var err error
		switch {
		case b.shell == nil && line != command: // only a shell redirects
			c.argv = b.script(line, []string{"sh"})
		default:
			c.argv, err = b.argv(line)
		}
		if err != nil {
			return err
		}
		same := slices.IndexFunc(list, func(other *contender) bool {
			return other.operation.prepare == op.prepare && other.operation.conclude == op.conclude
		})
		if c.operation = op; same >= 0 {
			c.operation = list[same].operation
		}
		list = append(list, c)
		return nil
	}
	if b.hasReference {
		parameters := b.parameters
		b.parameters = nil // hyperfine does not replace them there
		err := add(0, cmp.Or(b.refName, "reference"), b.reference)
		if b.parameters = parameters; err != nil {
			return nil, err
		}
	}
	offset := len(list)
	for _, lists := range []struct {
		option string
		texts  []string
	}{{"prepare", b.prepare}, {"conclude", b.conclude}, {"output", b.output}} {
		if n := len(lists.texts); n > 1 && n != offset+len(b.commands) {
			return nil, fmt.Errorf("--%s is given %d times for %d commands: give it once, or once for each command", lists.option, n, offset+len(b.commands))
		}
	}
	for i, command := range b.commands {
		name := ""
		if i < len(b.names) {
			name = b.names[i]
		}
		if err := add(offset+i, name, command); err != nil {
			return nil, err
		}
	}
	return list, b.nameOperations(list)
}

// oneFor returns the text of the i-th command from a list with one text for all or for each.
func oneFor(list []string, i int) string {
	switch {
	case len(list) == 1:
		return list[0]
	case i < len(list):
		return list[i]
	}
	return ""
}

// nameOperations names the operations, and computes the argvs of their programs.
func (b *Benchmark) nameOperations(list []*contender) error {
	operations := operationsOf(list)
	for _, op := range operations {
		if op.name = "run"; len(operations) > 1 {
			i := slices.IndexFunc(list, func(c *contender) bool { return c.operation == op })
			op.name = "run-" + list[i].name
		}
		op.argvs = map[string][]string{}
		for key, command := range map[string]string{"setup": b.setup, "prepare": op.prepare, "cleanup": op.conclude} {
			if command == "" {
				continue
			}
			argv, err := b.argv(command)
			if err != nil {
				return err
			}
			op.argvs[key] = argv
		}
	}
	if b.cleanup != "" {
		b.comment("hyperfine ran this after the last run of each command; iosweep does not: %s", b.cleanup)
	}
	if strings.Contains(strings.Join(slices.Concat(b.commands, b.prepare, b.conclude), " "), "HYPERFINE_ITERATION") {
		b.comment("The variable HYPERFINE_ITERATION is not set.")
	}
	return nil
}

// operationsOf returns the operations of contenders, each once.
func operationsOf(list []*contender) (operations []*operation) {
	for _, c := range list {
		if !slices.Contains(operations, c.operation) {
			operations = append(operations, c.operation)
		}
	}
	return operations
}

func (b *Benchmark) writeOperation(w *writer, op *operation) {
	w.line("  %s:", op.name)
	w.line("    input: none")
	for _, key := range []string{"setup", "prepare", "cleanup"} {
		if argv := op.argvs[key]; argv != nil {
			w.line("    %s: %s", key, flow(argv))
		}
	}
	w.line("    # Nothing proves that a command did its work, so a broken command may be the fastest. Checks go here, such as:")
	w.line("    #   verify:")
	w.line(`    #     - {run: [cmp, "{here}/expected", "{output}/result"]}  # must exit with 0`)
	w.line("    #     - {same_as: baseline, of: stdout}                   # prints the same as the baseline")
	if b.ignoreFailure {
		w.line("    verify: [{exit_code: any}]  # hyperfine ignored failures")
		return
	}
	w.line("    verify: none")
}

// repeats returns the value of trials.repeats.
func (b *Benchmark) repeats() string {
	if b.runs > 0 {
		return strconv.Itoa(b.runs)
	}
	if b.minRuns == 0 && b.maxRuns == 0 {
		b.comment("hyperfine measured each command at least %d times and for at least 3 seconds.", hyperfineMinRuns)
		return strconv.Itoa(hyperfineMinRuns)
	}
	least := max(2, cmp.Or(b.minRuns, hyperfineMinRuns))
	most := cmp.Or(b.maxRuns, max(5*least, 50))
	if most < 2 {
		return strconv.Itoa(most)
	}
	least = min(least, most)
	if least == most {
		return strconv.Itoa(most)
	}
	b.comment("A command gets no more trials once the interval of its speed-up is at most 5%% wide. hyperfine measured for at least 3 seconds.")
	return fmt.Sprintf("{min: %d, max: %d, ci: 5%%}", least, most)
}

// uses reports whether a command or its operation has the placeholder of a parameter.
func (b *Benchmark) uses(c *contender, p *parameter) bool {
	in := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, "{"+p.name+"}") })
	}
	return in(c.operation.prepare, c.operation.conclude, b.setup) || in(c.command) && !(b.hasReference && c.command == b.reference)
}

// writeGrid writes the grid and the baseline.
func (b *Benchmark) writeGrid(w *writer, contenders []*contender) {
	var operations, strategies []string
	for _, op := range operationsOf(contenders) {
		operations = append(operations, op.name)
	}
	for _, c := range contenders {
		strategies = append(strategies, c.name)
	}
	if len(operations) > 1 {
		w.line("grid:")
		var pairs []string
		for _, c := range contenders {
			pairs = append(pairs, fmt.Sprintf("{operation: %s, strategy: %s}", c.operation.name, c.name))
		}
		w.line("  operation+strategy: [%s]", strings.Join(pairs, ", "))
	} else {
		w.line("grid:")
		w.line("  operation: %s", operations[0])
		w.line("  strategy: %s", levels(strategies))
	}
	baseline := "strategy: " + strategies[0]
	if len(operations) > 1 {
		baseline = "operation: " + contenders[0].operation.name + ", " + baseline
	}
	for i := range b.parameters {
		p := &b.parameters[i]
		if !slices.ContainsFunc(contenders, func(c *contender) bool { return b.uses(c, p) }) {
			w.line("  # no command has the parameter %s, so it has no axis: %s", p.name, levels(p.values))
			continue
		}
		if p.step > 0 && len(p.values) > 2 {
			w.line("  %s: {from: %d, to: %d, step: %d}", p.axis, p.from, p.to, p.step)
		} else {
			w.line("  %s: %s", p.axis, levels(p.values))
		}
		if b.uses(contenders[0], p) {
			baseline += ", " + p.axis + ": " + quoteYAML(p.values[0], true)
		}
	}
	w.line("baseline: {%s}", baseline)
}

// fixedPlaceholders are the placeholders that are not axes.
var fixedPlaceholders = []string{"input", "output", "here", "cpus", "shared", "source"}

// numberAxes are built-in axes that mean the same for a program as for a strategy, with their smallest
// and largest levels.
var numberAxes = map[string][2]int{"workers": {1, 4096}, "threads": {1, 4096}, "level": {0, 9}}

// nameAxes gives each parameter the name of an axis. A name that iosweep gives another meaning gets
// an ending.
func (b *Benchmark) nameAxes(names Names) {
	used := slices.Clone(fixedPlaceholders)
	for i := range b.parameters {
		p := &b.parameters[i]
		name := strings.ReplaceAll(slug(p.name), "-", "_")
		if name[0] < 'a' || name[0] > 'z' {
			name = "p_" + name
		}
		limits, isNumber := numberAxes[name]
		isNumber = isNumber && !slices.ContainsFunc(p.values, func(v string) bool {
			n, err := strconv.Atoi(v)
			return err != nil || n < limits[0] || n > limits[1] || strconv.Itoa(n) != v
		})
		if names.IsAxis(name) && !isNumber || slices.Contains(used, name) {
			name += "_value"
		}
		p.axis = unique(name, &used)
		if p.axis != p.name {
			b.comment("The parameter %s is the axis %s.", p.name, p.axis)
		}
	}
}

var (
	notInSlug  = lazyregexp.New(`[^a-z0-9_]+`)
	inBraces   = lazyregexp.New(`\{[^{}]*\}`)
	assignment = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// slug returns a name for a command or an axis.
func slug(name string) string {
	name = notInSlug().ReplaceAllString(strings.ToLower(inBraces().ReplaceAllString(name, "")), "-")
	name = strings.Trim(name, "-_")
	return cmp.Or(name[:min(len(name), 60)], "command")
}

// programOf returns the name of the program of a command.
func programOf(command string) string {
	for word := range strings.FieldsSeq(command) {
		if !assignment().MatchString(word) {
			return filepath.Base(strings.Trim(word, `"'`))
		}
	}
	return ""
}

// unique returns a name that is not in used, and adds it.
func unique(name string, used *[]string) string {
	own := name
	for n := 2; slices.Contains(*used, own); n++ {
		own = fmt.Sprintf("%s-%d", name, n)
	}
	*used = append(*used, own)
	return own
}
