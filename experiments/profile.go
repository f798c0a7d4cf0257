package experiments

import (
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"
)

// A profile is a part of the file that is laid over the rest when it is asked
// for: the same experiment at another size. Mappings are merged, everything else
// is replaced. Two sections have a rule of their own: a `grid` that is a mapping
// replaces its axes in every block that names them, as --set grid.AXIS does; and
// a workload that names a tree takes the place of one that is made, and the
// other way round.
//
// It is laid over the nodes, before they are read. So the reader checks it like
// the rest, and its problems have their own line and column.

// fixed are the sections that no profile can change: who compares two runs of an
// experiment relies on them.
var lockedSections = []string{"name", "published", "profiles"}

var profileName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// readProfiles checks what can be said of all profiles without laying them over
// the file, and lists them.
func (f *file) readProfiles(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode || len(n.Content)/2 > maxProfiles {
		f.problem(n, "profiles: expected a mapping from at most %d names to what is laid over the file, found %s", maxProfiles, foundItems(n))
		return
	}
	for key, value := range pairs(n) {
		name := key.Value
		if !profileName.MatchString(name) {
			f.problem(key, "the profile name %s must match [a-z0-9][a-z0-9_-]*", quote(name))
		}
		f.Profiles = append(f.Profiles, name)
		if value.Kind != yaml.MappingNode {
			f.problem(value, "profiles.%s: expected a mapping, found %s", name, found(value))
			continue
		}
		for section := range pairs(value) {
			if name := section.Value; slices.Contains(lockedSections, name) {
				f.problem(section, "a profile cannot change %s", quote(name))
			}
		}
	}
}

// layProfile lays the profile that was asked for over the document.
func (d *decoder) applyProfile(root *yaml.Node, name string) {
	i := keyIndex(root, "profiles")
	if i < 0 {
		d.add(Position{File: "--profile " + clip(name)}, "%s has no profiles", d.opt.File)
		return
	}
	profiles := root.Content[i+1]
	if profiles.Kind != yaml.MappingNode {
		return // readProfiles says so
	}
	at := keyIndex(profiles, name)
	if at < 0 {
		var names []string
		for key := range pairs(profiles) {
			names = append(names, key.Value)
		}
		d.add(Position{File: "--profile " + clip(name)}, "no profile %s in %s%s", quote(name), d.opt.File, suggestion(name, names))
		return
	}
	profile := profiles.Content[at+1]
	if profile.Kind != yaml.MappingNode {
		return
	}
	for key, value := range pairs(profile) {
		switch section := key.Value; {
		case slices.Contains(lockedSections, section):
		case section == "grid" && value.Kind == yaml.MappingNode:
			for axis, levels := range pairs(value) {
				d.overrideAxis(root, axis, levels)
			}
		case section == "workload" && d.changesWorkloadKind(root, value):
			setKey(root, key, value)
		default:
			d.merge(root, key, value)
		}
	}
}

// lay puts a key of a profile over that of a mapping.
func (d *decoder) merge(target *yaml.Node, key, value *yaml.Node) {
	i := keyIndex(target, key.Value)
	if i < 0 || value.Kind != yaml.MappingNode || target.Content[i+1].Kind != yaml.MappingNode {
		setKey(target, key, value)
		return
	}
	// By an alias the mapping may stand in other places too.
	merged := d.shallowCopy(target.Content[i+1])
	target.Content[i+1] = merged
	for key, value := range pairs(value) {
		d.merge(merged, key, value)
	}
}

// otherKind reports whether one of two workloads is a tree and the other is made.
func (d *decoder) changesWorkloadKind(root, workload *yaml.Node) bool {
	i := keyIndex(root, "workload")
	if i < 0 {
		return false
	}
	isTree := func(n *yaml.Node) bool { return keyIndex(n, From.String()) >= 0 }
	return isTree(workload) != isTree(root.Content[i+1])
}

// setKey sets a key of a mapping to a value.
func setKey(m, key, value *yaml.Node) {
	if i := keyIndex(m, key.Value); i >= 0 {
		m.Content[i], m.Content[i+1] = key, value
	} else {
		m.Content = append(m.Content, key, value)
	}
}

// layAxis replaces an axis in every block of the grid that names it.
func (d *decoder) overrideAxis(root, key, value *yaml.Node) {
	g := keyIndex(root, "grid")
	if g < 0 {
		return // that there is no grid is said elsewhere
	}
	blocks := root.Content[g+1 : g+2]
	if blocks[0].Kind == yaml.SequenceNode {
		blocks[0] = d.shallowCopy(blocks[0])
		blocks = blocks[0].Content
	}
	var named []string // the axes that blocks do name
	replaced := false
	own := map[*yaml.Node]*yaml.Node{} // a block may stand there ten thousand times, by aliases
	for i, block := range blocks {
		if block.Kind != yaml.MappingNode {
			continue
		}
		if own[block] == nil {
			own[block] = block
			for key := range pairs(block) {
				if !slices.Contains(named, key.Value) {
					named = append(named, key.Value)
				}
			}
			if keyIndex(block, key.Value) >= 0 {
				replaced = true
				own[block] = d.shallowCopy(block)
				setKey(own[block], key, value)
			}
		}
		blocks[i] = own[block]
	}
	if !replaced {
		d.problem(key, "no block of the grid names the axis %s%s", quote(key.Value), suggestion(key.Value, named))
	}
}

// copied is a node of its own with the same children.
func (d *decoder) shallowCopy(n *yaml.Node) *yaml.Node {
	own := *n
	own.Content = slices.Clone(n.Content)
	if from, ok := d.overrides[n]; ok {
		d.overrides[&own] = from
	}
	return &own
}
