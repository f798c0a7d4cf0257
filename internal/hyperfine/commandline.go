package hyperfine

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"iosweep/internal/shell"
)

// An option is an option of hyperfine. Its read function gets as many values as the option has.
type option struct {
	long, short string
	values      int
	read        func(b *Benchmark, values []string) error
}

func text(to func(*Benchmark) *string) func(*Benchmark, []string) error {
	return func(b *Benchmark, values []string) error {
		*to(b) = values[0]
		return nil
	}
}

func texts(to func(*Benchmark) *[]string) func(*Benchmark, []string) error {
	return func(b *Benchmark, values []string) error {
		*to(b) = append(*to(b), values[0])
		return nil
	}
}

func count(to func(*Benchmark) *int) func(*Benchmark, []string) error {
	return func(b *Benchmark, values []string) (err error) {
		n, err := strconv.Atoi(values[0])
		if err != nil || n < 0 || n > 1_000_000 {
			return fmt.Errorf("expected a number from 0 to 1,000,000, found %q", values[0])
		}
		*to(b) = n
		return nil
	}
}

// unused returns the reader of an option that the file does not need.
func unused(comment string) func(*Benchmark, []string) error {
	return func(b *Benchmark, _ []string) error {
		b.comment("%s", comment)
		return nil
	}
}

const (
	exports = "For exports: iosweep export DIR --format csv|json|markdown|hyperfine."
	display = "The options about colours, units and the order of lines were left out."
)

// options are the options of hyperfine 1.20.
var options = []option{
	{"warmup", "w", 1, count(func(b *Benchmark) *int { return &b.warmup })},
	{"min-runs", "m", 1, count(func(b *Benchmark) *int { return &b.minRuns })},
	{"max-runs", "M", 1, count(func(b *Benchmark) *int { return &b.maxRuns })},
	{"runs", "r", 1, count(func(b *Benchmark) *int { return &b.runs })},
	{"setup", "s", 1, text(func(b *Benchmark) *string { return &b.setup })},
	{"reference", "", 1, func(b *Benchmark, values []string) error {
		b.reference, b.hasReference = values[0], true
		return nil
	}},
	{"reference-name", "", 1, text(func(b *Benchmark) *string { return &b.refName })},
	{"prepare", "p", 1, texts(func(b *Benchmark) *[]string { return &b.prepare })},
	{"conclude", "C", 1, texts(func(b *Benchmark) *[]string { return &b.conclude })},
	{"cleanup", "c", 1, text(func(b *Benchmark) *string { return &b.cleanup })},
	{"parameter-scan", "P", 3, func(b *Benchmark, values []string) (err error) {
		b.parameters = append(b.parameters, parameter{name: values[0], values: []string{values[1], values[2]}, step: -1})
		return nil
	}},
	{"parameter-step-size", "D", 1, func(b *Benchmark, values []string) error {
		for i := range b.parameters {
			if b.parameters[i].step == -1 {
				b.parameters[i].axis = values[0]
				return nil
			}
		}
		b.parameters = append(b.parameters, parameter{axis: values[0]}) // --parameter-scan may follow
		return nil
	}},
	{"parameter-list", "L", 2, func(b *Benchmark, values []string) error {
		b.parameters = append(b.parameters, parameter{name: values[0], values: splitValues(values[1])})
		return nil
	}},
	{"shell", "S", 1, func(b *Benchmark, values []string) error {
		switch values[0] {
		case "none", "":
			b.shell = nil
		case "default":
			b.shell = []string{"sh"}
		default:
			words, err := wordsOf(values[0])
			b.shell = words
			return err
		}
		return nil
	}},
	{"no-shell", "N", 0, func(b *Benchmark, _ []string) error {
		b.shell = nil
		return nil
	}},
	{"ignore-failure", "i", 0, func(b *Benchmark, _ []string) error {
		b.ignoreFailure = true
		return nil
	}},
	{"style", "", 1, unused(display)},
	{"sort", "", 1, unused(display)},
	{"time-unit", "u", 1, unused(display)},
	{"export-asciidoc", "", 1, unused(exports)},
	{"export-csv", "", 1, unused(exports)},
	{"export-json", "", 1, unused(exports)},
	{"export-markdown", "", 1, unused(exports)},
	{"export-orgmode", "", 1, unused(exports)},
	{"show-output", "", 0, unused("The output of the commands is not shown. The journal has the end of standard error of a failed trial.")},
	{"output", "", 1, texts(func(b *Benchmark) *[]string { return &b.output })},
	{"input", "", 1, text(func(b *Benchmark) *string { return &b.input })},
	{"command-name", "n", 1, texts(func(b *Benchmark) *[]string { return &b.names })},
	{"min-benchmarking-time", "", 1, unused("--min-benchmarking-time was left out: trials.repeats has the number of trials.")},
	{"debug-mode", "", 0, unused("--debug-mode was left out: iosweep measures real runs.")},
}

// FromCommandLine reads a command line that begins with hyperfine.
func FromCommandLine(line string) (*Benchmark, error) {
	words, env, rest, err := splitCommandLine(line)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 || filepath.Base(words[0]) != "hyperfine" {
		return nil, errors.New("the command line does not begin with hyperfine")
	}
	b := &Benchmark{origin: "this command line:\n" + strings.TrimSpace(line), env: env, shell: []string{"sh"}}
	if rest != "" {
		b.comment("This part of the command line was left out: %s", rest)
	}
	if err := b.readArguments(words[1:]); err != nil {
		return nil, err
	}
	if err := b.completeScan(); err != nil {
		return nil, err
	}
	if len(b.commands) == 0 {
		return nil, errors.New("the command line has no command to measure")
	}
	return b, nil
}

// readArguments reads the options and commands of hyperfine. They may be mixed.
func (b *Benchmark) readArguments(args []string) error {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			b.commands = append(b.commands, args...)
			return nil
		case strings.HasPrefix(arg, "--"):
			name, value, hasValue := strings.Cut(arg[2:], "=")
			i := slices.IndexFunc(options, func(o option) bool { return o.long == name })
			if i < 0 {
				b.comment("The unknown option %s was left out. If the next word was its value, remove the command of that name.", arg)
				continue
			}
			rest, err := b.readOption(&options[i], "--"+name, value, hasValue, args)
			if err != nil {
				return err
			}
			args = rest
		case len(arg) > 1 && arg[0] == '-':
			rest, err := b.readShort(arg[1:], args)
			if err != nil {
				return err
			}
			args = rest
		default:
			b.commands = append(b.commands, arg)
		}
	}
	return nil
}

// readShort reads short options, which may be joined as in -Nw3.
func (b *Benchmark) readShort(letters string, args []string) (rest []string, err error) {
	for letters != "" {
		letter := letters[:1]
		letters = letters[1:]
		i := slices.IndexFunc(options, func(o option) bool { return o.short == letter })
		switch {
		case i < 0:
			b.comment("The unknown option -%s was left out. If the next word was its value, remove the command of that name.", letter+letters)
			return args, nil
		case options[i].values == 0 && !strings.HasPrefix(letters, "="):
			if args, err = b.readOption(&options[i], "-"+letter, "", false, args); err != nil {
				return nil, err
			}
		default:
			value, hasEqual := strings.CutPrefix(letters, "=")
			return b.readOption(&options[i], "-"+letter, value, hasEqual || letters != "", args)
		}
	}
	return args, nil
}

// readOption reads one option with its values. The first value may be a part of the argument.
func (b *Benchmark) readOption(o *option, written, value string, hasValue bool, args []string) (rest []string, err error) {
	var values []string
	if hasValue {
		values = append(values, value)
	}
	if o.values == 0 {
		if o.long == "ignore-failure" && hasValue && value != "all-non-zero" {
			b.comment("hyperfine ignored the exit codes %s. The file ignores every exit code; exit_code may be one number.", value)
		}
		return args, o.read(b, nil)
	}
	more := o.values - len(values)
	if more > len(args) {
		return nil, fmt.Errorf("the option %s needs %d more of its values", written, more-len(args))
	}
	values, rest = append(values, args[:more]...), args[more:]
	if err := o.read(b, values); err != nil {
		return nil, fmt.Errorf("%s: %w", written, err)
	}
	return rest, nil
}

// completeScan computes the values of --parameter-scan, once its step is known.
func (b *Benchmark) completeScan() error {
	step := ""
	b.parameters = slices.DeleteFunc(b.parameters, func(p parameter) bool {
		if p.name == "" {
			step = p.axis
		}
		return p.name == ""
	})
	for i, p := range b.parameters {
		if slices.ContainsFunc(b.parameters[:i], func(other parameter) bool { return other.name == p.name }) {
			return fmt.Errorf("the parameter %s occurs twice", p.name)
		}
		if p.step != -1 {
			continue
		}
		if p.axis != "" {
			step = p.axis
		}
		scanned, err := scan(p.name, p.values[0], p.values[1], step)
		if err != nil {
			return err
		}
		b.parameters[i] = scanned
	}
	return nil
}

// splitCommandLine splits a command line into words as a shell does. rest is what follows the
// command, such as a pipe.
func splitCommandLine(line string) (words, env []string, rest string, err error) {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(line), "")
	if err != nil {
		var parse syntax.ParseError
		if errors.As(err, &parse) {
			return nil, nil, "", fmt.Errorf("the command line is not valid in a shell: character %d: %s", parse.Pos.Offset()+1, parse.Text)
		}
		return nil, nil, "", err
	}
	if len(f.Stmts) == 0 {
		return nil, nil, "", errors.New("the command line is empty")
	}
	cmd := f.Stmts[0].Cmd
	for {
		binary, ok := cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		cmd = binary.X.Cmd
	}
	call, ok := cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil, nil, "", errors.New("the command line does not begin with hyperfine")
	}
	for _, a := range call.Assigns {
		if a.Name == nil || a.Value == nil {
			continue
		}
		env = append(env, a.Name.Value+"="+literal(a.Value, line))
	}
	for _, w := range call.Args {
		words = append(words, literal(w, line))
	}
	end := call.End().Offset()
	return words, env, strings.Join(strings.Fields(line[min(int(end), len(line)):]), " "), nil
}

// wordsOf splits a command into words, as hyperfine does without a shell.
func wordsOf(command string) ([]string, error) {
	words, _, rest, err := splitCommandLine(command)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q has %q, which only a shell can interpret", command, rest)
	}
	return words, err
}

// literal returns a word without its quotes. Variables and substitutions stay as they are written.
func literal(w *syntax.Word, line string) string {
	var b strings.Builder
	var add func(parts []syntax.WordPart, quoted bool)
	add = func(parts []syntax.WordPart, quoted bool) {
		for _, part := range parts {
			switch p := part.(type) {
			case *syntax.Lit:
				b.WriteString(shell.Unescape(p.Value, quoted))
			case *syntax.SglQuoted:
				b.WriteString(p.Value)
			case *syntax.DblQuoted:
				add(p.Parts, true)
			default:
				b.WriteString(line[part.Pos().Offset():part.End().Offset()])
			}
		}
	}
	add(w.Parts, false)
	return b.String()
}
