package reports

import (
	"fmt"
	"maps"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// A reader of a large run wants few rows of each table, and fewer if there are many tables.
const (
	minRows         = 8
	terminalRows    = 25  // of a table for a terminal
	maxTables       = 30  // in the overview and below it
	terminalAllRows = 300 // of all tables together, unless each has minRows
	markdownRows    = 50
	markdownAllRows = 150
)

// An excerpt is a part of the tables of a run: what one report shows of it.
type excerpt struct {
	Tables  []analysis.Table // without tables of retired cells
	parts   []analysis.Excerpt
	shown   map[*analysis.Summary]bool
	omitted int // number of further tables

	retiredTables, retiredCells int // of the tables that are left out
}

// excerptOf chooses at most rows cells of each of the first tables; 0 or less means all.
func excerptOf(c *Content, rows, tables int) *excerpt {
	e := &excerpt{shown: map[*analysis.Summary]bool{}}
	for _, g := range c.Tables {
		if g.IsRetired() && len(c.Tables) > 1 {
			e.retiredTables++
			e.retiredCells += len(g.Cells)
			continue
		}
		if tables > 0 && len(e.Tables) == tables {
			e.omitted++
			continue
		}
		part := g.Excerpt(rows)
		e.Tables, e.parts = append(e.Tables, g), append(e.parts, part)
		for _, s := range part.Cells {
			e.shown[s] = true
		}
	}
	return e
}

// rowsPerTable divides rows among tables.
func rowsPerTable(c *Content, most, all int) int {
	return min(most, max(minRows, all/max(1, len(c.Tables))))
}

// footnotes returns the footnotes about the cells that are shown.
func (e *excerpt) footnotes(c *Content) []string {
	return analysis.Footnotes(c.Data, c.Published != nil, func(s *analysis.Summary) bool { return e.shown[s] })
}

// openNote explains the word "open", if a shown cell or a result by node has it.
func (e *excerpt) openNote(c *Content) []string {
	isOpen := func(s *analysis.Summary) bool { return analysis.HasOpen(s.Seconds.CI, s.Judged.CI, s.Speedup.CI) }
	open := slices.ContainsFunc(slices.Collect(maps.Keys(e.shown)), isOpen)
	if c.Nodes != nil {
		for _, list := range c.Nodes.Compared {
			open = open || slices.ContainsFunc(list.Results, func(r analysis.NodeResult) bool { return isOpen(r.Summary) })
		}
	}
	if !open {
		return nil
	}
	return []string{analysis.OpenNote(c.Judge) + " More trials would bound it."}
}

// remainder returns the sentences below a table that tell which rows it has, and where the others are.
func remainder(part analysis.Excerpt, where string) (list []string) {
	if part.Omitted > 0 {
		list = append(list, fmt.Sprintf("Shown: %s. %s more: %s.", part.Kept, format.Thousands(int64(part.Omitted)), where))
	}
	if part.Retired > 0 {
		list = append(list, fmt.Sprintf("%s, no longer in the experiment: %s.", format.Count(part.Retired, "retired cell"), where))
	}
	return list
}

// remainder returns the sentences below the tables that count the others.
func (e *excerpt) remainder(where string) (list []string) {
	if e.omitted > 0 {
		list = append(list, fmt.Sprintf("%s more: %s.", format.Count(e.omitted, "table"), where))
	}
	if e.retiredTables > 0 {
		list = append(list, fmt.Sprintf("%s with %s, no longer in the experiment: %s.", format.Count(e.retiredTables, "table"), format.Count(e.retiredCells, "retired cell"), where))
	}
	return list
}
