package experiments

import (
	"iter"
	"math"
	"slices"

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
	// levels counts those of all grid blocks, before they are made.
	levels int64
	// compared counts the names that were looked at for near misses.
	compared int
	// lines are where the lines of the source begin; nil: not known yet.
	lines []int32
	// known lists the levels of operation and strategy.
	known [2][]string
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
	d := &decoder{
		opt:          opt,
		source:       source,
		positions:    map[string]Position{},
		overrides:    map[*yaml.Node]string{},
		fromOverride: map[string]bool{},
	}
	for _, op := range opt.Catalogue.Operations {
		d.known[Operation] = append(d.known[Operation], op.Name)
	}
	for _, s := range opt.Catalogue.Strategies {
		d.known[Strategy] = append(d.known[Strategy], s.Name)
	}
	return d
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

// refusal is all problems in the order in which people read them.
func (d *decoder) refusal() error {
	return sorted(d.problems)
}

// A field is a key that a mapping may have.
type field struct {
	name     string
	required bool
	read     func(value *yaml.Node)
}

// mapping hands the value of every key to its field and says which keys are
// unknown, which are missing; it returns whether there are none of either. where
// is the mapping's own path; empty at the root.
func (d *decoder) mapping(where string, n *yaml.Node, fields ...field) bool {
	n = deref(n)
	if n.Kind != yaml.MappingNode {
		d.problem(n, "%s: expected a mapping, found %s", where, found(n))
		return false
	}
	fine := true
	seen := map[string]bool{}
	names := fieldNames(fields)
	for key, value := range pairs(n) {
		name := deref(key).Value
		i := slices.Index(names, name)
		if i < 0 {
			d.unknown(key, "key", name, names)
			fine = false
			continue
		}
		seen[name] = true
		d.positions[join(where, name)] = d.at(key)
		fields[i].read(value)
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			d.problem(n, "%s is missing", join(where, f.name))
			fine = false
		}
	}
	return fine
}

func fieldNames(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
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

// deref is the node that an alias stands for. structure has seen to it that
// there is an end.
func deref(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// items are the nodes of a list; a node that is no list is a list of one.
func items(n *yaml.Node) []*yaml.Node {
	n = deref(n)
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}
