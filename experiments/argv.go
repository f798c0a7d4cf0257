package experiments

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"iosweep/internal/shell"
)

// A command line in the file is a list of words, or one text that is split into words as a shell
// does, without a shell. No library for that refuses what only a shell can do. go-shellwords ends
// at the first | or > without an error and reads \n as a line break. shlex and go-shellquote pass
// such characters to the program.

// maxLine limits a command line that is one text.
const maxLine = 4096

// argvExample is a command line for messages.
const argvExample = `[python3, "{here}/tool.py", "{output}"]`

// argv reads a command line. It returns nil if n is nil or not valid. All keys that name a program
// are read by it.
func (d *decoder) argv(label string, n *yaml.Node) []string {
	var scalars []*yaml.Node // of the words
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode && !isNull(n):
		scalars = d.splitLine(label, n)
	case n.Kind == yaml.SequenceNode && len(n.Content) > 0:
		scalars = n.Content
	default:
		d.problem(n, "%s: expected a list of one or more texts, such as %s, or one text with these words, found %s", label, argvExample, foundItems(n))
		return nil
	}
	var words []string
	for _, scalar := range scalars {
		if text, ok := d.anyText(label, scalar); ok {
			words = append(words, text)
		}
	}
	if len(words) > 0 && words[0] == "" {
		d.problem(scalars[0], "%s: the name of the program is empty", label)
	}
	for i, scalar := range scalars {
		d.checkArgument(label, i, scalar, words)
	}
	d.warnScript(label, words, scalars)
	return words
}

// splitLine returns the words of a command line as scalars with their positions.
func (d *decoder) splitLine(label string, n *yaml.Node) (scalars []*yaml.Node) {
	if _, ok := d.anyText(label, n); !ok {
		return nil
	}
	if len(n.Value) > maxLine {
		d.problem(n, "%s: the text has %s bytes, more than %s: write a list of words", label, thousands(int64(len(n.Value))), thousands(maxLine))
		return nil
	}
	if d.full() {
		return nil // finding advice takes time
	}
	line := splitLine(n.Value)
	at := d.inScalar(n)
	switch {
	case line.open >= 0 && n.Value[line.open] == '\\':
		d.add(at(line.open), "%s: the text ends with a backslash: remove it", label)
	case line.open >= 0:
		d.add(at(line.open), "%s: the quote %c has no end: add another %[2]c, or write \\%[2]c for the character", label, n.Value[line.open])
	case strings.HasPrefix(n.Value, "[") && strings.HasSuffix(n.Value, "]"):
		d.problem(n, "%s: found a list in quotes: write it without quotes", label)
	case line.special >= 0 && n.Value[line.special] == '\n':
		d.problem(n, "%s: the text has several lines: write > in place of | to join them, or use [sh, -c, SCRIPT, sh, \"{input}\"] for a script", label)
	case line.special >= 0:
		d.add(at(line.special), "%s: only a shell interprets %s, and no shell reads this text: put the character in quotes for the program, or %s", label, string(n.Value[line.special]), shellAdvice(n.Value))
	case len(line.words) == 0:
		d.problem(n, "%s: the text is empty: write a program and its arguments", label)
	case assignment().MatchString(line.words[0]):
		d.problem(n, "%s: no shell sets %s: write the variable under env: %s", label, quote(line.words[0]), inEnv(line.words[0]))
	default:
		for i, word := range line.words {
			scalar := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: word, Line: n.Line, Column: n.Column}
			if override, ok := d.overrides[n]; ok {
				d.overrides[scalar] = override
			}
			if position := at(line.starts[i]); position.Line > 0 {
				scalar.Line, scalar.Column = position.Line, position.Column
			}
			scalars = append(scalars, scalar)
		}
	}
	return scalars
}

// inScalar returns a function that returns the position of an offset in a scalar. The position is
// exact if the text of the scalar is on one line and as it is written. Otherwise it is the
// position of the scalar.
func (d *decoder) inScalar(n *yaml.Node) func(offset int) Position {
	at, line := d.at(n), d.lineFrom(n)
	start := bytes.Index(line, []byte(n.Value))
	return func(offset int) Position {
		if start < 0 {
			return at
		}
		is := at
		is.Column += utf8.RuneCount(line[:start+offset])
		return is
	}
}

// A commandLine is a text that was split into words as a shell does, with quotes and backslashes.
type commandLine struct {
	words  []string
	starts []int // offsets of the words
	// special is the offset of the first character that a shell would not pass to the program, or
	// -1.
	special int
	open    int // the offset of a quote or backslash without an end, or -1
}

// The meaning of a byte in a command line.
const (
	plain        = ' '
	singleQuoted = '\''
	doubleQuoted = '"'
	escaped      = '\\'
	quoting      = 'q' // a quote or backslash, which the program does not get
	nothing      = 'n' // a backslash with the line break after it
)

// quotesOf returns the meaning of each byte of a command line, and the offset of a quote or
// backslash without an end, or -1.
func quotesOf(line string) (meaning []byte, open int) {
	meaning, open = make([]byte, len(line)), -1
	state := byte(plain)
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 == len(line) && state == plain:
			return meaning, i
		case c == '\\' && i+1 < len(line) && (state == plain || state == doubleQuoted && strings.IndexByte("$`\"\\\n", line[i+1]) >= 0):
			meaning[i], meaning[i+1] = quoting, escaped
			if line[i+1] == '\n' {
				meaning[i], meaning[i+1] = nothing, nothing
			}
			i++
		case state == plain && (c == singleQuoted || c == doubleQuoted):
			meaning[i], state, open = quoting, c, i
		case state != plain && c == state:
			meaning[i], state, open = quoting, plain, -1
		default:
			meaning[i] = state
		}
	}
	return meaning, open
}

// splitLine splits a command line. It also splits a line that a shell would interpret.
func splitLine(line string) commandLine {
	line = strings.TrimRight(line, "\n") // as at the end of a block of YAML
	meaning, open := quotesOf(line)
	result := commandLine{special: -1, open: open}
	var word []byte
	inWord := false
	for i := range len(line) {
		c, is := line[i], meaning[i]
		if result.special < 0 && isSpecial(c, is, !inWord) {
			result.special = i
		}
		switch {
		case is == nothing:
		case is == plain && (c == ' ' || c == '\t' || c == '\n'):
			if inWord {
				result.words = append(result.words, string(word))
			}
			word, inWord = word[:0], false
		default:
			if !inWord {
				result.starts = append(result.starts, i)
			}
			inWord = true
			if is != quoting {
				word = append(word, c)
			}
		}
	}
	if inWord {
		result.words = append(result.words, string(word))
	}
	return result
}

// isSpecial reports whether a shell does not pass a character of a command line to the program.
func isSpecial(c, meaning byte, first bool) bool {
	switch meaning {
	case plain:
		return strings.IndexByte("|&;<>()$`*?[\n", c) >= 0 || first && (c == '~' || c == '#')
	case doubleQuoted:
		return c == '$' || c == '`'
	}
	return false
}

// isComplete reports whether a line has words, and each quote has an end.
func (c *commandLine) isComplete() bool { return len(c.words) > 0 && c.open < 0 }

// isCommandLine reports whether the first item of an argv is a whole command line. The path of
// a program may contain spaces, but no option and no placeholder follows its name.
func isCommandLine(program string) bool {
	if len(program) > maxPath {
		return false
	}
	line := splitLine(program)
	if !line.isComplete() || len(line.words) < 2 {
		return false
	}
	argument := func(word string) bool { return strings.HasPrefix(word, "-") || strings.HasPrefix(word, "{") }
	return !strings.Contains(line.words[0], "/") || slices.ContainsFunc(line.words[1:], argument)
}

// argvHint returns the advice to write a command line as a list: its words, or a script for a
// shell whose placeholders are its arguments.
func argvHint(text string) string {
	text = strings.TrimSpace(text)
	line := splitLine(text)
	switch {
	case !line.isComplete() || len(text) > longestHint || !printable(text):
		return `: write each word as an item, such as [cp, -r, "{input}/.", "{output}"]; a script is an argument of sh -c`
	case line.special >= 0:
		return ": no shell reads it: " + shellAdvice(text)
	case assignment().MatchString(line.words[0]) && len(line.words) > 1:
		return ": write each word as an item, and the variable under env: " + inBrackets(line.words[1:]) + ", env: " + inEnv(line.words[0])
	}
	return ": write each word as an item: " + inBrackets(line.words)
}

// shellAdvice returns the advice to run a command line as a script of a shell.
func shellAdvice(line string) string {
	line = strings.TrimSpace(line)
	if len(line) > longestAdvice || !printable(line) {
		return `use [sh, -c, 'cat "$1"/* > "$2"/all', sh, "{input}", "{output}"], with placeholders as arguments of the script`
	}
	return "use " + inBrackets(asScript(line))
}

// longestAdvice is the maximum length of a command line that is repeated in advice.
const longestAdvice = 1000

// asScript returns the argv that runs a command line in a shell. Its placeholders become arguments
// of the script, because a shell would read their values as code.
func asScript(line string) []string {
	argv := []string{"sh", "-c", ""}
	meaning, _ := quotesOf(line)
	var script strings.Builder
	end := 0
	for _, at := range placeholderText().FindAllStringIndex(line, -1) {
		name := line[at[0]:at[1]]
		if len(argv) == 3 {
			argv = append(argv, "sh")
		}
		number := slices.Index(argv[3:], name)
		if number < 0 {
			number, argv = len(argv)-3, append(argv, name)
		}
		parameter := fmt.Sprintf("$%d", number)
		if number > 9 {
			parameter = fmt.Sprintf("${{%d}}", number) // the file writes literal braces twice
		}
		switch meaning[at[0]] {
		case plain:
			parameter = `"` + parameter + `"`
		case singleQuoted:
			parameter = `'"` + parameter + `"'`
		}
		script.WriteString(line[end:at[0]] + parameter)
		end = at[1]
	}
	argv[2] = script.String() + line[end:]
	return argv
}

// warnScript warns of placeholders in the script of a shell. A shell would run parts of a path
// with spaces, quotes or other characters of its own.
func (d *decoder) warnScript(label string, argv []string, scalars []*yaml.Node) {
	at := shell.ScriptIndex(argv)
	if at < 0 || at >= len(scalars) || len(d.warnings) == maxProblems {
		return
	}
	name := placeholderText().FindString(argv[at])
	if name == "" {
		return
	}
	advice := []string{"sh", "-c", `cat "$1"`, "sh", name}
	if script := strings.TrimSpace(argv[at]); at == len(argv)-1 && len(script) <= longestAdvice && printable(script) {
		advice = slices.Concat(argv[:at], asScript(script)[2:])
	}
	d.warn(d.at(scalars[at]), "%s: the shell reads the value of %s as code: pass it as an argument of the script, %s", label, name, inBrackets(advice))
}
