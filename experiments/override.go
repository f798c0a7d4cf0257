package experiments

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxOverrides bounds how often the blocks of a grid are gone through.
const maxOverrides = 100

// override lays one PATH=VALUE over the document, before it is read: so the
// reader checks it like any line of the file, and knows by the overrides map
// where it came from.
func (d *decoder) override(root *yaml.Node, set string) {
	at := "--set " + clip(set)
	if typed, ok := d.opt.Spelling[set]; ok {
		at = clip(typed)
	}
	o := overrideContext{d: d, at: at}
	if message := checkSource([]byte(set)); message != "" { // the bounds of a file, before anything is made of it
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
		o.refuse("%s cannot be changed here: edit the file", keys[0])
		return
	}
	if whole := fullPath(keys); whole != "" {
		o.refuse("%s is no key of the file itself: did you mean %s?", keys[0], quote(whole))
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

// wholePath is what somebody meant who left out where a key belongs, as in
// workers=4 or repeats=3; "" if the path is whole.
func fullPath(keys []string) string {
	if len(keys) != 1 {
		return ""
	}
	if a, ok := AxisNamed(keys[0]); ok && a != Workspace {
		if a.OfWorkload() {
			return "workload." + keys[0]
		}
		return "grid." + keys[0]
	}
	if slices.Contains(keyNames(trialsKeys), keys[0]) {
		return "trials." + keys[0]
	}
	return ""
}

type overrideContext struct {
	d  *decoder
	at string
}

func (o *overrideContext) refuse(format string, args ...any) {
	o.d.add(Position{File: o.at}, format, args...)
}

// node makes a node that came from here.
func (o *overrideContext) node(kind yaml.Kind, value string) *yaml.Node {
	n := &yaml.Node{Kind: kind, Value: value}
	o.d.overrides[n] = o.at
	return n
}

// value reads VALUE: YAML if it begins like a list, a mapping or a quoted text;
// a list of texts if it has commas and the key may have one; else a text as it
// stands, so that a path or a title needs no quoting.
func (o *overrideContext) value(keys []string, text string) *yaml.Node {
	switch {
	case strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") ||
		strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "'"):
	case strings.Contains(text, ",") && mayBeList(keys):
		list := o.node(yaml.SequenceNode, "")
		for item := range strings.SplitSeq(text, ",") {
			list.Content = append(list.Content, o.node(yaml.ScalarNode, strings.TrimSpace(item)))
		}
		return list
	default:
		return o.node(yaml.ScalarNode, text)
	}
	if message := checkSource([]byte(text)); message != "" {
		o.refuse("%s", message)
		return nil
	}
	n, err := readYAML([]byte(text))
	if err != nil {
		o.refuse("%s is not YAML: %s", quote(text), libraryError.ReplaceAllString(err.Error(), ""))
		return nil
	}
	o.markOverride(n)
	if !o.d.structure(n) {
		return nil
	}
	return n
}

// own marks a tree as the override's. Aliases need no visit: the node that they stand
// for is in the tree.
func (o *overrideContext) markOverride(n *yaml.Node) {
	o.d.overrides[n] = o.at
	for _, child := range n.Content {
		o.markOverride(child)
	}
}

// mayBeList reports whether a list of scalars may stand at a path.
func mayBeList(keys []string) bool {
	f := &form{kind: mapping, keys: fileKeys}
	for _, key := range keys {
		if f = f.child(key); f == nil {
			return false
		}
	}
	isList := f.kind == levelList || f.kind == list || f.kind == oneOrList
	return isList && f.of.kind != mapping && f.of.kind != filter
}

// put sets the value of a key, making the mappings on the way to it. A key that
// the format does not know is for the reader to refuse.
func (o *overrideContext) set(root *yaml.Node, keys []string, value *yaml.Node) {
	m, last := root, len(keys)-1
	for i, key := range keys[:last] {
		at := keyIndex(m, key)
		switch {
		case at < 0:
			setKey(m, o.node(yaml.ScalarNode, key), o.node(yaml.MappingNode, ""))
			m = m.Content[len(m.Content)-1]
		case m.Content[at+1].Kind != yaml.MappingNode:
			o.refuse("%s is not a mapping: set it as a whole", strings.Join(keys[:i+1], "."))
			return
		default:
			// By an alias it may stand in other places too, which the override does not name.
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

// dropMade takes the keys of made content out of a workload whose tree an
// override names: who names a tree on the command line wants it instead of what
// the file makes. Keys of other overrides stay, and conflict.
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
