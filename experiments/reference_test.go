package experiments

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Reference returns the tables of docs/experiment-file.md in Markdown, by name: "file",
// "workload", "axes", "range", "commands" and "published".
func Reference(c Catalogue) map[string]string {
	return map[string]string{
		"file":      c.keyTable(fileKeys, "trials", "reports"),
		"workload":  c.keyTable(workloadKeys),
		"axes":      c.axisTable(),
		"range":     c.keyTable(rangeKeys(form{kind: whole})),
		"commands":  c.keyTable(commandKeys, "expect"),
		"published": c.keyTable(publishedKeys, "machine", "rows"),
	}
}

// keyTable returns a table with a row for each key. The rows of the keys inside follow if the
// key is in opened.
func (c *Catalogue) keyTable(keys []key, opened ...string) string {
	var b strings.Builder
	b.WriteString("| key | type | default | meaning |\n| --- | --- | --- | --- |\n")
	var rows func(path string, keys []key)
	rows = func(path string, keys []key) {
		for i := range keys {
			k := &keys[i]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", join(path, k.name), c.typeOf(&k.form), k.defaultText(), k.doc)
			if path != "" || slices.Contains(opened, k.name) {
				rows(join(path, k.name), k.inner())
			}
		}
	}
	rows("", keys)
	return b.String()
}

func (c *Catalogue) axisTable() string {
	var b strings.Builder
	b.WriteString("| axis | levels | default | used by | meaning |\n| --- | --- | --- | --- | --- |\n")
	for a := range numAxes {
		k := &gridKeys[a]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.name, c.typeOf(k.elem), k.defaultText(), c.usersOf(a), k.doc)
	}
	return b.String()
}

// usersOf lists the operations, strategies and contents that use an axis.
func (c *Catalogue) usersOf(a Axis) string {
	var users []string
	for _, op := range c.Operations {
		if slices.Contains(op.Axes, a) {
			users = append(users, op.Name)
		}
	}
	for _, s := range c.Strategies {
		if slices.Contains(s.Axes, a) && a != Sink { // for Sink only the operations count
			users = append(users, s.Name)
		}
	}
	for _, content := range axes[Content].words {
		if workloadAxes(content).has(a) {
			users = append(users, content)
		}
	}
	switch {
	case a == Python:
		return "commands with `{python}`"
	case a == From:
		return "trees"
	case a == Files || a == Content || a == Seed:
		return "made content"
	case users == nil:
		return "all"
	}
	return code(users)
}

// inner returns the keys inside a form.
func (f *form) inner() []key {
	for f != nil && f.keys == nil {
		if f.alternative != nil {
			f = f.alternative
		} else {
			f = f.elem
		}
	}
	if f == nil {
		return nil
	}
	return f.keys
}

func (k *key) defaultText() string {
	switch {
	case k.required:
		return "required"
	case k.defaultYAML != "":
		return "`" + k.defaultYAML + "`"
	}
	return k.defaultWords
}

// typeOf describes the allowed values of a form.
func (c *Catalogue) typeOf(f *form) string {
	text := c.plainType(f)
	if f.alternative != nil {
		text += ", or `" + f.alternative.example() + "`"
	}
	return text
}

func (c *Catalogue) plainType(f *form) string {
	switch f.kind {
	case word:
		return code(f.words)
	case operationName:
		return code(c.operationNames())
	case strategyName:
		return "a strategy, or a name under `commands`"
	case whole, cpuCount:
		text := "whole number"
		switch {
		case f.min == f.max || f.min == math.MinInt64:
		case f.max == math.MaxInt64:
			text += " from " + thousands(f.min)
		default:
			text = thousands(f.min) + " to " + thousands(f.max)
		}
		words := f.words
		if f.kind == cpuCount {
			words = cpuWords
		}
		if len(words) > 0 {
			text += ", " + code(words)
		}
		return text
	case list:
		return "list of " + c.several(f)
	case oneOrList:
		if f.elem.kind == word {
			return c.typeOf(f.elem) + ", or a list of them"
		}
		return c.typeOf(f.elem) + ", or a list of " + c.several(f)
	case mapping:
		if f.max > 0 {
			return "mapping of at most " + thousands(f.max)
		}
	}
	return kindNames[f.kind]
}

// several describes the elements of a list and their maximum number.
func (c *Catalogue) several(f *form) string {
	text := c.typeOf(f.elem) + "s"
	if f.max > 0 {
		text = "at most " + thousands(f.max) + " " + text
	}
	return text
}

// kindNames describes the kinds that have no further details.
var kindNames = map[kind]string{
	axisName: "axis", size: "size", path: "directory", interpreter: "program, `found`", line: "text on one line", prose: "text", scalar: "text", boolean: "`true`, `false`",
	duration: "duration", percent: "percentage", printed: "number", printedSize: "size", mapping: "mapping", filter: "filter",
}

// code formats words as code.
func code(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }
