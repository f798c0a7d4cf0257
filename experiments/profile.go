package experiments

import (
	"slices"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// A profile changes parts of the file, usually to run the same experiment at another size.
// Mappings are merged, and all other values are replaced. Two sections have special rules.
// A `grid` that is a mapping replaces its axes in every block that names them, as --set
// grid.AXIS does. A workload with a tree replaces a whole workload with generated items,
// and vice versa.
//
// The profile is merged into the nodes before they are read. The decoder therefore checks
// it like the rest of the file, and problems have their own line and column.

// lockedSections are the sections that no profile can change. Comparing two runs of an
// experiment depends on them.
var lockedSections = []string{"name", "published", "profiles"}

var profileName = lazyregexp.New(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// readProfiles lists all profiles and makes the checks that do not need merging.
func (f *file) readProfiles(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode || len(n.Content)/2 > maxProfiles {
		f.problem(n, "profiles: expected a mapping from at most %d profile names to the changes of each profile, such as quick: {workload: {files: 10}}, found %s", maxProfiles, foundItems(n))
		return
	}
	for key, value := range pairs(n) {
		name := key.Value
		if !profileName().MatchString(name) {
			f.problem(key, "the profile name %s must match [a-z0-9][a-z0-9_-]{0,62}%s", quote(name), slugHint(name, profileName()))
		}
		f.Profiles = append(f.Profiles, name)
		if value.Kind != yaml.MappingNode {
			f.problem(value, "profiles.%s: expected a mapping, found %s%s", name, found(value), mappingHint("profiles", value))
			continue
		}
		for section := range pairs(value) {
			if name := section.Value; slices.Contains(lockedSections, name) {
				f.problem(section, "a profile cannot change %s", quote(name))
			}
		}
	}
}

// applyProfile merges the requested profile into the document.
func (d *decoder) applyProfile(root *yaml.Node, name string) {
	i := keyIndex(root, "profiles")
	if i < 0 {
		d.add(Position{File: "--profile " + clip(name)}, "%s has no profiles", d.opt.File)
		return
	}
	profiles := root.Content[i+1]
	if profiles.Kind != yaml.MappingNode {
		return // readProfiles reports the problem
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

// merge sets a key of target to the value from a profile. If both values are mappings, it
// merges them.
func (d *decoder) merge(target *yaml.Node, key, value *yaml.Node) {
	i := keyIndex(target, key.Value)
	if i < 0 || value.Kind != yaml.MappingNode || target.Content[i+1].Kind != yaml.MappingNode {
		setKey(target, key, value)
		return
	}
	// An alias may share the mapping with other places, so a copy is changed.
	merged := d.shallowCopy(target.Content[i+1])
	target.Content[i+1] = merged
	for key, value := range pairs(value) {
		d.merge(merged, key, value)
	}
}

// changesWorkloadKind reports whether one of the two workloads is a tree and the other is
// generated.
func (d *decoder) changesWorkloadKind(root, workload *yaml.Node) bool {
	i := keyIndex(root, "workload")
	if i < 0 {
		return false
	}
	setsItems := slices.ContainsFunc(axes[Files:From+1], func(k key) bool { return keyIndex(workload, k.name) >= 0 })
	isTree := func(n *yaml.Node) bool { return keyIndex(n, From.String()) >= 0 }
	return setsItems && isTree(workload) != isTree(root.Content[i+1])
}

// setKey sets a key of a mapping to a value.
func setKey(m, key, value *yaml.Node) {
	if i := keyIndex(m, key.Value); i >= 0 {
		m.Content[i], m.Content[i+1] = key, value
	} else {
		m.Content = append(m.Content, key, value)
	}
}

// overrideAxis replaces an axis in every block of the grid that names it. If no block names the
// axis python, and a command contains {python}, all blocks get it: every such command has an
// interpreter, also where the file does not name one.
func (d *decoder) overrideAxis(root, key, value *yaml.Node) {
	g := keyIndex(root, "grid")
	if g < 0 {
		return // the missing grid is reported elsewhere
	}
	blocks := root.Content[g+1 : g+2]
	if blocks[0].Kind == yaml.SequenceNode {
		blocks[0] = d.shallowCopy(blocks[0])
		blocks = blocks[0].Content
	}
	var named []string // the axes in the blocks
	replaced := false
	copies := map[*yaml.Node]*yaml.Node{} // the copy of each changed block; through aliases a block may be in the list ten thousand times
	for i, block := range blocks {
		if block.Kind != yaml.MappingNode {
			continue
		}
		if copies[block] == nil {
			copies[block] = block
			for key := range pairs(block) {
				if !slices.Contains(named, key.Value) {
					named = append(named, key.Value)
				}
			}
			if keyIndex(block, key.Value) >= 0 {
				replaced = true
				copies[block] = d.shallowCopy(block)
				setKey(copies[block], key, value)
			}
		}
		blocks[i] = copies[block]
	}
	if !replaced && key.Value == Python.String() && hasPython(root) {
		for i, block := range blocks {
			if block.Kind == yaml.MappingNode {
				blocks[i] = d.shallowCopy(block)
				setKey(blocks[i], key, value)
			}
		}
		replaced = true
	}
	if replaced {
		return
	}
	for _, name := range named {
		if slices.Contains(lockstepNames(name), key.Value) {
			d.problem(key, "the axis %s is in lockstep with others: set %s, which has a mapping for each combination", quote(key.Value), quote(name))
			return
		}
	}
	d.problem(key, "no block of the grid has the axis %s%s", quote(key.Value), suggestion(key.Value, named))
}

// hasPython reports whether a command contains the placeholder {python}.
func hasPython(root *yaml.Node) bool {
	i := keyIndex(root, "commands")
	if i < 0 || root.Content[i+1].Kind != yaml.MappingNode {
		return false
	}
	for _, command := range pairs(root.Content[i+1]) {
		if command.Kind != yaml.MappingNode {
			continue
		}
		for key, value := range pairs(command) {
			if (key.Value == "run" || key.Value == "env") && slices.ContainsFunc(value.Content, namesPython) {
				return true
			}
		}
	}
	return false
}

// namesPython reports whether a scalar contains the placeholder {python}.
func namesPython(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode {
		return false
	}
	for _, match, rest := cutBrace(n.Value); match != ""; _, match, rest = cutBrace(rest) {
		if match == "{"+Python.String()+"}" {
			return true
		}
	}
	return false
}

// shallowCopy returns a copy of a node with the same children.
func (d *decoder) shallowCopy(n *yaml.Node) *yaml.Node {
	own := *n
	own.Content = slices.Clone(n.Content)
	if from, ok := d.overrides[n]; ok {
		d.overrides[&own] = from
	}
	return &own
}
