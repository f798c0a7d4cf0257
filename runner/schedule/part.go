package schedule

import "slices"

// Part returns the part of a plan with some of its cells and measured rounds, from first to last. It has
// all warm-up rounds, and the order of the whole plan. Its hash is the hash of the whole plan. The baseline
// of each cell must be in the part.
func (p *Plan) Part(cells []int, first, last int) *Plan {
	e := p.Experiment.Part(cells)
	return &Plan{
		Experiment: e, Rounds: e.Trials.Warmup + last - first + 1, Hash: p.Hash,
		whole: p, cells: slices.Clone(cells), first: first - 1,
	}
}

// partOrder returns the cells of the part in the order of the whole plan.
func (p *Plan) partOrder(n int) []int {
	if n >= p.Experiment.Trials.Warmup {
		n += p.first
	}
	index := make(map[int]int, len(p.cells))
	for i, cell := range p.cells {
		index[cell] = i
	}
	list := make([]int, 0, len(p.cells))
	for _, cell := range p.whole.Order(n) {
		if i, ok := index[cell]; ok {
			list = append(list, i)
		}
	}
	return list
}
