package experiments

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The texts of a command are templates: {workers} stands for the level of the
// axis workers. A brace itself is written twice, {{ or }}, as in the format
// strings of Python and Rust; a single one is refused, so that a forgotten
// doubling is an error here and not a surprise in the program's arguments.

var placeholderName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// cutBrace cuts a template around the first that begins with a brace: a double one,
// a placeholder, or a brace without its other half. Without any, match is empty.
func cutBrace(template string) (before, match, after string) {
	i := strings.IndexAny(template, "{}")
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

// fill puts values in the place of the placeholders.
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

// A placeholder is a name in a command, and the scalar that it stands in.
type placeholder struct {
	name string
	in   *yaml.Node
}

// placeholders are those of a scalar, up to the first brace that is wrong.
func (d *decoder) placeholders(n *yaml.Node) (list []placeholder) {
	if n.Kind != yaml.ScalarNode {
		return nil // the reader of the scalar reports it
	}
	// Nothing is looked for behind a wrong brace: a megabyte of them, behind each of
	// thousands of aliases, would take minutes.
	for _, match, rest := cutBrace(n.Value); match != ""; _, match, rest = cutBrace(rest) {
		name := strings.TrimSuffix(strings.TrimPrefix(match, "{"), "}")
		switch {
		case match == "{{" || match == "}}":
			continue
		case len(match) == 1:
			d.problem(n, "a single %s: write %s for the brace itself", match, match+match)
		case len(name) > maxCustomBytes:
			d.problem(n, "the placeholder {%s} has %s bytes, more than %d", clip(name), thousands(int64(len(name))), maxCustomBytes)
		case !placeholderName.MatchString(name):
			d.problem(n, "{%s} cannot be a placeholder: write {{ and }} for the braces themselves", clip(name))
		default:
			list = append(list, placeholder{name, n})
			continue
		}
		return list
	}
	return list
}

// place is where a placeholder stands: its own column, where the scalar is
// written in one line of sensible length; else that of the scalar.
func (d *decoder) placeholderPosition(p placeholder) Position {
	const longest = 4096
	if d.lines == nil {
		d.lines = bytes.Split(d.source, []byte("\n"))
	}
	at := d.at(p.in)
	if at.Line == 0 || at.Line > len(d.lines) || len(d.lines[at.Line-1]) > longest {
		return at
	}
	line := d.lines[at.Line-1]
	for range at.Column - 1 { // yaml.v3 counts characters
		_, size := utf8.DecodeRune(line)
		line = line[size:]
	}
	if i := bytes.Index(line, []byte("{"+p.name+"}")); i >= 0 {
		at.Column += utf8.RuneCount(line[:i])
	}
	return at
}

// fixedPlaceholders are those beside the axes.
var fixedPlaceholders = []string{"input", "output", "here", "cpus"}

// checkPlaceholders refuses those that are neither fixed nor an axis.
func (f *file) checkPlaceholders() {
	allowed := slices.Concat(axisNames(), f.table.customAxes, fixedPlaceholders)
	for i := range f.Commands {
		c := f.contenders[f.Commands[i].Name]
		for _, p := range c.placeholders {
			if op, known := f.opt.Catalogue.operation(c.Operation); p.name == "input" && known && !op.Input {
				f.add(f.placeholderPosition(p), "{input} means nothing to %q, which makes its content: use {files}, {lines} and the other keys of the workload", c.Operation)
			}
			if !slices.Contains(allowed, p.name) && !f.full() {
				f.add(f.placeholderPosition(p), "unknown placeholder {%s}%s expected an axis, one that the grid invents, %s; a brace itself is written {{",
					clip(p.name), f.didYouMean(p.name, allowed), strings.Join(fixedPlaceholders, ", "))
			}
		}
	}
}

func (d *decoder) didYouMean(name string, allowed []string) string {
	if d.mayCompare(len(allowed)) {
		if near := Nearest(name, allowed); near != "" {
			return ": did you mean {" + near + "}?"
		}
	}
	return ":"
}
