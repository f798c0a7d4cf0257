package schedule

import (
	"maps"
	"slices"

	"iosweep/experiments"
	"iosweep/journal"
)

// A CellMap maps the cells of a plan to the cells of a journal. Existing cells keep their
// index, because records refer to it. New cells follow, and cells that the plan no longer has
// are retired.
type CellMap struct {
	Merged []journal.Cell // the cells of the journal and the new cells of the plan
	Index  []int          // by cell of the plan: its index in Merged
	CellOf []int          // by index in Merged: the cell of the plan, or -1
}

// MapCells maps the cells of a planned run to the cells of a previous run. The zero Run stands for
// no previous run.
func MapCells(previous, planned *journal.Run) CellMap {
	c := CellMap{Merged: slices.Clone(previous.Cells), Index: make([]int, len(planned.Cells))}
	commandSum := CommandSums(recordedScripts(previous, planned), planned.Metrics)
	known := map[string][]int{} // by name; cells with equal names may differ in levels that the grid does not have
	for i := range c.Merged {
		c.Merged[i].Retired = true
		c.CellOf = append(c.CellOf, -1)
		known[c.Merged[i].Name] = append(known[c.Merged[i].Name], i)
	}
	for i := range planned.Cells {
		cell := &planned.Cells[i]
		at := slices.IndexFunc(known[cell.Name], func(k int) bool {
			// Two cells are the same if levels and inputs are equal and, for a contender,
			// also the command and its recorded scripts.
			old := &previous.Cells[k]
			return c.CellOf[k] < 0 && sameLevels(old.Levels, cell.Levels) && sameInputs(old, cell) && sameSource(old, cell) &&
				(old.Command == cell.Command || old.Command == commandSum(cell.Levels))
		})
		if at >= 0 {
			c.Index[i] = known[cell.Name][at]
			continue
		}
		c.Index[i] = len(c.Merged)
		c.Merged, c.CellOf = append(c.Merged, journal.Cell{}), append(c.CellOf, -1)
	}
	for i, at := range c.Index {
		c.Merged[at], c.CellOf[at] = planned.Cells[i], i
		c.Merged[at].Baseline = c.Index[planned.Cells[i].Baseline]
	}
	return c
}

// sameLevels compares the levels of two cells. If the grid does not name the axis block_size or split, the
// cell has no level on it, which means its default.
func sameLevels(old, now map[string]string) bool {
	return maps.Equal(withoutDefaults(old), withoutDefaults(now))
}

func withoutDefaults(levels map[string]string) map[string]string {
	for _, a := range []experiments.Axis{experiments.BlockSize, experiments.Split} {
		if levels[a.String()] == a.Default() {
			levels = maps.Clone(levels)
			delete(levels, a.String())
		}
	}
	return levels
}

// recordedScripts returns the commands of a plan without the scripts that a previous run did not
// record. Earlier versions of iosweep did not record a script if its path contains a placeholder or
// is a part of an argument.
func recordedScripts(previous, planned *journal.Run) []journal.Command {
	before := commandsByName(previous)
	list := slices.Clone(planned.Commands)
	for i, c := range list {
		list[i].Scripts = maps.Clone(c.Scripts)
		maps.DeleteFunc(list[i].Scripts, func(path, _ string) bool {
			sum := before[c.Name].Scripts[path]
			return sum == "" || sum == journal.MissingScript
		})
	}
	return list
}

// sameInputs reports whether two cells have the same inputs, or the inputs of one are unknown.
func sameInputs(old, now *journal.Cell) bool {
	return old.Inputs == now.Inputs || old.Inputs == "" || now.Inputs == ""
}

// sameSource reports whether two cells run the same revision, or the revision of one is unknown.
func sameSource(old, now *journal.Cell) bool {
	return old.Source == now.Source || old.Source == "" || now.Source == ""
}

func commandsByName(run *journal.Run) map[string]journal.Command {
	list := map[string]journal.Command{}
	for _, c := range run.Commands {
		list[c.Name] = c
	}
	return list
}

// sameCommand reports whether two definitions of a command are equal. If only one of them has a
// script, it belongs to cells that the other plan does not have, or was not recorded.
func sameCommand(a, b journal.Command) bool {
	return a.Operation == b.Operation && a.Definition == b.Definition && slices.Equal(a.Run, b.Run) && slices.Equal(a.Env, b.Env) && a.Git == b.Git && slices.Equal(a.Build, b.Build) &&
		a.ExpectFailure == b.ExpectFailure && a.ExpectError == b.ExpectError && scriptChanges(a, b) == ""
}

// Published returns a copy of a table whose rows refer to cells by their indices in the
// journal. The rows of the argument refer to cells of the plan.
func (c CellMap) Published(table *journal.Published) *journal.Published {
	if table == nil {
		return nil
	}
	mapped := *table
	mapped.Rows = slices.Clone(table.Rows)
	for i := range mapped.Rows {
		cells := slices.Clone(mapped.Rows[i].Cells)
		for k := range cells {
			cells[k].Cell = c.Index[cells[k].Cell]
			if cells[k].Baseline >= 0 {
				cells[k].Baseline = c.Index[cells[k].Baseline]
			}
		}
		mapped.Rows[i].Cells = cells
	}
	return &mapped
}
