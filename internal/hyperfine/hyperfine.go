// Package hyperfine converts benchmarks of hyperfine to experiment files.
//
//  1. FromCommandLine reads a command line of hyperfine, and FromExport the JSON that hyperfine
//     exports (commandline.go, export.go). Both return a Benchmark.
//  2. Benchmark.Experiment writes it as an experiment file (experiment.go). Its commands are
//     scripts of a shell, unless hyperfine ran them without one (script.go).
//
// What the file cannot express becomes a comment in it.
package hyperfine

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Benchmark is everything that a command line of hyperfine describes.
type Benchmark struct {
	origin     string // the lines at the top of the file, after "written from"
	commands   []string
	names      []string
	parameters []parameter
	env        []string // NAME=VALUE before the command line

	warmup                 int
	runs, minRuns, maxRuns int // 0: not given

	setup, cleanup     string
	prepare, conclude  []string
	reference, refName string
	hasReference       bool
	shell              []string // nil: none
	ignoreFailure      bool
	input              string
	output             []string

	comments []string
}

// A parameter has the values that replace {name} in the commands.
type parameter struct {
	name   string
	values []string
	// from, to and step describe values that are a range of whole numbers; step 0: they are not.
	from, to, step int64

	axis string // its name in the experiment file
}

func (b *Benchmark) comment(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(b.comments, text) {
		b.comments = append(b.comments, text)
	}
}

// maxValues limits the values of a parameter, as hyperfine does.
const maxValues = 100_000

// scan returns the parameter of --parameter-scan. Its values are decimal numbers.
func scan(name, from, to, step string) (parameter, error) {
	if step == "" {
		step = "1"
	}
	p := parameter{name: name}
	var number [3]*big.Rat
	digits := 0
	for i, text := range []string{from, to, step} {
		x, ok := new(big.Rat).SetString(text)
		if !ok || strings.ContainsAny(text, "eE/_") || len(text) > 40 {
			return p, fmt.Errorf("the range of the parameter %s has %q, which is not a decimal number", name, text)
		}
		number[i] = x
		if _, fraction, ok := strings.Cut(text, "."); ok && i != 1 {
			digits = max(digits, len(fraction))
		}
	}
	start, end, delta := number[0], number[1], number[2]
	switch {
	case delta.Sign() <= 0:
		return p, fmt.Errorf("the step %s of the parameter %s is not above 0", step, name)
	case start.Cmp(end) > 0:
		return p, fmt.Errorf("the range of the parameter %s begins at %s, above its end %s", name, from, to)
	}
	if start.IsInt() && end.IsInt() && delta.IsInt() && digits == 0 && start.Num().IsInt64() && end.Num().IsInt64() && delta.Num().IsInt64() {
		p.from, p.to, p.step = start.Num().Int64(), end.Num().Int64(), delta.Num().Int64()
	}
	for x := new(big.Rat).Set(start); x.Cmp(end) <= 0; x.Add(x, delta) {
		if len(p.values) == maxValues {
			return p, fmt.Errorf("the range of the parameter %s has more than %d values", name, maxValues)
		}
		p.values = append(p.values, x.FloatString(digits))
	}
	return p, nil
}

// splitValues splits the values of --parameter-list at commas. A backslash makes a comma or a
// backslash a part of the value.
func splitValues(list string) (values []string) {
	value := ""
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '\\' && i+1 < len(list) && (list[i+1] == ',' || list[i+1] == '\\'):
			i++
			value += list[i : i+1]
		case c == ',':
			values, value = append(values, value), ""
		default:
			value += list[i : i+1]
		}
	}
	return append(values, value)
}

// maxLevel is the maximum number of bytes in a level of a custom axis.
const maxLevel = 200

// canBeLevels reports whether all values can be levels of an axis.
func (p *parameter) canBeLevels() bool {
	return !slices.ContainsFunc(p.values, func(v string) bool {
		return v == "" || len(v) > maxLevel || !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) })
	})
}

// expand replaces the parameters whose values cannot be levels of an axis, such as an empty value,
// by one command for each value.
func (b *Benchmark) expand() {
	var kept []parameter
	for _, p := range b.parameters {
		if p.canBeLevels() {
			kept = append(kept, p)
			continue
		}
		b.comment("A value of the parameter %s cannot be a level of an axis, so each value has its own command.", p.name)
		var commands, names []string
		for _, value := range p.values {
			for i, command := range b.commands {
				commands = append(commands, strings.ReplaceAll(command, "{"+p.name+"}", value))
				name := ""
				if i < len(b.names) {
					name = strings.ReplaceAll(b.names[i], "{"+p.name+"}", value)
				}
				names = append(names, name)
			}
		}
		b.commands, b.names = commands, names
	}
	b.parameters = kept
}
