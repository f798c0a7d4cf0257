package experiments

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxOverrides limits the number of passes over the blocks of a grid.
const maxOverrides = 100

// override merges one PATH=VALUE into the document before it is read. The decoder then
// checks the value like any line of the file. The map overrides contains its origin.
func (d *decoder) override(root *yaml.Node, set string) {
	at := "--set " + clip(set)
	if typed, ok := d.opt.Spelling[set]; ok {
		at = clip(typed)
	}
	o := overrideContext{d: d, at: at}
	if _, _, message := checkSource([]byte(set)); message != "" { // the limits of a file apply before parsing
		o.refuse("%s", message)
		return
	}
	path, text, ok := strings.Cut(set, "=")
	if strings.Count(path, ".") >= maxDepth {
		o.refuse("the path has more than %d keys", maxDepth)
		return
	}
	keys := strings.Split(strings.TrimSpace(path), ".")
	if !ok || slices.Contains(keys, "") {
		d.add(Position{File: o.at}, "expected PATH=VALUE, such as trials.repeats=3")
		return
	}
	if keys[0] == "published" || keys[0] == "profiles" {
		o.refuse("%s cannot be changed by an override: edit the file", keys[0])
		return
	}
	if whole := fullPath(keys); whole != "" {
		o.refuse("%s is not a top-level key of the file: did you mean %s?", keys[0], quote(whole))
		return
	}
	value := o.value(keys, strings.TrimSpace(text))
	switch {
	case value == nil:
	case keys[0] == "grid" && len(keys) == 2:
		d.overrideAxis(root, o.node(yaml.ScalarNode, keys[1]), value)
	default:
		o.set(root, keys, value)
	}
}

// fullPath completes a path without its section, such as workers=4 or repeats=3. It returns ""
// if the path is complete.
func fullPath(keys []string) string {
	if len(keys) != 1 || keyPlaces[0].has(keys[0]) {
		return ""
	}
	for _, p := range keyPlaces[1:4] { // not reports and commands
		if p.has(keys[0]) {
			return p.path + "." + keys[0]
		}
	}
	return ""
}

// An overrideContext creates the nodes of one override and reports its problems.
type overrideContext struct {
	d  *decoder
	at string
}

func (o *overrideContext) refuse(format string, args ...any) {
	o.d.add(Position{File: o.at}, format, args...)
}

// node creates a node that belongs to the override.
func (o *overrideContext) node(kind yaml.Kind, value string) *yaml.Node {
	n := &yaml.Node{Kind: kind, Value: value}
	o.d.overrides[n] = o.at
	return n
}

// value reads VALUE. It is YAML if it begins like a list, a mapping or quoted text. It is a
// list of texts if it contains commas and the key allows a list. Otherwise it is plain text,
// so a path or title needs no quotes.
func (o *overrideContext) value(keys []string, text string) *yaml.Node {
	if isFlow(text) || !strings.Contains(text, ",") || !mayBeList(keys, text) {
		return o.scalarOrFlow(text)
	}
	list := o.node(yaml.SequenceNode, "")
	for item := range strings.SplitSeq(text, ",") {
		list.Content = append(list.Content, o.node(yaml.ScalarNode, strings.TrimSpace(item)))
	}
	return list
}

// isFlow reports whether a text begins like a list, a mapping or quoted text in YAML.
func isFlow(text string) bool { return text != "" && strings.IndexByte(`[{"'`, text[0]) >= 0 }

// scalarOrFlow reads a value as YAML if it begins like a list, a mapping or quoted text.
// Otherwise it is plain text. It returns nil if the YAML is not valid.
func (o *overrideContext) scalarOrFlow(text string) *yaml.Node {
	if !isFlow(text) {
		return o.node(yaml.ScalarNode, text)
	}
	if _, _, message := checkSource([]byte(text)); message != "" {
		o.refuse("%s", message)
		return nil
	}
	n, err := readYAML([]byte(text))
	if err != nil {
		reason := libraryError().ReplaceAllString(err.Error(), "")
		if list := syntaxMistakes([]byte(text)); len(list) > 0 {
			reason = list[0].message
		}
		o.refuse("%s is not valid YAML: %s", quote(text), reason)
		return nil
	}
	o.markOverride(n)
	if !o.d.checkStructure(n, []byte(text)) {
		return nil
	}
	return n
}

// markOverride marks all nodes of a tree as part of the override. It skips aliases, because
// the nodes that they refer to are in the same tree.
func (o *overrideContext) markOverride(n *yaml.Node) {
	o.d.overrides[n] = o.at
	for _, child := range n.Content {
		o.markOverride(child)
	}
}

// mayBeList reports whether the commas of a value separate the items of a list. In a command line
// with spaces they belong to its words.
func mayBeList(keys []string, text string) bool {
	f := &form{kind: mapping, keys: fileKeys}
	for _, key := range keys {
		if f = f.child(key); f == nil {
			return false
		}
	}
	if f.kind == argv {
		return len(splitLine(strings.ReplaceAll(text, ", ", ",")).words) == 1
	}
	isList := f.kind == levelList || f.kind == list || f.kind == oneOrList
	return isList && f.elem.kind != mapping && f.elem.kind != filter
}

// set sets the value of a key and creates the mappings on its path. The decoder later
// refuses unknown keys.
func (o *overrideContext) set(root *yaml.Node, keys []string, value *yaml.Node) {
	m, last := root, len(keys)-1
	for i, key := range keys[:last] {
		at := keyIndex(m, key)
		switch {
		case at < 0:
			setKey(m, o.node(yaml.ScalarNode, key), o.node(yaml.MappingNode, ""))
			m = m.Content[len(m.Content)-1]
		case m.Content[at+1].Kind != yaml.MappingNode:
			o.refuse("%s is not a mapping: set its whole value", strings.Join(keys[:i+1], "."))
			return
		default:
			// An alias may share this mapping with other places, which must not change.
			m.Content[at+1] = o.d.shallowCopy(m.Content[at+1])
			m = m.Content[at+1]
		}
	}
	setKey(m, o.node(yaml.ScalarNode, keys[last]), value)
	if len(keys) == 2 && keys[0] == "workload" && keys[1] == From.String() {
		o.dropContentKeys(m)
	}
}

func keyIndex(m *yaml.Node, key string) int {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// dropContentKeys removes the keys of generated content from a workload if an override names a
// tree. The tree replaces the generated items of the file. Keys from other overrides stay and
// cause a conflict.
func (o *overrideContext) dropContentKeys(workload *yaml.Node) {
	var kept []*yaml.Node
	for key, value := range pairs(workload) {
		a, ok := AxisNamed(key.Value)
		if _, override := o.d.overrides[key]; !ok || a == From || override {
			kept = append(kept, key, value)
		}
	}
	workload.Content = kept
}
