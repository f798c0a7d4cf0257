package experiments

import (
	"slices"
	"strconv"
)

// sector is the unit of direct transfers: no disk has smaller blocks.
const sector = 512

// checkBlockSizes refuses the levels of block_size and split that a pair cannot combine. used are
// the axes of the pair.
func (f *file) checkBlockSizes(b *block, op OperationInfo, strategy string, used axisSet) {
	if !used.has(BlockSize) && !used.has(Split) {
		return
	}
	direct := used.has(Cache) && slices.ContainsFunc(b.levels[Cache], func(l level) bool { return l.text == CacheDirect })
	for _, l := range b.levels[BlockSize] {
		if n := bytesOf(l); direct && n%sector != 0 && f.leaves(b, op, strategy, selectedLevel{Cache, CacheDirect}, selectedLevel{BlockSize, l.text}) {
			f.problemOnce(l, "block_size: %s bytes are no multiple of %d, the smallest unit of cache: direct: use one, or leave the pair out with exclude: {cache: direct, block_size: %s}",
				thousands(n), sector, l.text)
		}
	}
	if !used.has(Split) {
		return
	}
	for _, s := range b.levels[Split] {
		n := bytesOf(s)
		if n > 0 && len(op.Sinks) > 0 {
			f.checkSplitSinks(b, op, strategy, s)
		}
		if direct && n%sector != 0 && f.leaves(b, op, strategy, selectedLevel{Cache, CacheDirect}, selectedLevel{Split, s.text}) {
			f.problemOnce(s, "split: %s bytes are no multiple of %d, the smallest unit of cache: direct", thousands(n), sector)
		}
		for _, l := range b.levels[BlockSize] {
			size := bytesOf(l)
			if n == 0 || size == 0 || n%size == 0 || !f.leaves(b, op, strategy, selectedLevel{BlockSize, l.text}, selectedLevel{Split, s.text}) {
				continue
			}
			why := "are no multiple of"
			if n < size {
				why = "are fewer than"
			}
			f.problemOnce(s, "split: %s bytes %s the %s of block_size: a range has whole blocks; leave the pair out with exclude: {block_size: %s, split: %s}, or use other sizes",
				thousands(n), why, thousands(size), l.text, s.text)
		}
	}
}

// checkSplitSinks refuses to split the items of an operation with a shared file under any sink but
// parallel: under the others an item reaches the file as one.
func (f *file) checkSplitSinks(b *block, op OperationInfo, strategy string, s level) {
	if c := f.contenders[strategy]; c == nil && f.uses(op, strategy).has(Threads) && f.leaves(b, op, strategy, selectedLevel{Split, s.text}) {
		f.problemOnce(s, "split: %s cannot split files under %s, because the threads of a process share a pipe, and a range may wait for the one behind it: use threads or processes, or leave the pair out with exclude: {operation: %s, strategy: %s, split: %s}",
			op.Name, strategy, op.Name, strategy, s.text)
		return
	}
	sinks := levelTexts(b.levels[Sink])
	if len(sinks) == 0 {
		sinks = []string{axes[Sink].defaultYAML}
	}
	for _, sink := range sinks {
		if sink != SinkParallel && f.leaves(b, op, strategy, selectedLevel{Sink, sink}, selectedLevel{Split, s.text}) {
			f.problemOnce(s, "split: %s splits files under sink: parallel alone, found sink: %s: use sink: parallel, or leave the pair out with exclude: {operation: %s, sink: %s, split: %s}",
				op.Name, sink, op.Name, sink, s.text)
		}
	}
}

// splitters returns the operations and the strategies that can split files.
func (c *Catalogue) splitters() (operations, strategies []string) {
	for _, op := range c.Operations {
		if slices.Contains(op.Axes, Split) {
			operations = append(operations, op.Name)
		}
	}
	for _, s := range c.Strategies {
		if slices.Contains(s.Axes, Split) {
			strategies = append(strategies, s.Name)
		}
	}
	return operations, strategies
}

// bytesOf returns a level that is a size, or 0 for a word.
func bytesOf(l level) int64 {
	n, _ := strconv.ParseInt(l.text, 10, 64)
	return n
}

// problemOnce reports a problem of a level that several pairs may have.
func (f *file) problemOnce(l level, format string, args ...any) {
	p := problemf(f.at(l.at), format, args...)
	if !slices.Contains(f.problems, p) {
		f.problem(l.at, "%s", p.Message)
	}
}
