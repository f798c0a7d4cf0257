package experiments

import (
	"fmt"
	"slices"
)

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
func (s *Selection) Matches(levels map[string]string) (matches bool) {
	for i := range s.filters {
		cf := &s.filters[i]
		if !slices.ContainsFunc(cf.axes, func(c condition) bool { return !slices.Contains(c.levels, levels[c.name]) }) {
			cf.meet(func(c *condition) string { return levels[c.name] })
			matches = true
		}
	}
	return matches
}

// Unmet describes, for each filter, the levels that none of the cells so far has with the other levels
// of the filter.
func (s *Selection) Unmet() (list []string) {
	for i := range s.filters {
		if unmet := s.filters[i].unmet(); unmet != "" {
			list = append(list, fmt.Sprintf("%s: no cell matches %s", s.filters[i].at.File, unmet))
		}
	}
	return list
}
