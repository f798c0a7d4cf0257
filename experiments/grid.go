package experiments

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// A block is one mapping of the grid: every combination of its levels is a cell.
type block struct {
	at     *yaml.Node
	levels [numAxes][]level // nil: not named
	keys   [numAxes]*yaml.Node
	custom []customAxis
}

// customAxis is an axis that the file invented for its commands.
type customAxis struct {
	name   string
	key    *yaml.Node
	levels []level
}

// Bounds of the axes that a file invents: of those that a cell carries, and of
// the names that an unknown axis is compared with.
const (
	maxInvented   = 16
	maxInventable = 100
)

// readGrid reads the blocks: one mapping, or a list of them.
func (f *file) readGrid(n *yaml.Node) {
	list := items(n)
	if len(list) == 0 {
		f.d.problem(n, "grid: the list is empty: expected a mapping with operation and strategy")
	}
	if len(list) > maxBlocks {
		f.d.problem(n, "grid: %s mappings, more than %s", thousands(int64(len(list))), thousands(maxBlocks))
		return
	}
	inventable := f.inventable()
	for _, item := range list {
		f.readBlock(deref(item), inventable)
	}
}

func (f *file) readBlock(n *yaml.Node, inventable []string) {
	d := f.d
	if n.Kind != yaml.MappingNode {
		d.problem(n, "grid: expected a mapping from axes to levels, found %s", found(n))
		return
	}
	b := block{at: n}
	for key, value := range pairs(n) {
		name := deref(key).Value
		if a, ok := AxisNamed(name); ok {
			b.keys[a] = key
			if at := join("grid", name); d.positions[at] == (Position{}) {
				d.positions[at] = d.at(value)
			}
			b.levels[a] = d.axisLevels(a, value)
			f.varied |= setOf(a)
			f.noteTrees(a, value, b.levels[a])
		} else if slices.Contains(inventable, name) {
			b.custom = append(b.custom, customAxis{name, key, d.customLevels(name, value)})
			f.invent(key, name)
		} else {
			d.unknown(key, "axis", name, slices.Concat(axisNames(), inventable))
		}
	}
	for _, a := range []Axis{Operation, Strategy} {
		if b.keys[a] == nil {
			d.problem(n, "grid: %s is missing", a)
		}
	}
	f.blocks = append(f.blocks, b)
}

// noteTrees remembers which trees were named by an override of the grid.
func (f *file) noteTrees(a Axis, value *yaml.Node, levels []level) {
	if _, override := f.d.overrides[value]; a != From || !override {
		return
	}
	for _, l := range levels {
		f.d.fromOverride[l.text] = true
	}
}

// inventable lists the axes that the commands allow a grid to invent: the names
// of placeholders that iosweep itself has no meaning for.
func (f *file) inventable() []string {
	known := map[string]bool{}
	for _, name := range slices.Concat(axisNames(), fixedPlaceholders) {
		known[name] = true
	}
	var names []string
	for _, c := range f.contenders {
		for _, p := range c.placeholders {
			if !known[p.name] {
				known[p.name] = true
				names = append(names, p.name)
			}
		}
	}
	return names[:min(len(names), maxInventable)]
}

func (f *file) invent(key *yaml.Node, name string) {
	if slices.Contains(f.invented, name) {
		return
	}
	if len(f.invented) == maxInvented {
		f.d.problem(key, "the grid invents more than %d axes", maxInvented)
		return
	}
	f.invented = append(f.invented, name)
}

// contender finds the command of a name; nil for a strategy of the catalogue.
func (f *file) contender(strategy string) *contender {
	if i, ok := f.contenderAt[strategy]; ok {
		return &f.contenders[i]
	}
	return nil
}

// uses says which axes give meaning to a pair, beyond those of the workload.
func (f *file) uses(op OperationInfo, strategy string) axisSet {
	if c := f.contender(strategy); c != nil {
		return f.commandUses(op, c)
	}
	used := setOf(op.Axes...) &^ setOf(Sink)
	for _, s := range f.d.opt.Catalogue.Strategies {
		if s.Name != strategy {
			continue
		}
		used |= setOf(s.Axes...)
		if !setOf(op.Axes...).has(Sink) {
			used &^= setOf(Sink)
		}
	}
	return used
}

// commandUses are the axes that give meaning to a command. An axis of
// scheduling means something to it only where its command line has the level.
// The states of cache and disk are iosweep's own matter and hold for any program.
func (f *file) commandUses(op OperationInfo, c *contender) axisSet {
	used := setOf(op.Axes...) & setOf(Cache, Sync)
	for _, a := range []Axis{Workers, Threads, ChunkSize, Queue, Sink, Level, Layout, Pool} {
		if c.uses(a.String()) {
			used |= setOf(a)
		}
	}
	return used
}
