package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Limits of a document. A yaml.v3 node takes about 200 bytes, and two bytes of source can
// create one. A megabyte of commas would therefore need a hundred times its size. Indicator
// characters are counted before the library reads the file. Nodes and their depth are
// counted after it has read the file.
const (
	MaxSource     = 1 << 20 // bytes in an experiment file
	maxIndicators = 1 << 16
	maxNodes      = 4 * maxIndicators // counted with every alias expanded
	maxDepth      = 32                // the format itself needs eight
)

// document reads the only YAML document of an experiment file and returns its mapping. It
// returns nil if there is no usable mapping.
func (d *decoder) document(source []byte) *yaml.Node {
	whole := Position{File: d.opt.File, Line: 1, Column: 1}
	if message := checkSource(source); message != "" {
		d.add(whole, "%s", message)
		return nil
	}
	root, err := readYAML(source)
	if err != nil {
		at, message := d.syntaxError(err, source)
		d.add(at, "%s", message)
		return nil
	}
	if root == nil {
		d.add(whole, "the file is empty: expected a mapping with name, workload and grid; `iosweep init` creates one")
		return nil
	}
	if !d.checkStructure(root) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		d.problem(root, "expected a mapping with name, workload and grid, found %s", found(root))
		return nil
	}
	return root
}

// checkSource returns the reason why source must not be passed to the YAML library, or "" if
// it may.
func checkSource(source []byte) string {
	if len(source) > MaxSource {
		return fmt.Sprintf("the file has %s bytes, more than %s", thousands(int64(len(source))), thousands(MaxSource))
	}
	if !utf8.Valid(source) {
		line, column := firstInvalid(source)
		return fmt.Sprintf("the file is not UTF-8: the first invalid byte is on line %d, column %d", line, column)
	}
	if countIndicators(source) > maxIndicators {
		return fmt.Sprintf("the file has more than %s indicator characters (, : - [ { ? #)", thousands(maxIndicators))
	}
	return ""
}

// countIndicators counts the indicator characters that may make the library allocate a node or
// keep a comment. The count may be too high, for example for characters in quoted text, but
// never too low.
func countIndicators(source []byte) int {
	count := 0
	for i, c := range source {
		switch c {
		case ',', ':', '[', '{', '?':
			count++
		case '-':
			if i+1 == len(source) || isBlank(source[i+1]) {
				count++
			}
		case '#':
			if i == 0 || isBlank(source[i-1]) {
				count++
			}
		}
	}
	return count
}

// isBlank reports whether c may be white space. It accepts every byte above ASCII, because
// such a byte may be part of a Unicode line break.
func isBlank(c byte) bool { return c <= ' ' || c >= 0x80 }

func firstInvalid(source []byte) (line, column int) {
	i := 0
	for i < len(source) {
		r, n := utf8.DecodeRune(source[i:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		i += n
	}
	before := source[:i]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// secondDocumentError is the error of a stream with more than one document. yaml.v3 would
// silently read only the first.
type secondDocumentError struct{ line int }

func (e secondDocumentError) Error() string {
	return fmt.Sprintf("a second document at line %d", e.line)
}

// readYAML returns the root of the only document, or nil for an empty stream.
func readYAML(source []byte) (root *yaml.Node, err error) {
	// The library turns its expected failures into errors. Any other panic is a bug in
	// the library, and no file may crash the program.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("the YAML library failed on this file: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(source))
	var first, second yaml.Node
	if err := dec.Decode(&first); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, err
	}
	if err := dec.Decode(&second); err == nil {
		return nil, secondDocumentError{second.Line}
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return first.Content[0], nil
}

var libraryError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxError returns the position and the message for an error of the YAML library. The
// library reports no column, and some of its errors name the line before the actual one.
func (d *decoder) syntaxError(err error, source []byte) (Position, string) {
	at := Position{File: d.opt.File, Line: 1, Column: 1}
	var second secondDocumentError
	if errors.As(err, &second) {
		at.Line = second.line
		return at, "a second document begins here: an experiment file must contain exactly one document"
	}
	text := err.Error()
	if m := libraryError.FindStringSubmatch(text); m != nil {
		if line, err := strconv.Atoi(m[1]); err == nil {
			at.Line = line
		}
		text = text[len(m[0]):]
	}
	if line, column := indentingTab(source, at.Line); line > 0 {
		at.Line, at.Column = line, column
		return at, "a tab indents this line, but YAML allows only spaces there: replace the tab with spaces"
	}
	return at, "invalid YAML on this line or the next: " + text + unquotedPlaceholder(source, at.Line)
}

// indentingTab returns the position of a tab that indents this line or the next. The line is 0
// if there is no such tab.
func indentingTab(source []byte, from int) (line, column int) {
	lines := bytes.Split(source, []byte("\n"))
	for line := from; line <= min(from+1, len(lines)); line++ {
		text := lines[line-1]
		indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
		if tab := bytes.IndexByte(indent, '\t'); tab >= 0 && len(indent) < len(text) {
			return line, tab + 1
		}
	}
	return 0, 0
}

// placeholderText matches text without quotes that begins with a placeholder, such as
// {input}/., which is always a syntax error.
var placeholderText = regexp.MustCompile(`(?:^|[\s,\[])(\{[A-Za-z_][A-Za-z0-9_]*\}[^\s,\[\]{}'"]+)`)

// unquotedPlaceholder returns advice about the first text without quotes that begins with a
// placeholder, from this line on. It returns "" if there is none.
func unquotedPlaceholder(source []byte, from int) string {
	for i, line := range bytes.Split(source, []byte("\n")) {
		if m := placeholderText.FindSubmatch(line); m != nil && i+1 >= from {
			text := clip(string(m[1]))
			return fmt.Sprintf("; on line %d, put %s in quotes: \"%s\"", i+1, text, text)
		}
	}
	return ""
}

// checkStructure checks the rules for all nodes: limited depth and number, no alias inside its own
// anchor, no tag, no merge key, no duplicate key. It removes key-value pairs that break a
// rule, and replaces aliases by the nodes that they refer to. A later walk therefore meets
// each key once and no alias. checkStructure returns false if the tree must not be walked.
func (d *decoder) checkStructure(root *yaml.Node) bool {
	c := nodeCheck{d: d, path: map[*yaml.Node]bool{}}
	c.visit(root, 0)
	return !c.fatal
}

type nodeCheck struct {
	d     *decoder
	nodes int
	fatal bool
	path  map[*yaml.Node]bool // the nodes on the path from the root
}

// visit counts a node once for each alias that refers to it. This limits an alias bomb: the
// limit inside yaml.v3 does not apply to code that follows Node.Alias.
func (c *nodeCheck) visit(n *yaml.Node, depth int) {
	if c.fatal {
		return
	}
	c.nodes++
	switch {
	case c.nodes > maxNodes:
		c.stop(n, "the file has more than "+thousands(maxNodes)+" values, counted with every alias expanded")
	case depth > maxDepth:
		c.stop(n, "more than "+thousands(maxDepth)+" levels of nesting")
	default:
		c.check(n, depth)
	}
}

func (c *nodeCheck) stop(n *yaml.Node, message string) {
	c.fatal = true
	c.d.problem(n, "%s", message)
}

func (c *nodeCheck) check(n *yaml.Node, depth int) {
	if n.Style&yaml.TaggedStyle != 0 {
		c.d.problem(n, "the tag %s is not supported: remove it", clip(n.Tag))
	}
	c.path[n] = true
	defer delete(c.path, n)
	if n.Kind == yaml.MappingNode {
		c.removeInvalidKeys(n)
	}
	for i, child := range n.Content {
		if child.Kind == yaml.AliasNode {
			if c.path[child.Alias] {
				c.stop(child, "the alias *"+clip(child.Value)+" refers to a node that contains it")
				return
			}
			n.Content[i] = child.Alias
		}
		c.visit(n.Content[i], depth+1)
	}
}

// removeInvalidKeys removes the pairs of a mapping whose key is not a plain name or occurs again.
func (c *nodeCheck) removeInvalidKeys(n *yaml.Node) {
	first := map[string]*yaml.Node{}
	var kept []*yaml.Node
	for key, value := range pairs(n) {
		k := key
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		switch {
		case k.Kind != yaml.ScalarNode:
			c.d.problem(key, "a key must be a name, found %s", found(k))
		case k.Tag == "!!merge":
			c.d.problem(key, "merge keys (<<) are not supported, because they hide the origin of a value: repeat the keys")
		case first[k.Value] != nil:
			c.d.problem(key, "key %s is already set on line %d", quote(k.Value), first[k.Value].Line)
		default:
			first[k.Value] = key
			kept = append(kept, key, value)
		}
	}
	if len(kept) < len(n.Content) {
		n.Content = slices.Clip(kept)
	}
}
