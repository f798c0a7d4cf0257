package schedule

import (
	"maps"
	"slices"

	"iosweep/journal"
)

// A CellMap fits a plan to a journal that has cells already. Cells keep the
// index that they have there, for the sake of their records; those that are new
// follow, and those that the plan has no longer are retired.
type CellMap struct {
	Merged []journal.Cell // the cells of the journal from now on
	Index  []int          // by cell of the plan: its index in Merged
	CellOf []int          // by index in Merged: the cell of the plan, -1 if it has none
}

// MapCells fits a planned run to a previous one, which may be none: the zero Run.
func MapCells(previous, planned *journal.Run) CellMap {
	c := CellMap{Merged: slices.Clone(previous.Cells), Index: make([]int, len(planned.Cells))}
	known := map[string][]int{} // by name: levels that are no axis of the grid are not part of it
	for i := range c.Merged {
		c.Merged[i].Retired = true
		c.CellOf = append(c.CellOf, -1)
		known[c.Merged[i].Name] = append(known[c.Merged[i].Name], i)
	}
	for i := range planned.Cells {
		cell := &planned.Cells[i]
		at := slices.IndexFunc(known[cell.Name], func(k int) bool {
			// Trials are of the same kind if levels and inputs are equal, and of a
			// contender the command with its scripts.
			old := &previous.Cells[k]
			return c.CellOf[k] < 0 && old.Command == cell.Command && maps.Equal(old.Levels, cell.Levels) && sameInputs(old, cell)
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

// sameInputs compares what two cells work on, where both are known.
func sameInputs(old, now *journal.Cell) bool {
	return old.Inputs == now.Inputs || old.Inputs == "" || now.Inputs == ""
}

func commandsByName(run *journal.Run) map[string]journal.Command {
	list := map[string]journal.Command{}
	for _, c := range run.Commands {
		list[c.Name] = c
	}
	return list
}

func sameCommand(a, b journal.Command) bool {
	return a.Operation == b.Operation && slices.Equal(a.Run, b.Run) && slices.Equal(a.Env, b.Env) &&
		a.ExpectFailure == b.ExpectFailure && a.ExpectError == b.ExpectError && maps.Equal(a.Scripts, b.Scripts)
}

// Published is a table whose rows name cells of the plan, with their indices in
// the journal instead.
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
