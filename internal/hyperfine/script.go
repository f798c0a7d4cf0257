package hyperfine

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/internal/lazyregexp"
)

// plainValue matches values without a character that a shell interprets.
var plainValue = lazyregexp.New(`^[A-Za-z0-9_./:,+=@%^-]+( [A-Za-z0-9_./:,+=@%^-]+)*$`)

// posixShells are the shells that read $1 as the first argument of a script.
var posixShells = []string{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"}

// argv returns the argv that runs a command of hyperfine in the directory of the file, with
// placeholders.
func (b *Benchmark) argv(command string) ([]string, error) {
	if b.shell == nil {
		return b.program(command)
	}
	if !slices.Contains(posixShells, filepath.Base(b.shell[0])) {
		return slices.Concat(inHere, b.shell, []string{"-c", b.template(command)}), nil
	}
	return b.script(command, b.shell), nil
}

// script returns the argv of a shell that runs a command. The first argument of the script is the
// directory of the file, and the others are parameters.
func (b *Benchmark) script(command string, shell []string) []string {
	args := []string{"{here}"}
	var s strings.Builder
	s.WriteString(`cd "$1" && `)
	quote := byte(0)
	for i := 0; i < len(command); i++ {
		c := command[i]
		p := b.parameterAt(command[i:])
		switch {
		case p != nil:
			name := "{" + p.axis + "}"
			number := slices.Index(args, name) + 1
			after := command[i+len(p.name)+2:]
			plain := !slices.ContainsFunc(p.values, func(v string) bool { return !plainValue().MatchString(v) })
			if !plain || number == 0 && len(args) == 9 || i > 0 && strings.IndexByte(`$\`, command[i-1]) >= 0 {
				s.WriteString(name) // the shell reads the value, as under hyperfine
			} else {
				if number == 0 {
					args = append(args, name)
					number = len(args)
				}
				text := fmt.Sprintf("$%d", number)
				switch {
				case quote == '\'':
					text = `'"` + text + `"'`
				case quote == 0 && after != "" && after[0] >= '0' && after[0] <= '9':
					text = `"` + text + `"`
				}
				s.WriteString(text)
			}
			i += len(p.name) + 1
		case c == '\\' && quote != '\'' && i+1 < len(command):
			i++
			s.WriteString(escapeBraces(command[i-1 : i+1]))
		default:
			if (c == '\'' || c == '"') && (quote == 0 || quote == c) {
				quote ^= c
			}
			s.WriteString(escapeBraces(command[i : i+1]))
		}
	}
	return slices.Concat(shell, []string{"-c", s.String(), "sh"}, args)
}

// parameterAt returns the parameter whose placeholder a text begins with.
func (b *Benchmark) parameterAt(text string) *parameter {
	for i := range b.parameters {
		if p := &b.parameters[i]; strings.HasPrefix(text, "{"+p.name+"}") {
			return p
		}
	}
	return nil
}

// template returns a text with the placeholders of the file. Other braces are written twice.
func (b *Benchmark) template(text string) string {
	var s strings.Builder
	for i := 0; i < len(text); i++ {
		if p := b.parameterAt(text[i:]); p != nil {
			s.WriteString("{" + p.axis + "}")
			i += len(p.name) + 1
			continue
		}
		s.WriteString(escapeBraces(text[i : i+1]))
	}
	return s.String()
}

func escapeBraces(text string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(text) }

// inHere is the beginning of an argv that runs a program in the directory of the file.
var inHere = []string{"env", "-C", "{here}"}

// program returns the argv of a command that hyperfine ran without a shell.
func (b *Benchmark) program(command string) ([]string, error) {
	words, err := wordsOf(command)
	if err != nil {
		return nil, fmt.Errorf("the command %q cannot be split into words: %w", command, err)
	}
	b.comment("env sets the directory of a command. That takes about a millisecond of each trial; where the command does not need the directory, remove env, -C and {here}.")
	argv := slices.Clone(inHere)
	for _, word := range words {
		argv = append(argv, b.template(word))
	}
	return argv, nil
}

// redirect adds the redirections of hyperfine to a command. They need a shell.
func (b *Benchmark) redirect(command, output string) string {
	var to []string
	if b.input != "" && b.input != "null" {
		to = append(to, "<"+quoteWord(b.input))
	}
	switch output {
	case "", "pipe":
	case "inherit":
		b.comment("The output of the commands is not shown. The journal has the end of standard error of a failed trial.")
	case "null":
		to = append(to, ">/dev/null")
	default:
		to = append(to, ">"+quoteWord(output))
	}
	if to == nil {
		return command
	}
	if strings.ContainsAny(command, ";&|\n") {
		command = "{ " + command + "; }"
	}
	return command + " " + strings.Join(to, " ")
}

// plainWord matches words that need no quotes in a shell.
var plainWord = lazyregexp.New(`^[A-Za-z0-9_./:,+=@%^-]+$`)

func quoteWord(word string) string {
	if plainWord().MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
