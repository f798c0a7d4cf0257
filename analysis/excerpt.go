package analysis

import (
	"fmt"
	"slices"

	"iosweep/internal/format"
)

// An Excerpt contains the cells of a table that a report shows. People do not read a long table, and
// summary.csv contains all cells.
type Excerpt struct {
	// Cells are in the order of the experiment file. If some are left out, the baseline is the
	// first, and the others follow by their speed-ups, the best first.
	Cells []*Summary
	// Omitted is the number of cells that are left out, without retired ones. Kept describes the
	// others in words; it is empty if none is left out.
	Omitted int
	Kept    string
	// Retired is the number of retired cells. All of them are left out.
	Retired int
}

// Excerpt chooses at most rows cells of a table; 0 or less means all. It leaves out retired cells,
// except for a baseline. Of the others it prefers the baseline, and then the best and some of the worst
// cells.
func (g *Table) Excerpt(rows int) Excerpt {
	live := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool { return s.Cell.Retired && s != g.Baseline })
	e := Excerpt{Cells: live, Retired: len(g.Cells) - len(live)}
	if rows <= 0 || len(live) <= rows {
		return e
	}
	e.Cells = nil
	ranked := g.ranked()
	if base := slices.Index(ranked, g.Baseline); base >= 0 {
		ranked = slices.Delete(ranked, base, base+1)
	}
	kept := ""
	if g.Baseline != nil && rows > 1 {
		e.Cells, kept = []*Summary{g.Baseline}, "the baseline, then "
		rows--
	}
	if n := len(ranked); n == 0 {
		others := slices.DeleteFunc(slices.Clone(live), func(s *Summary) bool { return slices.Contains(e.Cells, s) })
		e.Cells, kept = append(e.Cells, others[:rows]...), kept+fmt.Sprintf("the first %d", rows)
	} else if n <= rows {
		e.Cells, kept = append(e.Cells, ranked...), fmt.Sprintf("%sthe %d measured without a failure", kept, n)
	} else {
		slowest := rows / 5
		e.Cells = slices.Concat(e.Cells, ranked[:rows-slowest], ranked[n-slowest:])
		kept += several(g.Judge.Best(), rows-slowest)
		if slowest > 0 {
			kept += " and " + several(g.Judge.Worst(), slowest)
		}
	}
	e.Omitted, e.Kept = len(live)-len(e.Cells), fmt.Sprintf("%s of %s", kept, format.Count(len(live), "cell"))
	return e
}

// several returns "the fastest" or "the 3 fastest".
func several(superlative string, n int) string {
	if n == 1 {
		return "the " + superlative
	}
	return fmt.Sprintf("the %d %s", n, superlative)
}

// IsRetired reports whether all cells of a table are retired.
func (g *Table) IsRetired() bool {
	return !slices.ContainsFunc(g.Cells, func(s *Summary) bool { return !s.Cell.Retired })
}
