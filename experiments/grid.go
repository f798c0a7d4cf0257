package experiments

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// A block is one mapping of the grid. Every combination of its levels is a cell.
type block struct {
	at     *yaml.Node
	levels [maxAxes][]level // nil: not named
	keys   [maxAxes]*yaml.Node

	locksteps []dimension // the axes that have a key in common, with their combinations

	onlyNode *yaml.Node // nil: not named
	only     []cellFilter
	repeats  int           // 0: not named
	timeout  time.Duration // 0: not named
}

// Limits of custom axes: the number of axes of a cell, and the number of names that an unknown
// axis is compared with.
const (
	maxCustomAxes  = 16
	maxCustomNames = 100
)

// readGrid reads the blocks: one mapping or a list of them.
func (f *file) readGrid(n *yaml.Node) {
	list := items(n)
	if len(list) == 0 {
		f.problem(n, "grid: the list is empty: expected a mapping with operation and strategy")
	}
	if len(list) > maxBlocks {
		f.problem(n, "grid: %s mappings, more than %s", thousands(int64(len(list))), thousands(maxBlocks))
		return
	}
	f.blocks = make([]block, 0, len(list)) // each takes a kilobyte
	allowedCustomAxes := f.allowedCustomAxes()
	read := map[*yaml.Node]bool{}
	for _, item := range list {
		if read[item] {
			continue // an alias of a block that was read: it has the same cells
		}
		problems := len(f.problems)
		f.readBlock(item, allowedCustomAxes)
		read[item] = len(f.problems) == problems
	}
}

func (f *file) readBlock(n *yaml.Node, allowedCustomAxes []string) {
	if n.Kind != yaml.MappingNode {
		hint := ""
		if isNull(n) {
			hint = indentHint
		}
		f.problem(n, "grid: expected a mapping from axes to levels, such as {operation: copy, strategy: [sequential, threads]}, found %s%s", found(n), hint)
		return
	}
	b := block{at: n}
	for key, value := range pairs(n) {
		switch {
		case lockstepNames(key.Value) != nil:
			f.readLockstep(&b, key, value, allowedCustomAxes)
		case isBlockKey(key.Value, allowedCustomAxes):
			f.readBlockKey(&b, key, value)
		default:
			if a, ok := f.blockAxis(&b, key, value, allowedCustomAxes); ok {
				b.levels[a] = f.levels(a, value)
			}
		}
		if _, override := f.overrides[value]; override && b.keys[From] != nil {
			for _, tree := range b.levels[From] {
				f.fromOverride[tree.text] = true
			}
		}
	}
	for _, a := range []Axis{Operation, Strategy} {
		if b.keys[a] == nil {
			f.problem(n, "grid: %s is missing", a)
		}
	}
	if f.opt.AB != nil {
		if f.reduceToSources(&b, f.opt.AB); len(b.levels[Strategy]) == 0 {
			return
		}
	}
	f.blocks = append(f.blocks, b)
}

// blockAxis returns the axis that a key of a block names, and adds it to the axes of the block. It
// reports a problem if there is no such axis, or if the block has it twice.
func (f *file) blockAxis(b *block, key, value *yaml.Node, allowedCustomAxes []string) (a Axis, ok bool) {
	name := key.Value
	custom := slices.Contains(allowedCustomAxes, name)
	if custom {
		f.addCustomAxis(key, name)
	}
	a, ok = f.axisNamed(name)
	switch {
	case !ok && custom: // there are too many custom axes
	case !ok:
		f.unknownKey(key, "axis", "grid", value, slices.Concat(axisNames(), keyNames(blockKeys), allowedCustomAxes))
	case b.keys[a] != nil:
		f.problem(key, "grid: this block has the axis %q twice: an axis in lockstep has no other levels", name)
		return a, false
	default:
		b.keys[a] = key
		f.variedAxes |= setOf(a)
		if at := join("grid", name); f.positions[at] == (Position{}) {
			f.positions[at] = f.at(value)
		}
	}
	return a, ok
}

// allowedCustomAxes returns the names of the custom axes that the commands allow: their
// placeholders that iosweep does not define.
func (f *file) allowedCustomAxes() []string {
	known := map[string]bool{}
	for _, name := range slices.Concat(axisNames(), f.fixedPlaceholders()) {
		known[name] = true
	}
	var names []string
	for _, c := range f.Commands {
		for _, p := range f.contenders[c.Name].placeholders {
			if !known[p.name] {
				known[p.name] = true
				names = append(names, p.name)
			}
		}
	}
	return names[:min(len(names), maxCustomNames)]
}

// addCustomAxis adds an axis if the grid does not have it yet.
func (f *file) addCustomAxis(key *yaml.Node, name string) {
	switch t := f.table; {
	case slices.Contains(t.customAxes, name):
	case len(t.customAxes) == maxCustomAxes:
		f.problem(key, "the grid has more than %d custom axes", maxCustomAxes)
	default:
		t.customAxes = append(t.customAxes, name)
	}
}

// axisNamed returns the built-in or custom axis with the given name.
func (f *file) axisNamed(name string) (Axis, bool) {
	if a, ok := AxisNamed(name); ok {
		return a, true
	}
	i := slices.Index(f.table.customAxes, name)
	return numAxes + Axis(i), i >= 0
}

// uses returns the axes that a pair uses, except the axes of the workload.
func (f *file) uses(op OperationInfo, strategy string) axisSet {
	if c := f.contenders[strategy]; c != nil {
		return f.commandUses(op, c)
	}
	allowed := setOf(op.Axes...)
	both := setOf(Sink, Split) // operation and strategy must both use these
	used := allowed &^ both
	for _, s := range f.opt.Catalogue.Strategies {
		if s.Name == strategy {
			used |= setOf(s.Axes...)
		}
	}
	// A file whose grid names neither of these axes has the plan that earlier versions made of it.
	unnamed := setOf(BlockSize, Split) &^ f.variedAxes
	return used &^ (both &^ allowed) &^ unnamed
}

// commandUses returns the axes that a command uses. It uses a scheduling axis only if its
// command line contains the level. Cache and Sync apply to every program, because iosweep
// itself sets these states.
func (f *file) commandUses(op OperationInfo, c *contender) axisSet {
	used := setOf(op.Axes...) & setOf(Cache, Sync)
	if c.Source != nil {
		used |= setOf(Revision)
	}
	inCommandLine := setOf(Workers, Threads, ChunkSize, Queue, Sink, Level, Layout, Pool, BlockSize, Split, Revision, Python)
	for a := range f.table.axes() {
		if (inCommandLine.has(a) || a >= numAxes) && c.uses(f.table.nameOf(a)) {
			used |= setOf(a)
		}
	}
	return used
}
