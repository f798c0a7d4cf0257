package experiments

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// A key is one key of a mapping in the experiment file. The parser, the JSON Schema and
// the tables of docs/experiment-file.md are made from the same keys.
type key struct {
	name string
	doc  string // what it means, in sentences that an editor shows
	form
	required bool
	// initial is the value that holds where the file has no such key, as YAML.
	defaultYAML string
	// without says in words what holds then, if no value can say it.
	defaultWords string
	// bare keys are called by their name alone in messages, without their path.
	shortLabel bool
}

// A form is what may stand in one place of the file.
type form struct {
	kind kind
	// min and max bound a number, the entries of a list or mapping, or, max alone, the
	// bytes of a text. A whole number without bounds is any.
	min, max int64
	// words are all values of the kind word, and those that may stand in place of a number.
	words []string
	// keys are those of a mapping.
	keys []key
	// names is what a text must match, or the names in a mapping if the file makes them
	// up; reserved are names that it cannot make up.
	names    *regexp.Regexp
	reserved []string
	// of is the form of the entries of a list or of a mapping from names.
	of *form
	// or is another form that may stand here instead.
	or *form
}

// kind is what a value looks like.
type kind int

const (
	anything      kind = iota
	word               // one of words
	axisName           // one of words, which are the axes
	operationName      // an operation of the catalogue
	strategyName       // a strategy of the catalogue, or a command
	whole              // a whole number, or one of words
	cpuCount           // a whole number, cpus or N*cpus
	size               // a number of bytes, with or without a unit
	path               // a path, in one line
	line               // printable text in one line
	prose              // any text, or what names matches
	scalar             // text, or what is written as a number and kept as it is written
	boolean            // true or false
	duration           // a time with its unit
	percent            // a percentage
	printed            // a number as it was printed
	levelList          // of: one, a list, or a range of numbers
	list               // of
	oneOrList          // of
	mapping            // keys, and of under any other name
	filter             // axes with their levels
)

// under is the form of what may stand under a name in a mapping; nil: nothing.
func (f *form) child(name string) *form {
	switch f.kind {
	case oneOrList:
		return f.of.child(name)
	case filter:
		return &customLevels
	}
	for i := range f.keys {
		if f.keys[i].name == name {
			return &f.keys[i].form
		}
	}
	return f.of
}

// example shows a mapping in messages: {min, max, ci}.
func (f *form) example() string { return "{" + strings.Join(keyNames(f.keys), ", ") + "}" }

func keyNames(keys []key) []string {
	return mapSlice(keys, func(k key) string { return k.name })
}

// keyNamed finds one of keys. That it is there is for the caller to know.
func keyNamed(keys []key, name string) *key {
	return &keys[slices.IndexFunc(keys, func(k key) bool { return k.name == name })]
}

// A section is a mapping of the file. Its methods read the value of a key by the form
// that the key has, or the key's initial value where the file has none.
type section struct {
	d      *decoder
	label  string // the mapping's own path; empty at the root
	keys   []key
	values map[string]*yaml.Node
	valid  bool // no key is unknown, and none is missing
}

// section looks up the keys of a mapping and reports those that are unknown or missing.
// Without a mapping every key has its initial value.
func (d *decoder) section(label string, n *yaml.Node, keys []key) *section {
	s := &section{d: d, label: label, keys: keys, valid: true, values: map[string]*yaml.Node{}}
	if n == nil {
		return s
	}
	if n.Kind != yaml.MappingNode {
		d.problem(n, "%s: expected a mapping, found %s", label, found(n))
		s.valid = false
		return s
	}
	names := keyNames(keys)
	for key, value := range pairs(n) {
		name := key.Value
		if !slices.Contains(names, name) {
			d.unknown(key, "key", name, names)
			s.valid = false
			continue
		}
		s.values[name] = value
		d.positions[join(label, name)] = d.at(key)
	}
	for i := range keys {
		if k := &keys[i]; k.required && s.values[k.name] == nil {
			d.problem(n, "%s is missing", join(label, k.name))
			s.valid = false
		}
	}
	return s
}

// node is what the file has under a key; nil: nothing.
func (s *section) node(name string) *yaml.Node { return s.values[name] }

func (s *section) has(name string) bool { return s.values[name] != nil }

// get returns the value of a key or else its initial value, nil if it has neither, and
// what messages call the key.
func (s *section) get(name string) (k *key, label string, n *yaml.Node) {
	k, label = keyNamed(s.keys, name), join(s.label, name)
	if k.shortLabel {
		label = name
	}
	n = s.values[name]
	if n == nil && k.defaultYAML != "" {
		n = defaultNode(k.defaultYAML)
	}
	return k, label, n
}

// initialNode reads the initial value of a key, which is known to be good.
func defaultNode(text string) *yaml.Node {
	n, err := readYAML([]byte(text))
	if err != nil {
		panic(err)
	}
	return n
}

// whole reads a whole number; 0 stands for one of the key's words.
func (s *section) whole(name string) int64 {
	k, label, n := s.get(name)
	if n == nil || slices.Contains(k.words, n.Value) {
		return 0
	}
	least, most := k.min, k.max
	if least == most {
		least, most = math.MinInt64, math.MaxInt64
	}
	words := k.words
	if k.or != nil {
		words = append(slices.Clone(words), k.or.example())
	}
	value, _ := s.d.integer(label, n, least, most, words...)
	return value
}

func (s *section) int(name string) int { return int(s.whole(name)) }

// word reads one of the words that a key allows; "" if it is none of them.
func (s *section) word(name string) string {
	k, label, n := s.get(name)
	if n == nil {
		return ""
	}
	allowed := k.words
	switch k.kind {
	case operationName:
		allowed = s.d.operations
	case boolean:
		allowed = []string{"true", "false"}
	}
	text, _ := s.d.word(label, n, allowed)
	return text
}

// line reads printable text in one line.
func (s *section) line(name string) string {
	k, label, n := s.get(name)
	if n == nil {
		return ""
	}
	text, _ := s.d.text(label, n, int(k.max))
	return text
}

func (s *section) duration(name string) time.Duration {
	_, label, n := s.get(name)
	if n == nil {
		return 0
	}
	return s.d.duration(label, n)
}

// percent reads a percentage that is allowed, as a part of 1.
func (s *section) percent(name, expected string, allowed func(percent float64) bool) float64 {
	_, label, n := s.get(name)
	if n == nil {
		return 0
	}
	return s.d.percent(label, n, expected, allowed)
}

// items are the entries of a list.
func (s *section) items(name string) []*yaml.Node {
	if _, _, n := s.get(name); n != nil {
		return items(n)
	}
	return nil
}
