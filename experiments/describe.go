package experiments

import (
	"math"
	"slices"
	"strings"
)

// An AxisDescription describes an axis to a user. The texts are Markdown, with code between
// backquotes.
type AxisDescription struct {
	Name    string
	Levels  string // the levels that the axis allows
	Default string
	Users   string // the operations, strategies and contents that use the axis
	Meaning string
}

// DescribeAxes describes the built-in axes, in order.
func (c *Catalogue) DescribeAxes() []AxisDescription {
	list := make([]AxisDescription, numAxes)
	for a := range numAxes {
		k := &gridKeys[a]
		list[a] = AxisDescription{k.name, c.typeOf(k.elem), k.defaultText(), c.usersOf(a), k.doc}
	}
	return list
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
	case a == Revision:
		return "commands with a `source`"
	case a == From:
		return "trees"
	case a == Files || a == Content || a == Seed:
		return "made content"
	case users == nil:
		return "all"
	}
	return code(users)
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
	switch {
	case f.alternative == nil:
	case f.alternative.keys != nil:
		text += ", or `" + f.alternative.example() + "`"
	default:
		text += ", or a " + c.typeOf(f.alternative)
	}
	return text
}

func (c *Catalogue) plainType(f *form) string {
	switch f.kind {
	case word:
		return code(f.words)
	case operationName:
		return code(c.operationNames()) + ", or a name under `operations`"
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
	case argv:
		return "text, or a list of texts"
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
	axisName: "axis", size: "size", path: "directory", interpreter: "program, `found`", revision: "git revision, `worktree`", line: "text on one line", prose: "text", scalar: "text", boolean: "`true`, `false`",
	duration: "duration", percent: "percentage", decimal: "number", printed: "number", printedSize: "size", mapping: "mapping", filter: "filter",
}

// code formats words as code.
func code(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }
