package experiments

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Axes in lockstep have one key in a block, with a list of the combinations of their levels:
//
//	workers+chunk_size: [{workers: 1, chunk_size: 64}, {workers: 8, chunk_size: 8}]
//
// The other axes of the block are combined with each combination.

// lockstepNames returns the names in a key for axes in lockstep, or nil for any other key. The
// name of an axis never contains a plus sign.
func lockstepNames(key string) []string {
	if !strings.Contains(key, "+") || len(key) > maxLockstepBytes {
		return nil
	}
	return strings.Split(key, "+")
}

// maxLockstepBytes is the maximum length of a key for axes in lockstep.
const maxLockstepBytes = 1000

// readLockstep adds axes in lockstep to a block.
func (f *file) readLockstep(b *block, key, value *yaml.Node, allowedCustomAxes []string) {
	var d dimension
	valid := true
	at := 0 // the offset of the name in the key
	for _, name := range lockstepNames(key.Value) {
		own := *key
		own.Value = strings.TrimSpace(name)
		if _, override := f.overrides[key]; override {
			f.overrides[&own] = f.overrides[key]
		} else if key.Style == 0 {
			own.Column += at
		}
		at += utf8.RuneCountInString(name) + 1
		if own.Value != name || name == "" {
			f.problem(&own, "grid: write axes in lockstep with one + between two names, as in workers+chunk_size")
			return
		}
		a, ok := f.blockAxis(b, &own, value, allowedCustomAxes)
		valid = valid && ok
		d = append(d, column{axis: a})
	}
	if !valid {
		return
	}
	list := items(value)
	if value.Kind == yaml.SequenceNode && len(list) == 0 {
		f.problem(value, "%s: the list is empty", clip(key.Value))
		return
	}
	if !f.countLevels(value, clip(key.Value), int64(len(list))*int64(len(d))) {
		return
	}
	seen := map[string]bool{}
	for _, n := range list {
		row := f.lockstepRow(key.Value, d, n)
		if text := strings.Join(levelTexts(row), "\x00"); row != nil && !seen[text] {
			seen[text] = true
			for i := range d {
				d[i].levels = append(d[i].levels, row[i])
			}
		}
	}
	for _, c := range d {
		b.levels[c.axis] = distinct(c.levels)
		if c.axis == Python && !f.countPythons(value, b.levels[c.axis]) {
			return
		}
	}
	b.locksteps = append(b.locksteps, d)
}

// lockstepRow reads one mapping of a list of combinations. It returns nil if the mapping is not
// valid.
func (f *file) lockstepRow(key string, d dimension, n *yaml.Node) []level {
	names := mapSlice(d, func(c column) string { return f.table.nameOf(c.axis) })
	if n.Kind != yaml.MappingNode {
		f.problem(n, "%s: expected a mapping with one level for each axis, such as {%s: 1}, found %s",
			clip(key), strings.Join(names, ": 1, "), foundItems(n))
		return nil
	}
	row := make([]level, len(d))
	valid := true
	for key, value := range pairs(n) {
		i := slices.Index(names, key.Value)
		if i < 0 {
			f.unknown(key, "axis", key.Value, names)
			valid = false
			continue
		}
		text, ok := f.oneLevel(d[i].axis, value)
		row[i] = level{text, value}
		valid = valid && ok
	}
	for i, name := range names {
		if row[i].at == nil {
			f.problem(n, "%s: the mapping has no level for %s", clip(key), name)
			valid = false
		}
	}
	if !valid {
		return nil
	}
	return row
}

// oneLevel reads a level where a list or a range is not allowed.
func (f *file) oneLevel(a Axis, n *yaml.Node) (string, bool) {
	name := f.table.nameOf(a)
	switch {
	case n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode:
		f.problem(n, "%s: expected one level, found %s: axes in lockstep have a mapping for each combination", name, foundItems(n))
		return "", false
	case a == Python && n.Value == everyPython:
		f.problem(n, "%s: %s stands for several interpreters: name one of them, because axes in lockstep have one level each", name, everyPython)
		return "", false
	}
	return f.readLevel(a, n)
}

// distinct returns each level once.
func distinct(levels []level) (list []level) {
	seen := map[string]bool{}
	for _, l := range levels {
		if !seen[l.text] {
			seen[l.text] = true
			list = append(list, l)
		}
	}
	return list
}

// where returns the combinations that have a level of an axis. It returns d if d does not have the
// axis.
func (d dimension) where(a Axis, text string) dimension {
	i := slices.IndexFunc(d, func(c column) bool { return c.axis == a })
	if i < 0 {
		return d
	}
	selected := make(dimension, len(d))
	for k, c := range d {
		selected[k].axis = c.axis
		for row, level := range d[i].levels {
			if level.text == text {
				selected[k].levels = append(selected[k].levels, c.levels[row])
			}
		}
	}
	return selected
}

// only returns d without the axes that are not in a set.
func (d dimension) only(axes axisSet) dimension {
	return slices.DeleteFunc(slices.Clone(d), func(c column) bool { return !axes.has(c.axis) })
}
