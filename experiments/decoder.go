package experiments

import (
	"iter"
	"math"
	"slices"

	"gopkg.in/yaml.v3"
)

// A decoder walks the nodes of an experiment file and collects problems.
//
// It does not use the decoder of yaml.v3, for four reasons. The errors of that decoder have
// no column. Its check for unknown keys does not apply inside an UnmarshalYAML method that
// calls Decode. It drops null from lists. It reads 010 as 8.
type decoder struct {
	opt       Options
	source    []byte
	problems  Problems
	warnings  Problems
	positions map[string]Position

	// overrides maps the nodes that come from an override to the text of that override.
	overrides map[*yaml.Node]string
	// originals maps the nodes that were copied for aliases to the nodes of the anchors.
	originals map[*yaml.Node]*yaml.Node
	// inAlias maps the problems in such copies to the positions in their anchors.
	inAlias map[Problem]Position
	// levelCount is the number of levels in all grid blocks. It is known before the levels are
	// created.
	levelCount int64
	// comparisons counts the names that were compared to find similar ones.
	comparisons int
	lines       [][]byte // of the source; nil: not split yet
	operations  []string
	strategies  []string // the strategies of the catalogue, then the commands
	noCommands  bool     // the commands have no names, so a strategy may be any of them
	// refusedNames are the names of commands that are not valid.
	refusedNames map[string]bool
	// pythons are the interpreters of opt.Interpreters, once they were searched.
	pythons  []string
	searched bool
	// pythonLevels are the levels of the axis python in all grid blocks and filters.
	pythonLevels map[string]bool
	// manyLevels is set while a value is read that may be a list.
	manyLevels bool
	// fromOverride contains the trees that an override names.
	fromOverride map[string]bool
	// writtenWorkload is the workload before profile and overrides; nil: none.
	writtenWorkload *yaml.Node
}

// maxProblems limits the length of a report. A longer list helps no reader, and a hostile
// file may have tens of thousands of problems.
const maxProblems = 1000

func newDecoder(source []byte, opt Options) *decoder {
	opt.CPUs = max(opt.CPUs, 1)
	if opt.MaxCells <= 0 {
		opt.MaxCells = DefaultMaxCells
	}
	opt.MaxCells = min(opt.MaxCells, math.MaxInt32)
	if opt.MaxTrials <= 0 {
		opt.MaxTrials = DefaultMaxTrials
	}
	return &decoder{
		opt:          opt,
		source:       source,
		positions:    map[string]Position{},
		overrides:    map[*yaml.Node]string{},
		originals:    map[*yaml.Node]*yaml.Node{},
		inAlias:      map[Problem]Position{},
		operations:   opt.Catalogue.operationNames(),
		strategies:   opt.Catalogue.strategyNames(),
		fromOverride: map[string]bool{},
		pythonLevels: map[string]bool{},
	}
}

// at returns the position of a node.
func (d *decoder) at(n *yaml.Node) Position {
	if override, ok := d.overrides[n]; ok {
		return Position{File: override}
	}
	return Position{File: d.opt.File, Line: n.Line, Column: n.Column}
}

func (d *decoder) problem(n *yaml.Node, format string, args ...any) {
	d.add(d.at(n), format, args...)
	original := d.originals[n]
	for d.originals[original] != nil {
		original = d.originals[original]
	}
	if original != nil {
		d.inAlias[d.problems[len(d.problems)-1]] = d.at(original)
	}
}

// list returns the problems, sorted. A problem in a node that also has it at its anchor is not
// repeated for every alias.
func (d *decoder) list() Problems {
	known := map[Problem]bool{}
	for _, p := range d.problems {
		known[p] = true
	}
	return sorted(slices.DeleteFunc(d.problems, func(p Problem) bool {
		anchor, ok := d.inAlias[p]
		p.At = anchor
		return ok && known[p]
	}))
}

func (d *decoder) add(at Position, format string, args ...any) {
	switch len(d.problems) {
	case maxProblems: // full
	case maxProblems - 1:
		d.problems = append(d.problems, problemf(at, "more than %s problems: fix these first", thousands(maxProblems)))
	default:
		d.problems = append(d.problems, problemf(at, format, args...))
	}
}

// full reports whether the list of problems is full. The caller can then skip further checks.
func (d *decoder) full() bool { return len(d.problems) >= maxProblems }

func (d *decoder) warn(at Position, format string, args ...any) {
	if len(d.warnings) == maxProblems {
		return // aliases may cause the same line to be read ten thousand times
	}
	d.warnings = append(d.warnings, problemf(at, format, args...))
}

func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

// pairs returns an iterator over the keys and values of a mapping.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// isDefinitions reports whether n, the value of a key such as commands, is a mapping with at most this
// number of names. Otherwise it adds a problem, which shows an example.
func (d *decoder) isDefinitions(key string, n *yaml.Node, most int, example string) bool {
	switch {
	case n.Kind != yaml.MappingNode:
		hint := indentHint
		if !isNull(n) {
			hint = ": write each name as a key, as in " + example
		}
		d.problem(n, "%s: expected a mapping from names to %s, found %s%s", key, key, found(n), hint)
		return false
	case len(n.Content)/2 > most:
		d.problem(n, "%s: %s %s, more than %s", key, thousands(int64(len(n.Content)/2)), key, thousands(int64(most)))
		return false
	}
	return true
}

// items returns the elements of a list. For any other node it returns a list of that node.
func items(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}
