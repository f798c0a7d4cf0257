package experiments

import (
	"iter"
	"math"

	"gopkg.in/yaml.v3"
)

// A decoder walks the nodes of an experiment file and collects what is wrong.
//
// It is written by hand because yaml.v3's own decoding cannot give what people
// need of it: its errors have no column, its check for unknown keys is lost
// inside any UnmarshalYAML that decodes further, null vanishes from lists, 010
// is 8.
type decoder struct {
	opt       Options
	source    []byte
	problems  Problems
	warnings  Problems
	positions map[string]Position

	// overrides says which nodes an override brought, and which one.
	overrides map[*yaml.Node]string
	// counted is how many levels all grid blocks have, before they are made.
	levelCount int64
	// compared counts the names that were looked at for near misses.
	comparisons int
	lines       [][]byte // of the source; nil: not split yet
	operations  []string
	strategies  []string // those of the catalogue, then the commands
	// fromOverride holds the trees that an override names.
	fromOverride map[string]bool
}

// maxProblems bounds a report: nobody reads more, and a hostile file may have
// tens of thousands.
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
		operations:   opt.Catalogue.operationNames(),
		strategies:   opt.Catalogue.strategyNames(),
		fromOverride: map[string]bool{},
	}
}

// at is where a node stands.
func (d *decoder) at(n *yaml.Node) Position {
	if override, ok := d.overrides[n]; ok {
		return Position{File: override}
	}
	return Position{File: d.opt.File, Line: n.Line, Column: n.Column}
}

func (d *decoder) problem(n *yaml.Node, format string, args ...any) {
	d.add(d.at(n), format, args...)
}

func (d *decoder) add(at Position, format string, args ...any) {
	switch len(d.problems) {
	case maxProblems: // full
	case maxProblems - 1:
		d.problems = append(d.problems, problemf(at, "there are more problems than these %s: mend them first", thousands(maxProblems)))
	default:
		d.problems = append(d.problems, problemf(at, format, args...))
	}
}

// full says that a further problem would not be kept, so that it need not be
// looked for.
func (d *decoder) full() bool { return len(d.problems) >= maxProblems }

func (d *decoder) warn(at Position, format string, args ...any) {
	if len(d.warnings) == maxProblems {
		return // the same line may be read ten thousand times, by aliases
	}
	d.warnings = append(d.warnings, problemf(at, format, args...))
}

func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

// pairs are the keys and values of a mapping.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// items are the nodes of a list; a node that is no list is a list of one.
func items(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}
