package experiments

import (
	"maps"
	"slices"
	"strings"
)

// checkBlocks refuses blocks that cannot produce valid cells, before any cell is created:
// unsupported pairs, levels that an operation does not have, and commands without an axis that
// they need.
func (f *file) checkBlocks() {
	for i := range f.blocks {
		b := &f.blocks[i]
		var used axisSet
		for _, strategy := range b.levels[Strategy] {
			c := f.contenders[strategy.text]
			if c != nil && !f.checkCommand(b, strategy, c) {
				continue
			}
			for _, operation := range b.levels[Operation] {
				if c != nil && c.Operation != operation.text {
					continue // a command does only its own operation
				}
				used |= f.checkPair(b, operation, strategy, c)
			}
		}
		f.warnUnused(b, used)
	}
	f.warnIdle()
}

// warnIdle warns about commands and keys of workload that no cell uses. A profile or an override
// may leave them out on purpose.
func (f *file) warnIdle() {
	changes := func(set string) bool { return strings.HasPrefix(set, "grid") || strings.HasPrefix(set, "workload") }
	if f.opt.Profile != "" || slices.ContainsFunc(f.opt.Set, changes) || len(f.problems) > 0 {
		return
	}
	run, contents := map[string]bool{}, map[string]bool{}
	for i := range f.blocks {
		for _, strategy := range f.blocks[i].levels[Strategy] {
			run[strategy.text] = true
		}
		for _, content := range f.contents(&f.blocks[i]) {
			contents[content] = true
		}
	}
	for _, c := range f.Commands {
		if !run[c.Name] {
			f.warn(f.positions["commands."+c.Name], "the command %q does not run, because no block of the grid has it: add it there, as in strategy: [sequential, %s]", c.Name, c.Name)
		}
	}
	for a := Files; a < From; a++ {
		if at, written := f.positions["workload."+a.String()]; written {
			f.warnIdleKey(a, at, contents)
		}
	}
}

// warnIdleKey warns if none of the contents uses a key of workload.
func (f *file) warnIdleKey(a Axis, at Position, contents map[string]bool) {
	for content := range contents {
		if workloadAxes(content).has(a) {
			return
		}
	}
	if contents[""] {
		f.warn(at, "workload.%s has no effect, because cells work on an existing tree: remove it", a)
		return
	}
	var users []string
	for _, content := range axes[Content].words {
		if workloadAxes(content).has(a) {
			users = append(users, content)
		}
	}
	f.warn(at, "workload.%s has no effect, because the content %s does not use it: remove it, or write content: %s",
		a, strings.Join(slices.Sorted(maps.Keys(contents)), ", "), orList(users))
}

// checkCommand reports whether a contender can be a strategy of the block.
func (f *file) checkCommand(b *block, strategy level, c *contender) bool {
	hasOperation := func(l level) bool { return l.text == c.Operation }
	if !slices.ContainsFunc(b.levels[Operation], hasOperation) {
		if c.Operation != "" && len(b.levels[Operation]) > 0 {
			f.problem(strategy.at, "the command %q does the operation %q, which this block does not have: expected %s",
				c.Name, c.Operation, oneOf(levelTexts(b.levels[Operation])))
		}
		return false
	}
	for i, name := range f.table.customAxes {
		if c.uses(name) && b.keys[numAxes+Axis(i)] == nil {
			f.problem(strategy.at, "the command %q needs the axis %q, which this block does not have", c.Name, name)
		}
	}
	return true
}

// checkPair checks one operation with one strategy and returns the axes that the pair uses.
func (f *file) checkPair(b *block, operation, strategy level, c *contender) axisSet {
	op, _ := f.opt.Catalogue.operation(operation.text)
	used := f.uses(op, strategy.text)
	if refuse := f.opt.Catalogue.Unsupported; c == nil && refuse != nil {
		if reason := refuse(op.Name, strategy.text); reason != "" {
			f.problem(strategy.at, "the strategy %q does not support the operation %q: %s", strategy.text, op.Name, reason)
			return used
		}
	}
	if used.has(Sink) && len(op.Sinks) > 0 {
		f.checkLevels(b, Sink, op.Sinks, "the operation "+quote(op.Name))
	}
	all := used
	for _, content := range f.contents(b) {
		contentAxes := workloadAxes(content)
		if c != nil {
			f.checkUsed(c, used|contentAxes, strategy)
		}
		all |= contentAxes
	}
	if c != nil && used.has(Cache) {
		f.checkLevels(b, Cache, []string{CacheWarm, CacheCold}, "the command "+quote(c.Name))
	}
	if c != nil && used.has(Sync) {
		f.checkLevels(b, Sync, []string{SyncNone, SyncEnd}, "the command "+quote(c.Name))
	}
	return all
}

// checkLevels refuses levels that subject does not support.
func (f *file) checkLevels(b *block, a Axis, allowed []string, subject string) {
	for _, l := range b.levels[a] {
		if !slices.Contains(allowed, l.text) {
			f.problem(l.at, "%s %q is not supported by %s: expected %s", a, l.text, subject, oneOf(allowed))
		}
	}
}

// checkUsed refuses a command with a placeholder for an axis that its cells do not use.
// Examples are {cache} for an operation that does not read, and {lines} for content bytes.
func (f *file) checkUsed(c *contender, used axisSet, strategy level) {
	used |= setOf(Operation, Strategy, Workspace)
	for a := range numAxes {
		if c.uses(a.String()) && !used.has(a) {
			f.problem(strategy.at, "the command %q uses {%s}, but the operation %q with this workload does not use this axis", c.Name, a, c.Operation)
		}
	}
}

// warnUnused warns about the axes of a block that none of its cells uses.
func (f *file) warnUnused(b *block, used axisSet) {
	used |= setOf(Operation, Strategy, Workspace)
	for a := range f.table.axes() {
		if _, override := f.overrides[b.keys[a]]; a == Python && override {
			continue // an override adds the axis to all blocks
		}
		if b.keys[a] != nil && !used.has(a) {
			f.warn(f.at(b.keys[a]), "no cell of this block uses the axis %q: it is ignored", f.table.nameOf(a))
		}
	}
}

func levelTexts(levels []level) []string {
	return mapSlice(levels, func(l level) string { return l.text })
}
