package experiments

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// The texts of a command are templates: {workers} is replaced by the level of the axis
// workers. A literal brace is written twice, {{ or }}, as in the format strings of Python
// and Rust. A single brace is an error, because otherwise a forgotten second brace would
// silently change the arguments of the program. An expansion of a shell, such as ${f##*/}, is
// literal, unless its braces contain a name like a placeholder.

var placeholderName = lazyregexp.New(`^[a-z][a-z0-9_-]{0,199}$`) // at most maxCustomBytes

// cutBrace cuts a template around the first match: a double brace, a placeholder, or a single
// unmatched brace. Without a match, match is empty.
func cutBrace(template string) (before, match, after string) {
	i := strings.IndexAny(template, "{}")
	for i > 0 && template[i-1] == '$' {
		length := expansionLength(template[i:])
		if length == 0 {
			break
		}
		next := strings.IndexAny(template[i+length:], "{}")
		if next < 0 {
			return template, "", ""
		}
		i += length + next
	}
	if i < 0 {
		return template, "", ""
	}
	before, rest := template[:i], template[i:]
	size := 1
	switch {
	case len(rest) > 1 && rest[0] == rest[1]:
		size = 2
	case rest[0] == '{':
		size += max(0, strings.IndexByte(rest, '}'))
	}
	return before, rest[:size], rest[size:]
}

// expansionLength returns the length of the braces of a shell's expansion at the beginning of a
// text, or 0.
func expansionLength(text string) int {
	end := strings.IndexByte(text, '}')
	if text[0] != '{' || end < 2 || strings.Contains(text[1:end], "{") || placeholderName().MatchString(text[1:end]) {
		return 0
	}
	return end + 1
}

// fill replaces the placeholders of a template by their values.
func fill(template string, values map[string]string) string {
	var b strings.Builder
	for template != "" {
		before, match, after := cutBrace(template)
		b.WriteString(before)
		if len(match) < 2 || match[0] == match[1] {
			b.WriteString(match[:min(1, len(match))])
		} else {
			b.WriteString(values[match[1:len(match)-1]])
		}
		template = after
	}
	return b.String()
}

// A placeholder is a name in a command, with the scalar that contains it.
type placeholder struct {
	name string
	in   *yaml.Node
}

// placeholders returns the placeholders of a scalar, up to the first invalid brace.
func (d *decoder) placeholders(n *yaml.Node) (list []placeholder) {
	if n.Kind != yaml.ScalarNode {
		return nil // the reader of the scalar reports it
	}
	// The search stops at an invalid brace. A megabyte of them, repeated by thousands of
	// aliases, would take minutes.
	for _, match, rest := cutBrace(n.Value); match != ""; _, match, rest = cutBrace(rest) {
		name := strings.TrimSuffix(strings.TrimPrefix(match, "{"), "}")
		switch {
		case match == "{{" || match == "}}":
			continue
		case len(match) == 1:
			d.problem(n, "found a single %s: write %s for a literal brace", match, match+match)
		case len(name) > maxCustomBytes:
			d.problem(n, "the placeholder {%s} has %s bytes, more than %d", clip(name), thousands(int64(len(name))), maxCustomBytes)
		case isPlaceholder(strings.ToLower(strings.TrimSpace(name))) && !placeholderName().MatchString(name):
			d.problem(n, "{%s} is not a valid placeholder: write {%s}", clip(name), strings.ToLower(strings.TrimSpace(name)))
		case !placeholderName().MatchString(name):
			d.problem(n, "{%s} is not a valid placeholder: write {{ and }} for literal braces", clip(name))
		default:
			list = append(list, placeholder{name, n})
			continue
		}
		return list
	}
	return list
}

// placeholderPosition returns the position of a placeholder. The column is exact if the scalar
// is on one line of reasonable length. Otherwise it is the column of the scalar.
func (d *decoder) placeholderPosition(p placeholder) Position {
	at, line := d.at(p.in), d.lineFrom(p.in)
	if i := bytes.Index(line, []byte("{"+p.name+"}")); i >= 0 {
		at.Column += utf8.RuneCount(line[:i])
	}
	return at
}

// lineFrom returns the rest of the line on which a node begins. It returns nil if the line is long,
// or the node is not in the file.
func (d *decoder) lineFrom(n *yaml.Node) []byte {
	const longest = 4096
	if d.lines == nil {
		d.lines = linesOf(d.source)
	}
	at := d.at(n)
	if at.Line == 0 || at.Line > len(d.lines) || len(d.lines[at.Line-1]) > longest {
		return nil
	}
	line := d.lines[at.Line-1]
	for range at.Column - 1 { // yaml.v3 counts characters
		_, size := utf8.DecodeRune(line)
		line = line[size:]
	}
	return line
}

// fixedPlaceholders are the placeholders that are not axes.
var fixedPlaceholders = []string{"input", "output", sharedPlaceholder, "here", "cpus"}

// sharedPlaceholder is the placeholder of the directory that the setup of an own operation fills.
const sharedPlaceholder = "shared"

// TrialPlaceholders returns the placeholders that are known only in a trial.
func TrialPlaceholders() []string {
	return []string{"input", "output", sharedPlaceholder, sourcePlaceholder, From.String(), Workspace.String()}
}

// checkPlaceholders refuses placeholders that are neither fixed nor an axis.
func (f *file) checkPlaceholders() {
	fixed := f.fixedPlaceholders()
	allowed := slices.Concat(axisNames(), f.table.customAxes, fixed)
	check := func(operation string, list []placeholder) {
		own := f.ownOperations[operation]
		for _, p := range list {
			if op, known := f.opt.Catalogue.operation(operation); p.name == "input" && known && !op.Input {
				f.add(f.placeholderPosition(p), "{input} is not available for the operation %q, which has no input directory: use {files}, {lines} and the other keys of the workload", operation)
			}
			if p.name == sharedPlaceholder && (own == nil || own.Setup == nil) {
				f.add(f.placeholderPosition(p), "{shared} is not available for the operation %q: only an operation under `operations` with the key setup has this directory", operation)
			}
			if !slices.Contains(allowed, p.name) && !f.full() {
				f.add(f.placeholderPosition(p), "unknown placeholder {%s}%s expected an axis, a custom axis of the grid, or one of %s; write {{ for a literal brace",
					clip(p.name), f.didYouMean(p.name, allowed), strings.Join(fixed, ", "))
			}
		}
	}
	for i := range f.Commands {
		c := f.contenders[f.Commands[i].Name]
		check(c.Operation, c.placeholders)
		f.checkSource(c)
	}
	for i := range f.Operations { // an operation may have no command
		check(f.Operations[i].Name, f.ownOperations[f.Operations[i].Name].placeholders)
	}
}

// didYouMean returns the text between an unknown placeholder and the allowed ones.
func (d *decoder) didYouMean(name string, allowed []string) string {
	if d.mayCompare(len(allowed)) {
		if near := Nearest(name, allowed); near != "" {
			return ": did you mean {" + near + "}?"
		}
	}
	return ":"
}
