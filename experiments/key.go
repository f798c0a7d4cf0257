package experiments

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// A key describes one key of a mapping in the experiment file. The parser, the JSON Schema and
// the tables of docs/experiment-file.md use the same keys.
type key struct {
	name string
	doc  string // description in sentences, as shown by an editor
	form
	required bool
	// defaultYAML is the value, as YAML, that applies where the file does not have the key.
	defaultYAML string
	// defaultWords describes the default if no value can express it.
	defaultWords string
	// examples are values, as YAML. A key with words or a boolean has them as its examples.
	examples []string
	// shortLabel makes messages call the key by its name, without its path.
	shortLabel bool
}

// A form describes the values allowed in one place of the file.
type form struct {
	kind kind
	// min and max limit a number or the length of a list or mapping. max alone limits the
	// bytes of a text. A whole number without limits may have any value.
	min, max int64
	// words are all values of the kind word, or words that may replace a number.
	words []string
	// keys are the keys of a mapping, or the keys of a filter that are not axes.
	keys []key
	// pattern matches the valid texts or, for a mapping whose keys are names that the file
	// chooses, the valid names. reserved are names that the file must not choose.
	pattern  func() *regexp.Regexp
	reserved []string
	// elem is the form of the elements of a list, or of the values in a mapping whose keys are
	// names that the file chooses.
	elem *form
	// alternative is another form that a value may have.
	alternative *form

	// The JSON Schema alone uses these fields. aboveZero excludes zero. rules are conditions on
	// several keys of a mapping. A form with a definition is written once, under this name.
	// In a combined mapping several keys may be joined, as in workers+chunk_size.
	aboveZero  bool
	rules      []*schema
	definition string
	combined   bool
}

// A kind is the type of a value in the file.
type kind int

const (
	customLevel   kind = iota // a level of a custom axis
	word                      // one of words
	axisName                  // one of words, which are the names of axes
	operationName             // an operation of the catalogue
	strategyName              // a strategy of the catalogue, or a command
	whole                     // a whole number, or one of words
	cpuCount                  // a whole number, cpus or N*cpus
	size                      // a number of bytes, with or without a unit
	path                      // a path on one line
	interpreter               // a program in PATH or its path, or found
	revision                  // a revision of a git repository, or worktree
	line                      // printable text on one line
	prose                     // any text, or text that matches pattern
	scalar                    // text; a number is kept as it is written
	boolean                   // true or false
	duration                  // a duration with a unit
	percent                   // a percentage
	decimal                   // a number above 0 with decimals
	printed                   // a number with its printed digits
	printedSize               // a number of bytes with its printed digits and a decimal unit
	levelList                 // one level of the form elem, a list of levels, or a range of numbers
	list                      // a list of elements of the form elem
	argv                      // a list of texts, or one text that is split into them
	oneOrList                 // one element of the form elem, or a list of elements
	mapping                   // a mapping with keys; the values of other names have the form elem
	filter                    // axes with their levels
	profile                   // changes to the file
)

// child returns the form of the value under a name in a mapping; nil: none is allowed.
func (f *form) child(name string) *form {
	if f.kind == oneOrList {
		return f.elem.child(name)
	}
	for i := range f.keys {
		if f.keys[i].name == name {
			return &f.keys[i].form
		}
	}
	if f.kind == filter {
		return &customLevels
	}
	return f.elem
}

// example returns a mapping for messages, such as {min, max, ci}.
func (f *form) example() string { return "{" + strings.Join(keyNames(f.keys), ", ") + "}" }

func keyNames(keys []key) []string {
	return mapSlice(keys, func(k key) string { return k.name })
}

// keyNamed returns the key with the given name. The caller ensures that it exists.
func keyNamed(keys []key, name string) *key {
	return &keys[slices.IndexFunc(keys, func(k key) bool { return k.name == name })]
}

// A section is a mapping of the file. Its methods read the value of a key according to its
// form, or its default if the file does not have the key.
type section struct {
	d      *decoder
	label  string // path of the mapping; empty at the root
	keys   []key
	values map[string]*yaml.Node
	valid  bool // no key is unknown and none is missing
}

// section looks up the keys of a mapping and reports unknown and missing ones. If n is nil,
// every key has its default.
func (d *decoder) section(label string, n *yaml.Node, keys []key) *section {
	s := &section{d: d, label: label, keys: keys, valid: true, values: map[string]*yaml.Node{}}
	if n == nil {
		return s
	}
	if n.Kind != yaml.MappingNode {
		d.problem(n, "%s: expected a mapping, found %s%s", label, found(n), mappingHint(label, n))
		s.valid = false
		return s
	}
	names := keyNames(keys)
	for key, value := range pairs(n) {
		name := key.Value
		if !slices.Contains(names, name) {
			d.unknownKey(key, "key", label, value, names)
			s.valid = false
			continue
		}
		s.values[name] = value
		d.positions[join(label, name)] = d.at(key)
	}
	for i := range keys {
		if k := &keys[i]; k.required && s.values[k.name] == nil {
			d.missing(n, join(label, k.name))
			s.valid = false
		}
	}
	return s
}

// missingExamples are lines for a file without a required key.
var missingExamples = map[string]string{
	"name": "name: my-experiment",
	"grid": "grid:\n  - {operation: copy, strategy: [sequential, threads], workers: [1, 2, 4]}",
	// The key of an operation of the file has a path with the name of the operation.
	"verify": "verify:\n  - {files: \"*.gz\", count: \"{files}\"}  # the files that a trial must make\nor, to check nothing but the exit code:\n\nverify: none",
}

// missing reports that a mapping does not have a required key.
func (d *decoder) missing(n *yaml.Node, path string) {
	example := missingExamples[path]
	if strings.HasPrefix(path, "operations.") {
		example = missingExamples[path[strings.LastIndexByte(path, '.')+1:]]
	}
	if example == "" || d.full() {
		d.problem(n, "%s is missing", path)
		return
	}
	d.problem(n, "%s is missing: add it, for example", path)
	d.problems[len(d.problems)-1].Example = example
}

// node returns the value of a key in the file; nil: none.
func (s *section) node(name string) *yaml.Node { return s.values[name] }

func (s *section) has(name string) bool { return s.values[name] != nil }

// get returns the key, its label for messages, and its value or default. The value is nil if
// there is neither.
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

// defaultNode parses the default of a key, which is always valid.
func defaultNode(text string) *yaml.Node {
	n, err := readYAML([]byte(text))
	if err != nil {
		panic(err)
	}
	return n
}

// whole reads a whole number. It returns 0 for one of the words of the key.
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
	if k.alternative != nil {
		words = append(slices.Clone(words), k.alternative.example())
	}
	value, _ := s.d.integer(label, n, least, most, words...)
	return value
}

func (s *section) int(name string) int { return int(s.whole(name)) }

// word reads one of the words that a key allows. It returns "" for any other value.
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

// line reads one line of printable text.
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

// percent reads a percentage that allowed accepts, as a fraction of 1.
func (s *section) percent(name, expected string, allowed func(percent float64) bool) float64 {
	_, label, n := s.get(name)
	if n == nil {
		return 0
	}
	return s.d.percent(label, n, expected, allowed)
}

// items returns the elements of a list.
func (s *section) items(name string) []*yaml.Node {
	if _, _, n := s.get(name); n != nil {
		return items(n)
	}
	return nil
}
