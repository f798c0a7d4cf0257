package experiments

import "slices"

// A Selection selects cells of a completed run. A cell matches if it matches one of the filters.
type Selection struct{ filters []cellFilter }

// Select reads filters in the syntax of --only, for a run with these operations, strategies and
// custom axes. On the axis workers, cpus stands for the given number.
func Select(only, operations, strategies, customAxes []string, cpus int) (*Selection, error) {
	opt := Options{CPUs: cpus}
	for _, name := range operations {
		opt.Catalogue.Operations = append(opt.Catalogue.Operations, OperationInfo{Name: name})
	}
	for _, name := range strategies {
		opt.Catalogue.Strategies = append(opt.Catalogue.Strategies, StrategyInfo{Name: name})
	}
	f := &file{decoder: newDecoder(nil, opt), Experiment: &Experiment{table: &levelTable{customAxes: customAxes}}}
	s := &Selection{}
	for _, text := range only {
		s.filters = append(s.filters, f.parseOnly(text))
	}
	if len(f.problems) > 0 {
		return nil, f.list()
	}
	return s, nil
}

// Matches reports whether a cell matches. levels has the level of each axis that the cell uses.
func (s *Selection) Matches(levels map[string]string) bool {
	return slices.ContainsFunc(s.filters, func(cf cellFilter) bool {
		return !slices.ContainsFunc(cf.axes, func(c condition) bool {
			_, found := slices.BinarySearch(c.levels, levels[c.name])
			return !found
		})
	})
}
