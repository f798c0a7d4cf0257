package experiments

import (
	"bytes"
	"fmt"
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

// A piece of a template is literal text or the name of a placeholder.
type piece struct {
	text string
	name bool
}

var placeholderName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// pieces splits a template. The error says which brace is wrong, and the pieces
// before it are returned.
func pieces(template string) ([]piece, error) {
	var list []piece
	for template != "" {
		brace := strings.IndexAny(template, "{}")
		if brace < 0 {
			return append(list, piece{text: template}), nil
		}
		if brace > 0 {
			list = append(list, piece{text: template[:brace]})
			template = template[brace:]
		}
		if double := template[:min(2, len(template))]; double == "{{" || double == "}}" {
			list = append(list, piece{text: double[:1]})
			template = template[2:]
			continue
		}
		end := strings.IndexByte(template, '}')
		if template[0] == '}' || end < 0 {
			return list, fmt.Errorf("a single %s: write %s for the brace itself", template[:1], strings.Repeat(template[:1], 2))
		}
		name := template[1:end]
		if len(name) > maxCustom {
			return list, fmt.Errorf("the placeholder {%s} has %s bytes, more than %d", clip(name), thousands(int64(len(name))), maxCustom)
		}
		if !placeholderName.MatchString(name) {
			return list, fmt.Errorf("{%s} cannot be a placeholder: write {{ and }} for the braces themselves", clip(name))
		}
		list = append(list, piece{text: name, name: true})
		template = template[end+1:]
	}
	return list, nil
}

// fill puts values in the place of the placeholders.
func fill(template string, values map[string]string) string {
	list, err := pieces(template)
	if err != nil {
		return template // Parse lets no such command through
	}
	var b strings.Builder
	for _, p := range list {
		if p.name {
			b.WriteString(values[p.text])
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// A placeholder is a name in a command, and the scalar that it stands in.
type placeholder struct {
	name string
	in   *yaml.Node
}

// placeholders are those of a scalar.
func (d *decoder) placeholders(n *yaml.Node) []placeholder {
	n = deref(n)
	if n.Kind != yaml.ScalarNode {
		return nil // the reader of the scalar reports it
	}
	list, err := pieces(n.Value)
	if err != nil {
		d.problem(n, "%v", err)
	}
	var names []placeholder
	for _, p := range list {
		if p.name {
			names = append(names, placeholder{p.text, n})
		}
	}
	return names
}

// place is where a placeholder stands: its own column, where the scalar is
// written in one line of sensible length; else that of the scalar.
func (d *decoder) place(p placeholder) Position {
	const longest = 4096
	at := d.at(p.in)
	line := d.line(at.Line)
	if at.Line == 0 || len(line) > longest {
		return at
	}
	for range at.Column - 1 { // yaml.v3 counts characters
		_, size := utf8.DecodeRune(line)
		line = line[size:]
	}
	if i := bytes.Index(line, []byte("{"+p.name+"}")); i >= 0 {
		at.Column += utf8.RuneCount(line[:i])
	}
	return at
}

// line returns a line of the source, from 1.
func (d *decoder) line(n int) []byte {
	if d.lines == nil {
		d.lines = []int32{0}
		for i, c := range d.source {
			if c == '\n' {
				d.lines = append(d.lines, int32(i)+1)
			}
		}
	}
	if n < 1 || n > len(d.lines) {
		return nil
	}
	line, _, _ := bytes.Cut(d.source[d.lines[n-1]:], []byte("\n"))
	return line
}

// fixedPlaceholders are those beside the axes.
var fixedPlaceholders = []string{"input", "output", "here", "cpus"}

// checkPlaceholders refuses those that are neither fixed nor an axis.
func (f *file) checkPlaceholders() {
	allowed := slices.Concat(axisNames(), f.table.invented, fixedPlaceholders)
	for _, c := range f.contenders {
		for _, p := range c.placeholders {
			if op, known := f.d.opt.Catalogue.operation(c.Operation); p.name == "input" && known && !op.Input {
				f.d.add(f.d.place(p), "{input} means nothing to %q, which makes its content: use {files}, {lines} and the other keys of the workload", c.Operation)
			}
			if !slices.Contains(allowed, p.name) && !f.d.full() {
				f.d.add(f.d.place(p), "unknown placeholder {%s}%s expected an axis, one that the grid invents, %s; a brace itself is written {{",
					clip(p.name), f.d.meant(p.name, allowed), strings.Join(fixedPlaceholders, ", "))
			}
		}
	}
}

func (d *decoder) meant(name string, allowed []string) string {
	if d.mayCompare(len(allowed)) {
		if near := nearest(name, allowed); near != "" {
			return ": did you mean {" + near + "}?"
		}
	}
	return ":"
}
