package experiments

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkBlocks refuses blocks that cannot produce valid cells, before the cells of the plan are
// created. It refuses unsupported pairs, levels that an operation does not have, and commands
// without an axis that they need. Cells that `exclude` removes cannot be refused.
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
	f.warnIdleMetrics()
}

// warnIdle warns about commands and keys of workload that no cell uses. A profile or an override
// may leave them out on purpose.
func (f *file) warnIdle() {
	changes := func(set string) bool { return strings.HasPrefix(set, "grid") || strings.HasPrefix(set, "workload") }
	if f.opt.AB != nil || f.opt.Profile != "" || slices.ContainsFunc(f.opt.Set, changes) || len(f.problems) > 0 {
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
	for _, op := range f.Operations {
		if !slices.ContainsFunc(f.Commands, func(c Command) bool { return c.Operation == op.Name }) {
			f.warn(f.positions["operations."+op.Name], "the operation %q does not run, because no command does it: add a command with operation: %s", op.Name, op.Name)
		}
	}
	for _, c := range f.Commands {
		if !run[c.Name] {
			f.warn(f.positions["commands."+c.Name], "the command %q does not run, because no block of the grid has it: add it there, as in strategy: [sequential, %s]", c.Name, c.Name)
		}
	}
	if contents[contentText] && f.Workload.Sigma > 0 {
		f.warn(f.positions["workload.size"], "workload.size has no effect on the content text, because a distribution is for the content bytes: files of text have %s bytes", defaultTextSize)
	}
	if f.Tree != (Tree{}) && len(contents) == 1 && contents[""] {
		f.warn(f.positions["workload.tree"], "workload.tree has no effect, because cells work on an existing tree: remove it")
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
	if slices.ContainsFunc(b.levels[Operation], hasOperation) && !b.combines(c.Operation, strategy.text) {
		f.problem(strategy.at, "the command %q does the operation %q, and no mapping of axes in lockstep has both", c.Name, c.Operation)
		return false
	}
	if !slices.ContainsFunc(b.levels[Operation], hasOperation) {
		if c.Operation != "" && len(b.levels[Operation]) > 0 && f.leavesOther(b, strategy.text) {
			f.problem(strategy.at, "the command %q does the operation %q, which this block does not have: expected %s",
				c.Name, c.Operation, oneOf(levelTexts(b.levels[Operation])))
		}
		return false
	}
	var missing []string
	for i, name := range f.table.customAxes {
		if c.uses(name) && b.keys[numAxes+Axis(i)] == nil {
			missing = append(missing, name)
		}
	}
	if c.Source == nil && c.uses(Revision.String()) && b.keys[Revision] == nil {
		missing = append(missing, Revision.String())
	}
	if op, _ := f.opt.Catalogue.operation(c.Operation); missing != nil && f.leaves(b, op, strategy.text) {
		for _, name := range missing {
			f.problem(strategy.at, "the command %q needs the axis %q, which this block does not have", c.Name, name)
		}
	}
	return true
}

// checkPair checks one operation with one strategy and returns the axes that the pair uses.
func (f *file) checkPair(b *block, operation, strategy level, c *contender) axisSet {
	op, _ := f.opt.Catalogue.operation(operation.text)
	used := f.uses(op, strategy.text)
	if f.ownOperations[operation.text] != nil && c == nil {
		if f.leaves(b, op, strategy.text) {
			f.problem(strategy.at, "the strategy %q does not support the operation %q, which only commands do: name a command with operation: %s%s",
				strategy.text, op.Name, op.Name, adviceToExclude(b, Strategy, strategy.text, Operation, op.Name))
		}
		return used
	}
	if refuse := f.opt.Catalogue.Unsupported; c == nil && refuse != nil {
		if reason := refuse(op.Name, strategy.text); reason != "" {
			if f.leaves(b, op, strategy.text) {
				f.problem(strategy.at, "the strategy %q does not support the operation %q: %s%s",
					strategy.text, op.Name, reason, adviceToExclude(b, Strategy, strategy.text, Operation, op.Name))
			}
			return used
		}
	}
	if f.Judge != "" && f.leaves(b, op, strategy.text) {
		f.checkJudged(strategy, c)
	}
	f.checkBlockSizes(b, op, strategy.text, used)
	if used.has(Sink) && len(op.Sinks) > 0 {
		f.checkLevels(b, op, strategy.text, Sink, op.Sinks)
	}
	all := used
	for _, content := range f.contents(b) {
		contentAxes := f.workloadUses(op, strategy.text, content)
		if c != nil {
			f.checkUsed(b, c, used|contentAxes, strategy, content)
		}
		all |= contentAxes
	}
	if c != nil && used.has(Cache) {
		f.checkLevels(b, op, c.Name, Cache, []string{CacheWarm, CacheCold})
	}
	if c != nil && used.has(Sync) {
		f.checkLevels(b, op, c.Name, Sync, []string{SyncNone, SyncEnd})
	}
	return all
}

// checkLevels refuses the levels of an axis that a pair does not support. Sinks depend on the
// operation. The levels of the other axes depend on the command, which is the strategy.
func (f *file) checkLevels(b *block, op OperationInfo, strategy string, a Axis, allowed []string) {
	by, name, subject := Operation, op.Name, "operation"
	if a != Sink {
		by, name, subject = Strategy, strategy, "command"
	}
	for _, l := range b.levels[a] {
		if !slices.Contains(allowed, l.text) && f.leaves(b, op, strategy, selectedLevel{a, l.text}) {
			f.problem(l.at, "%s %q is not supported by the %s %q: expected %s%s",
				a, l.text, subject, name, oneOf(allowed), adviceToExclude(b, by, name, a, l.text))
		}
	}
}

// checkUsed refuses a command with a placeholder for an axis that its cells do not use.
// Examples are {cache} for an operation that does not read, and {lines} for content bytes.
func (f *file) checkUsed(b *block, c *contender, used axisSet, strategy level, content string) {
	used |= setOf(Operation, Strategy, Workspace)
	if own := f.ownOperations[c.Operation]; own != nil && own.Input != InputNone {
		used |= setOf(Files) // for a tree it is the number of its files
	}
	var unused []Axis
	for a := range numAxes {
		if c.uses(a.String()) && !used.has(a) {
			unused = append(unused, a)
		}
	}
	op, _ := f.opt.Catalogue.operation(c.Operation)
	if c.uses(Size.String()) && used.has(Size) && f.Workload.Sigma > 0 && b.keys[Size] == nil && f.leavesContent(b, op, c.Name, content) {
		f.problem(strategy.at, "the command %q uses {size}, but the files have different sizes, because workload.size is a distribution", c.Name)
	}
	if unused == nil || !f.leavesContent(b, op, c.Name, content) {
		return
	}
	for _, a := range unused {
		f.problem(strategy.at, "the command %q uses {%s}, but the operation %q with this workload does not use this axis", c.Name, a, c.Operation)
	}
}

// A selectedLevel limits an axis to one of its levels.
type selectedLevel struct {
	axis Axis
	text string
}

// combines reports whether the axes in lockstep allow a pair.
func (b *block) combines(operation, strategy string) bool {
	return !slices.ContainsFunc(b.locksteps, func(d dimension) bool {
		return d.where(Operation, operation).where(Strategy, strategy).size() == 0
	})
}

// leaves reports whether `exclude` leaves a cell of a pair in a block. only limits the levels of
// some axes.
func (f *file) leaves(b *block, op OperationInfo, strategy string, only ...selectedLevel) bool {
	return slices.ContainsFunc(f.contents(b), func(content string) bool {
		return f.leavesContent(b, op, strategy, content, only...)
	})
}

// leavesContent is like leaves for the cells with one content.
func (f *file) leavesContent(b *block, op OperationInfo, strategy, content string, only ...selectedLevel) bool {
	if len(f.exclude) == 0 && len(b.locksteps) == 0 && b.onlyNode == nil {
		return true
	}
	f.numberLevels()
	if f.isTooLarge() {
		return false // the grid is refused because of its size
	}
	v, ok := f.variant(b, op, strategy, content, f.uses(op, strategy))
	if !ok {
		return false
	}
	for i := range v.axes {
		for _, l := range only {
			v.axes[i] = v.axes[i].where(l.axis, l.text)
		}
	}
	return !each(v.start, v.axes, func(c Cell) bool { return f.excluded(&c) || !f.keeps(b, &c) })
}

// leavesOther is like leaves for a command whose operation the block does not have. Such pairs
// have no cells, so a filter removes them if it names nothing but operations and strategies.
func (f *file) leavesOther(b *block, strategy string) bool {
	if len(f.exclude) == 0 && b.onlyNode == nil {
		return true
	}
	f.numberLevels()
	return slices.ContainsFunc(b.levels[Operation], func(operation level) bool {
		c := Cell{table: f.table}
		c.levels[Operation], c.levels[Strategy] = f.table.number(operation.text), f.table.number(strategy)
		return !f.excluded(&c) && f.keepsPair(b, &c)
	})
}

// adviceToExclude returns advice to exclude a combination of two levels, if the block has others
// on both axes.
func adviceToExclude(b *block, first Axis, firstLevel string, second Axis, secondLevel string) string {
	if len(b.levels[first]) < 2 || len(b.levels[second]) < 2 {
		return ""
	}
	return fmt.Sprintf("; to leave out these cells alone, add {%s: %s, %s: %s} to exclude", first, firstLevel, second, secondLevel)
}

// warnUnused warns about the axes of a block that none of its cells uses.
func (f *file) warnUnused(b *block, used axisSet) {
	if f.opt.AB != nil {
		return // the block may have axes of the strategies that were left out
	}
	used |= setOf(Operation, Strategy, Workspace)
	for a := range f.table.axes() {
		if _, override := f.overrides[b.keys[a]]; a == Python && override {
			continue // an override adds the axis to all blocks
		}
		if a == Split && b.keys[a] != nil && !used.has(a) {
			operations, strategies := f.opt.Catalogue.splitters()
			f.problem(b.keys[a], "split: no cell of this block can split files: only %s can, under %s: remove split, or use one of them",
				orList(operations), orList(strategies))
			continue
		}
		if b.keys[a] != nil && !used.has(a) {
			f.warn(f.at(b.keys[a]), "no cell of this block uses the axis %q: it is ignored", f.table.nameOf(a))
		}
	}
}

func levelTexts(levels []level) []string {
	return mapSlice(levels, func(l level) string { return l.text })
}
