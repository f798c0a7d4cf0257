// Package shell finds the programs that an argv starts and the words that it contains, without
// running anything. It reads the script of sh -c, and the arguments of programs such as env that
// start another program.
package shell

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Unknown stands in a word for a part that only a running shell knows, such as a variable.
const Unknown = "\x00"

// An Invocation describes an argv.
type Invocation struct {
	// Programs are the programs that the argv may start, each once. Commands that a shell runs
	// itself, such as cd, are left out, and so are programs with an unknown name.
	Programs []string
	// Words are the words of the argv and, in place of a script that can be read, the words of the
	// script. The targets of redirected output are left out, because the script makes them.
	Words []string
}

// Of describes an argv.
func Of(argv []string) Invocation {
	var f finder
	f.argv(argv, 0)
	return f.Invocation
}

// maxDepth limits scripts within scripts.
const maxDepth = 5

type finder struct{ Invocation }

func (f *finder) addProgram(name string) {
	if name != "" && !strings.Contains(name, Unknown) && !slices.Contains(f.Programs, name) {
		f.Programs = append(f.Programs, name)
	}
}

// argv adds the programs and words of an argv.
func (f *finder) argv(argv []string, depth int) {
	script := f.started(argv, depth)
	for i, word := range argv {
		if i != script {
			f.Words = append(f.Words, word)
		}
	}
}

// started adds the programs that an argv starts, and the words of a script in it. It returns the
// index of that script, or -1.
func (f *finder) started(argv []string, depth int) int {
	for at := 0; at < len(argv); {
		f.addProgram(argv[at])
		if script := ScriptIndex(argv[at:]); script >= 0 && depth < maxDepth && f.script(argv[at+script], argv[at+script+1:], depth+1) {
			return at + script
		}
		w, known := wrappers[nameOf(argv[at])]
		if !known {
			return -1
		}
		at += 1 + w.skip(argv[at+1:])
	}
	return -1
}

func nameOf(program string) string { return strings.TrimSuffix(filepath.Base(program), ".exe") }

// shells are the programs that run the argument of -c as a script.
var shells = []string{"sh", "bash", "dash", "zsh", "ksh", "mksh", "ash"}

// ScriptIndex returns the index of the script in an argv such as sh -c SCRIPT, or -1. The options
// of the shell may be joined, as in -ec, and others may follow -c.
func ScriptIndex(argv []string) int {
	if len(argv) == 0 || !slices.Contains(shells, nameOf(argv[0])) {
		return -1
	}
	isScript := false
	for i := 1; i < len(argv); i++ {
		option := argv[i]
		switch {
		case option == "--" && isScript && i+1 < len(argv):
			return i + 1
		case option == "--" || option == "-":
			return -1
		case option == "--rcfile" || option == "--init-file":
			i++
		case strings.HasPrefix(option, "--"):
		case len(option) > 1 && (option[0] == '-' || option[0] == '+'):
			isScript = isScript || option[0] == '-' && strings.Contains(option, "c")
			if last := option[len(option)-1]; last == 'o' || last == 'O' {
				i++ // the name of an option, as in -o pipefail
			}
		case isScript:
			return i
		default:
			return -1 // the file of a script
		}
	}
	return -1
}

// A wrapper is a program that starts the program that its arguments name.
type wrapper struct {
	valued   string // the short options with a value in the next argument
	operands int    // the number of operands before the program
	assigns  bool   // operands such as LANG=C may precede the program
}

var wrappers = map[string]wrapper{
	"chrt":    {valued: "TPD", operands: 1},
	"command": {},
	"env":     {valued: "uC", assigns: true},
	"exec":    {valued: "a"},
	"ionice":  {valued: "cnt"},
	"nice":    {valued: "n"},
	"nohup":   {},
	"setsid":  {},
	"stdbuf":  {valued: "ioe"},
	"taskset": {operands: 1},
	"time":    {valued: "of"},
	"timeout": {valued: "ks", operands: 1},
	"xargs":   {valued: "adEILnPs"},
}

// skip returns the number of arguments before the program.
func (w wrapper) skip(args []string) (n int) {
	for ; n < len(args) && len(args[n]) > 1 && args[n][0] == '-'; n++ {
		switch option := args[n]; {
		case option == "--":
			n++
			return min(n+w.operands, len(args))
		case len(option) == 2 && strings.Contains(w.valued, option[1:]):
			n++
		}
	}
	for w.assigns && n < len(args) && strings.Contains(args[n], "=") {
		n++
	}
	return min(n+w.operands, len(args))
}

// A script with more of these characters may be nested so deeply that reading it takes much
// memory.
const (
	maxScript  = 16 << 10
	maxNesting = 500
)

// script adds the programs and the words of a script with its arguments, $0 first. It reports
// whether it could read the script.
func (f *finder) script(text string, args []string, depth int) bool {
	if len(text) > maxScript || strings.Count(text, "(")+strings.Count(text, "{")+strings.Count(text, "`") > maxNesting {
		return false
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return false
	}
	e := expander{args: args}
	own := map[string]bool{} // functions
	outputs := map[*syntax.Word]bool{}
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.FuncDecl:
			if n.Name != nil {
				own[n.Name.Value] = true
			}
		case *syntax.CallExpr:
			e.shifted = e.shifted || len(n.Args) > 0 && (n.Args[0].Lit() == "shift" || n.Args[0].Lit() == "set")
		case *syntax.Redirect:
			outputs[n.Word] = isOutput(n.Op)
		}
		return true
	})
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.CallExpr:
			if argv := e.words(n.Args); len(argv) > 0 && !own[argv[0]] && !slices.Contains(builtins, argv[0]) {
				f.started(argv, depth)
			}
		case *syntax.Word:
			if !outputs[n] {
				f.Words = append(f.Words, e.words([]*syntax.Word{n})...)
			}
		}
		return true
	})
	return true
}

func isOutput(op syntax.RedirOperator) bool {
	switch op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.WordHdoc, syntax.Hdoc, syntax.DashHdoc:
		return false
	}
	return true
}

// builtins are commands that every shell runs itself. exec and command are wrappers.
var builtins = strings.Fields(": . [ alias bg break cd continue echo eval exit export false fc fg getopts hash jobs kill local " +
	"printf pwd read readonly return set shift source test times trap true type ulimit umask unalias unset wait")

// An expander returns the texts of words.
type expander struct {
	args    []string // $0, $1, ...
	shifted bool     // the script changes $1, $2, ...
}

// words returns the texts of words. "$@" stands for all arguments.
func (e *expander) words(list []*syntax.Word) (texts []string) {
	for _, w := range list {
		if e.isAll(w.Parts) && !e.shifted && len(e.args) > 0 {
			texts = append(texts, e.args[1:]...)
			continue
		}
		var b strings.Builder
		e.parts(&b, w.Parts, false)
		texts = append(texts, b.String())
	}
	return texts
}

func (e *expander) isAll(parts []syntax.WordPart) bool {
	if len(parts) != 1 {
		return false
	}
	switch p := parts[0].(type) {
	case *syntax.DblQuoted:
		return e.isAll(p.Parts)
	case *syntax.ParamExp:
		return p.Short && p.Param != nil && p.Param.Value == "@"
	}
	return false
}

func (e *expander) parts(b *strings.Builder, parts []syntax.WordPart, quoted bool) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(Unescape(p.Value, quoted))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			e.parts(b, p.Parts, true)
		case *syntax.ParamExp:
			b.WriteString(e.parameter(p))
		default:
			b.WriteString(Unknown)
		}
	}
}

// parameter returns the value of $1, $2 and so on.
func (e *expander) parameter(p *syntax.ParamExp) string {
	if p.Param == nil || p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Exp != nil {
		return Unknown
	}
	number, err := strconv.Atoi(p.Param.Value)
	if err != nil || number >= len(e.args) || e.shifted && number > 0 {
		return Unknown
	}
	return e.args[number]
}

// Unescape removes the backslashes that a shell removes from a text outside single quotes. quoted means that the
// text is in double quotes.
func Unescape(text string, quoted bool) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (!quoted || strings.IndexByte("$`\"\\\n", text[i+1]) >= 0) {
			if i++; text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
