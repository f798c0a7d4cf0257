package experiments

import "slices"

// Part returns the experiment with some of its cells, given by their indices. The baseline of each of them
// must be among them. A part has no budget and no published table, because both are about the whole.
func (e *Experiment) Part(cells []int) *Experiment {
	part := *e
	part.Budget, part.Published = 0, nil
	part.Cells, part.Baseline = make([]Cell, len(cells)), make([]int, len(cells))
	part.cellRepeats, part.cellTimeouts = e.cellRepeats.part(cells), e.cellTimeouts.part(cells)
	for i, cell := range cells {
		part.Cells[i], part.Baseline[i] = e.Cells[cell], slices.Index(cells, e.Baseline[cell])
	}
	return &part
}

// part returns the values of some cells.
func (s cellSetting[T]) part(cells []int) (list cellSetting[T]) {
	for _, cell := range cells {
		if s != nil {
			list = append(list, s[cell])
		}
	}
	return list
}
