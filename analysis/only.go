package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"iosweep/experiments"
)

// Only restricts the data to the cells that match one of the filters, in the syntax of --only, and
// to their baselines. It recomputes no figure: verdicts still allow for all cells of the run. It adds
// a warning for levels that no cell has.
func (d *Data) Only(filters []string) error {
	matching, unmet, err := d.Matching(filters)
	if err != nil {
		return err
	}
	keep := map[*Summary]bool{}
	for _, s := range matching {
		keep[s] = true
		if base := d.baselineOf(s); base != nil {
			keep[base] = true
		}
	}
	if len(keep) == 0 {
		return &NoCellError{filters, d.LevelsOf(filters)}
	}
	d.Warnings = append(d.Warnings, unmet...)
	d.selected = slices.DeleteFunc(d.Cells(), func(s *Summary) bool { return !keep[s] })
	d.Tables = d.tables()
	d.Effects = d.effects()
	d.Nodes, d.Troubles, d.Overview, d.Next = d.nodes(), d.troubles(), d.overview(), d.nextRuns()
	return nil
}

// Matching returns the cells that match one of the filters, in the syntax of --only. The filters may
// also name the operations, strategies and axes of the other runs. unmet describes the levels that no
// cell has.
func (d *Data) Matching(filters []string, others ...*Data) (cells []*Summary, unmet []string, err error) {
	operations, strategies, custom := map[string]bool{}, map[string]bool{}, map[string]bool{}
	keys := func(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
	for _, run := range append(others, d) {
		for i := range run.Run.Cells {
			c := &run.Run.Cells[i]
			operations[c.Levels["operation"]], strategies[c.Levels["strategy"]] = true, true
			for _, axis := range c.Custom {
				custom[axis] = true
			}
		}
	}
	selection, err := experiments.Select(filters, keys(operations), keys(strategies), keys(custom), d.Run.Machine.CPUs)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range d.Cells() {
		if selection.Matches(s.Cell.Levels) {
			cells = append(cells, s)
		}
	}
	return cells, selection.Unmet(), nil
}

// LevelsOf lists the levels that the run has on the axes of the filters.
func (d *Data) LevelsOf(filters []string) string {
	conditions := strings.Split(strings.Join(filters, ","), ",")
	var parts []string
	for _, name := range Varying(d.Factors, d.Cells()) {
		if !slices.ContainsFunc(conditions, func(c string) bool { return strings.HasPrefix(c, name+"=") }) {
			continue
		}
		var levels []string
		for _, level := range Levels(name, d.Cells()) {
			levels = append(levels, LevelText(name, level))
		}
		const most = 12
		if more := len(levels) - most; more > 1 {
			levels = append(levels[:most:most], fmt.Sprintf("%d more", more))
		}
		parts = append(parts, name+" has "+strings.Join(levels, ", "))
	}
	return strings.Join(parts, "; ")
}

// A NoCellError reports that no cell matches the filters.
type NoCellError struct {
	Filters []string
	Levels  string // the levels of the run on the axes of the filters
}

func (e *NoCellError) Error() string {
	text := "no cell of the run matches --only " + strings.Join(e.Filters, " or --only ")
	if e.Levels != "" {
		text += ": " + e.Levels
	}
	return text
}
