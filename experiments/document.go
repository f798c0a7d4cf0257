package experiments

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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
	at := Position{File: d.opt.File}
	var message string
	if at.Line, at.Column, message = checkSource(source); message != "" {
		d.add(at, "%s", message)
		return nil
	}
	root, err := readYAML(source)
	at.Line, at.Column = 1, 1
	var second secondDocumentError
	switch {
	case errors.As(err, &second):
		at.Line = second.line
		d.add(at, secondDocument)
		return nil
	case err != nil:
		d.syntaxError(err, source)
		return nil
	case root == nil || isNull(root):
		d.add(at, "the file is empty: expected a mapping with name, workload and grid; `iosweep init` creates one")
		return nil
	}
	if line, reason := unknownDirective(source); reason != "" {
		at.Line = line
		d.add(at, "%s", reason)
	}
	if !d.checkStructure(root, source) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		d.problem(root, "expected a mapping with name, workload and grid, found %s%s", found(root), rootHint(root))
		return nil
	}
	return root
}

// rootHint returns advice about a document that is not a mapping, or "".
func rootHint(root *yaml.Node) string {
	if root.Kind == yaml.SequenceNode {
		return ": write the keys at the beginning of lines, without dashes and brackets"
	}
	if name, value, ok := strings.Cut(root.Value, ":"); ok && plainWord().MatchString(name) {
		return fmt.Sprintf(": write a space after the colon: %s: %s", clip(name), clip(value))
	}
	return ": write each key with a colon and a space"
}

// checkSource returns the reason why source must not be passed to the YAML library, or "" if
// it may.
func checkSource(source []byte) (line, column int, reason string) {
	switch {
	case len(source) > MaxSource:
		reason = fmt.Sprintf("the file has %s bytes, more than %s", thousands(int64(len(source))), thousands(MaxSource))
	case isUTF16(source):
		reason = "the file is UTF-16, as Windows PowerShell writes it: save it as UTF-8"
	case countIndicators(source) > maxIndicators:
		reason = fmt.Sprintf("the file has more than %s indicator characters (, : - [ { ? #)", thousands(maxIndicators))
	default:
		return firstForbidden(source)
	}
	return 1, 1, reason
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

// checkStructure checks the rules for all nodes: limited depth and number, no alias inside its own
// anchor, no tag, no merge key, no duplicate key. It removes key-value pairs that break a
// rule, and replaces aliases by copies of the nodes that they refer to. A later walk therefore
// meets each key once and no alias. checkStructure returns false if the tree must not be walked.
func (d *decoder) checkStructure(root *yaml.Node, source []byte) bool {
	c := nodeCheck{d: d, source: source, path: map[*yaml.Node]bool{}}
	if bytes.IndexByte(source, '!') >= 0 {
		c.tags = &cursor{rest: source, line: 1, column: 1}
	}
	c.visit(root, 0)
	return !c.fatal
}

type nodeCheck struct {
	d       *decoder
	source  []byte
	lines   [][]byte // of source; nil: not split yet
	nodes   int
	fatal   bool
	path    map[*yaml.Node]bool // the nodes on the path from the root
	copies  int                 // nodes copied for aliases
	inAlias int                 // aliases on the path from the root
	tags    *cursor             // nil: the source has no tag
}

// maxCopies limits the nodes that are copied for aliases. A copy has the position of the alias.
// Beyond the limit, a problem has the position of the anchor.
const maxCopies = 10_000

// copyOf returns a copy of the node that an alias refers to, with the position of the alias.
func (c *nodeCheck) copyOf(n, alias *yaml.Node) *yaml.Node {
	if c.copies++; c.copies > maxCopies {
		return n
	}
	own := *n
	own.Line, own.Column = alias.Line, alias.Column
	c.d.originals[&own] = n
	if from, ok := c.d.overrides[n]; ok {
		c.d.overrides[&own] = from
	}
	own.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		own.Content[i] = c.copyOf(child, alias)
	}
	return &own
}

// A cursor finds places in a source. Places in ascending order take linear time.
type cursor struct {
	rest         []byte // the source from the place on
	line, column int
}

// seek moves to a place that is not before the current one.
func (c *cursor) seek(line, column int) {
	for more := true; c.line < line && more; c.line++ {
		_, c.rest, more = cutLine(c.rest)
		c.column = 1
	}
	for ; c.column < column && len(c.rest) > 0; c.column++ {
		_, size := utf8.DecodeRune(c.rest)
		c.rest = c.rest[size:]
	}
}

// after returns the text after a scalar without quotes, on its line.
func (c *cursor) after(n *yaml.Node) []byte {
	c.seek(1, n.Column)
	return bytes.TrimPrefix(c.rest, []byte(n.Value))
}

// tagOf returns the tag of a node, or "". A node begins at its tag or anchor. The library
// removes the tag ! without a name, so the source is searched for it.
func (c *nodeCheck) tagOf(n *yaml.Node) string {
	if n.Style&yaml.TaggedStyle != 0 {
		return n.Tag
	}
	if c.tags == nil || c.inAlias > 0 {
		return "" // a node of an alias was checked at its anchor
	}
	c.tags.seek(n.Line, n.Column)
	rest := c.tags.rest
	if after, ok := bytes.CutPrefix(rest, []byte("&"+n.Anchor)); ok && n.Anchor != "" {
		rest = bytes.TrimLeft(after, " \t\r\n")
	}
	if bytes.HasPrefix(rest, []byte("!")) {
		return "!"
	}
	return ""
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
	if tag := c.tagOf(n); tag != "" {
		c.d.problem(n, "the tag %s is not supported: remove it", clip(tag))
	}
	c.path[n] = true
	defer delete(c.path, n)
	if n.Kind == yaml.MappingNode {
		c.removeInvalidKeys(n)
		if n.Style&yaml.FlowStyle != 0 && c.inAlias == 0 {
			c.removeBareKeys(n)
		}
	}
	for i, child := range n.Content {
		if child.Kind != yaml.AliasNode {
			c.visit(child, depth+1)
			continue
		}
		if c.path[child.Alias] {
			c.stop(child, "the alias *"+clip(child.Value)+" refers to a node that contains it")
			return
		}
		n.Content[i] = c.copyOf(child.Alias, child)
		c.inAlias++
		c.visit(n.Content[i], depth+1)
		c.inAlias--
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
			c.d.problem(key, "key %s is already set on line %d: keep one of them", quote(k.Value), first[k.Value].Line)
		default:
			first[k.Value] = key
			kept = append(kept, key, value)
		}
	}
	if len(kept) < len(n.Content) {
		n.Content = slices.Clip(kept)
	}
}

// removeBareKeys removes the keys without a colon that follow the value of another key, as in
// {workers: 1, 2, 4}. They are parts of a value that contains commas.
func (c *nodeCheck) removeBareKeys(n *yaml.Node) {
	kept := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		kept = append(kept, n.Content[i], n.Content[i+1])
		value := n.Content[i+1]
		if value.Kind != yaml.ScalarNode || isNull(value) {
			continue
		}
		parts := []string{value.Value}
		for ; i+3 < len(n.Content) && c.isBare(n.Content[i+2], n.Content[i+3]); i += 2 {
			parts = append(parts, n.Content[i+2].Value)
		}
		if len(parts) > 1 {
			key, first := kept[len(kept)-2].Value, n.Content[i+4-2*len(parts)]
			c.d.problem(first, "found %s without a colon: a comma ends a value%s", quote(first.Value), commaHint(key, parts))
		}
	}
	n.Content = kept
}

// isBare reports whether a key has no colon after it.
func (c *nodeCheck) isBare(key, value *yaml.Node) bool {
	if key.Kind != yaml.ScalarNode || key.Style != 0 || key.Anchor != "" || !isNull(value) || value.Value != "" {
		return false
	}
	if confusableIn(key.Value) != 0 || keySpelling(key.Value) != "" {
		return false // unknownKey knows the mistake
	}
	if c.lines == nil {
		c.lines = linesOf(c.source)
	}
	const longest = 4096 // longer lines would take time
	if key.Line > len(c.lines) || len(c.lines[key.Line-1]) > longest {
		return false
	}
	rest := (&cursor{rest: c.lines[key.Line-1], line: 1, column: 1}).after(key)
	return !bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":"))
}
