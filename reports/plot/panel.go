package plot

import (
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
)

// linesOfAPicture is how many lines can be told apart.
const linesOfAPicture = 8

// A panel is the part of a group that goes into one picture: the cells that
// agree on the fixed factors.
type panel struct {
	cells []*analysis.Summary
	fixed []string
}

// panels splits cells until each part has few enough lines, a line being what
// has the same levels of the factors. It splits by the factor with the fewest
// levels, so that there are few pictures, but by the strategy last: to compare
// strategies is what pictures are for.
func panels(p panel, names []string) []panel {
	names = analysis.Varying(names, p.cells)
	lines, _ := analysis.Partition(p.cells, names)
	if len(lines) <= linesOfAPicture || len(names) == 0 {
		return []panel{p}
	}
	best, fewest := "", 0
	for _, name := range names {
		n := len(analysis.Levels(name, p.cells))
		if name == experiments.Strategy.String() {
			n += len(p.cells) // after all others
		}
		if best == "" || n < fewest {
			best, fewest = name, n
		}
	}
	var list []panel
	keys, parts := analysis.Partition(p.cells, []string{best})
	for _, key := range keys {
		part := panel{cells: parts[key], fixed: append(slices.Clone(p.fixed), best)}
		list = append(list, panels(part, names)...)
	}
	return list
}

// panelTitle is the heading of a group and the levels that a panel fixes.
func panelTitle(d *analysis.Data, g analysis.Group, p panel) string {
	title := g.Heading
	if fixed := analysis.Label(p.cells[0].Cell, p.fixed); fixed != "" {
		title += ", " + fixed
	}
	return title
}
