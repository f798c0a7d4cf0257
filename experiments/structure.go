package experiments

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// structure checks what holds for every node wherever it stands: bounded depth
// and number, no alias within its own anchor, no tag, no merge key, every key
// once. Pairs that break a rule are taken out of the tree, so that whoever walks
// it later meets each key once. It returns false if the tree must not be walked.
func (d *decoder) structure(root *yaml.Node) bool {
	c := nodeCheck{d: d, open: map[*yaml.Node]bool{}}
	c.visit(root, 0)
	return !c.fatal
}

type nodeCheck struct {
	d     *decoder
	nodes int
	fatal bool
	open  map[*yaml.Node]bool // the nodes from the root to here
}

// visit follows aliases, so a node is counted as often as it is used: this is
// what bounds an alias bomb. yaml.v3 has a limit of its own, which walking
// Node.Alias goes round.
func (c *nodeCheck) visit(n *yaml.Node, depth int) {
	if c.fatal {
		return
	}
	c.nodes++
	switch {
	case c.nodes > maxNodes:
		c.stop(n, "the file has more than "+thousands(maxNodes)+" values, with every alias followed")
	case depth > maxDepth:
		c.stop(n, "more than "+thousands(maxDepth)+" levels of nesting")
	case n.Kind == yaml.AliasNode && c.open[n.Alias]:
		c.stop(n, "the alias *"+clip(n.Value)+" stands inside its own anchor")
	case n.Kind == yaml.AliasNode:
		c.visit(n.Alias, depth)
	default:
		c.inside(n, depth)
	}
}

func (c *nodeCheck) stop(n *yaml.Node, message string) {
	c.fatal = true
	c.d.problem(n, "%s", message)
}

func (c *nodeCheck) inside(n *yaml.Node, depth int) {
	if n.Style&yaml.TaggedStyle != 0 {
		c.d.problem(n, "the tag %s is not supported: leave it out", clip(n.Tag))
	}
	c.open[n] = true
	defer delete(c.open, n)
	if n.Kind == yaml.MappingNode {
		c.keys(n)
	}
	for _, child := range n.Content {
		c.visit(child, depth+1)
	}
}

// keys takes the pairs out of a mapping that have no single plain key.
func (c *nodeCheck) keys(n *yaml.Node) {
	first := map[string]*yaml.Node{}
	var kept []*yaml.Node
	for key, value := range pairs(n) {
		k := deref(key)
		switch {
		case k.Kind != yaml.ScalarNode:
			c.d.problem(key, "a key must be a name, found %s", found(k))
		case k.Tag == "!!merge":
			c.d.problem(key, "merge keys are not supported, for they hide where a value comes from: repeat the keys")
		case first[k.Value] != nil:
			c.d.problem(key, "key %s is already set in line %d", quote(k.Value), first[k.Value].Line)
		default:
			first[k.Value] = key
			kept = append(kept, key, value)
		}
	}
	if len(kept) < len(n.Content) {
		n.Content = slices.Clip(kept)
	}
}
