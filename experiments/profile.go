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
var fixed = []string{"name", "published", "profiles"}

var profileName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// readProfiles checks what can be said of all profiles without laying them over
// the file, and lists them.
func (f *file) readProfiles(n *yaml.Node) {
	if n == nil {
		return
	}
	d := f.d
	if n.Kind != yaml.MappingNode || len(n.Content)/2 > maxProfiles {
		d.problem(n, "profiles: expected a mapping from at most %d names to what is laid over the file, found %s", maxProfiles, foundItems(n))
		return
	}
	for key, value := range pairs(n) {
		name := key.Value
		if !profileName.MatchString(name) {
			d.problem(key, "the profile name %s must match [a-z0-9][a-z0-9_-]*", quote(name))
		}
		f.Profiles = append(f.Profiles, name)
		if value.Kind != yaml.MappingNode {
			d.problem(value, "profiles.%s: expected a mapping, found %s", name, found(value))
			continue
		}
		for section := range pairs(value) {
			if name := section.Value; slices.Contains(fixed, name) {
				d.problem(section, "a profile cannot change %s", quote(name))
			}
		}
	}
}

// layProfile lays the profile that was asked for over the document.
func (d *decoder) layProfile(root *yaml.Node, name string) {
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
		d.add(Position{File: "--profile " + clip(name)}, "no profile %s in %s%s", quote(name), d.opt.File, instead(name, names))
		return
	}
	profile := profiles.Content[at+1]
	if profile.Kind != yaml.MappingNode {
		return
	}
	for key, value := range pairs(profile) {
		switch section := key.Value; {
		case slices.Contains(fixed, section):
		case section == "grid" && value.Kind == yaml.MappingNode:
			d.layGrid(root, value)
		case section == "workload" && d.otherKind(root, value):
			setKey(root, key, value)
		default:
			d.lay(root, key, value)
		}
	}
}

// lay puts a key of a profile over that of a mapping.
func (d *decoder) lay(under *yaml.Node, key, value *yaml.Node) {
	i := keyIndex(under, key.Value)
	if i < 0 || value.Kind != yaml.MappingNode || under.Content[i+1].Kind != yaml.MappingNode {
		setKey(under, key, value)
		return
	}
	// By an alias the mapping may stand in other places too.
	merged := d.copied(under.Content[i+1])
	under.Content[i+1] = merged
	for key, value := range pairs(value) {
		d.lay(merged, key, value)
	}
}

// layGrid replaces axes in the blocks that name them.
func (d *decoder) layGrid(root, axes *yaml.Node) {
	for key, value := range pairs(axes) {
		named, replaced := d.replaceAxis(root, key, value)
		if axis := key.Value; !replaced {
			d.problem(key, "no block of the grid names the axis %s%s", quote(axis), instead(axis, named))
		}
	}
}

// otherKind reports whether one of two workloads is a tree and the other is made.
func (d *decoder) otherKind(root, workload *yaml.Node) bool {
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

// replaceAxis replaces an axis in every block of the grid that names it. named
// are the axes that blocks do name.
func (d *decoder) replaceAxis(root, key, value *yaml.Node) (named []string, replaced bool) {
	g := keyIndex(root, "grid")
	if g < 0 {
		return nil, true // that there is no grid is said elsewhere
	}
	axis := key.Value
	done := map[*yaml.Node]*yaml.Node{} // a block may stand there ten thousand times, by aliases
	replace := func(n *yaml.Node) *yaml.Node {
		block := n
		if block.Kind != yaml.MappingNode {
			return n
		}
		if own, ok := done[block]; ok {
			return own
		}
		done[block] = n
		for key := range pairs(block) {
			if name := key.Value; !slices.Contains(named, name) {
				named = append(named, name)
			}
		}
		if keyIndex(block, axis) < 0 {
			return n
		}
		replaced = true
		own := d.copied(block)
		setKey(own, key, value)
		done[block] = own
		return own
	}
	grid := d.copied(root.Content[g+1])
	if grid.Kind == yaml.SequenceNode {
		for i, n := range grid.Content {
			grid.Content[i] = replace(n)
		}
	} else {
		grid = replace(grid)
	}
	root.Content[g+1] = grid
	return named, replaced
}

// copied is a node of its own with the same children.
func (d *decoder) copied(n *yaml.Node) *yaml.Node {
	own := *n
	own.Content = slices.Clone(n.Content)
	if from, ok := d.overrides[n]; ok {
		d.overrides[&own] = from
	}
	return &own
}
