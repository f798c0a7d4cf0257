package analysis

import (
	"maps"
	"slices"
	"strings"

	"iosweep/experiments"
)

// Only restricts the data to the cells that match one of the filters, in the syntax of --only, and
// to their baselines. It recomputes no figure: verdicts still allow for all cells of the run.
func (d *Data) Only(filters []string) error {
	operations, strategies, custom := map[string]bool{}, map[string]bool{}, map[string]bool{}
	keys := func(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
	for i := range d.Run.Cells {
		c := &d.Run.Cells[i]
		operations[c.Levels["operation"]], strategies[c.Levels["strategy"]] = true, true
		for _, axis := range c.Custom {
			custom[axis] = true
		}
	}
	selection, err := experiments.Select(filters, keys(operations), keys(strategies), keys(custom), d.Run.Machine.CPUs)
	if err != nil {
		return err
	}
	keep := map[*Summary]bool{}
	for _, s := range d.Cells() {
		if selection.Matches(s.Cell.Levels) {
			keep[s] = true
			if base := d.baselineOf(s); base != nil {
				keep[base] = true
			}
		}
	}
	if len(keep) == 0 {
		return &NoCellError{filters}
	}
	d.selected = slices.DeleteFunc(d.Cells(), func(s *Summary) bool { return !keep[s] })
	d.Tables = d.tables()
	d.Troubles, d.Overview = d.troubles(), d.overview()
	return nil
}

// A NoCellError reports that no cell matches the filters.
type NoCellError struct{ Filters []string }

func (e *NoCellError) Error() string {
	return "no cell of the run matches --only " + strings.Join(e.Filters, " or --only ")
}
