package plot

import (
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// timeSketches returns pictures of every good trial of every cell, with the means. If the caller
// chooses a factor for the x axis, they show the means as lines.
func timeSketches(src Source) []Sketch {
	var list []Sketch
	for _, g := range src.MergedTables(src.X) {
		unit, scale := timeScale(g) // the same for all pictures of the table
		q := quantity{name: "time", axis: "mean time (" + unit.Name + ")", short: "time (" + unit.Name + ")", of: func(s *analysis.Summary) (analysis.Value, analysis.Interval) {
			return s.Seconds.Mean.Over(analysis.ValueOf(unit.Size)), s.Seconds.CI.In(unit.Size)
		}}
		if b := g.Baseline; b != nil {
			q.reference, _ = q.of(b)
			q.referenceName = "mean of the baseline: " + g.BaselineLabel
		}
		if src.X != "" {
			isReference := func(s *analysis.Summary) bool { return s == g.Baseline }
			list = append(list, src.charts(g, slices.DeleteFunc(slices.Clone(g.Cells), isReference), q, src.X)...)
			continue
		}
		pages, conditions := src.pages(g, g.Cells)
		for i, cells := range pages {
			page := pageOf(i, len(pages))
			chart := cellChart{
				title: g.Heading + ": time" + page, conditions: conditions, axis: "time (" + unit.Name + ")", scale: scale, estimate: "mean",
				reference: q.reference, referenceName: q.referenceName,
			}
			for _, s := range cells {
				v, interval := q.of(s)
				chart.cells = append(chart.cells, cellRow{label: rowLabel(s, g.Factors), dots: s.SecondsIn(unit), failed: !s.IsSound(), value: v, interval: interval})
			}
			list = append(list, Sketch{
				Name:  "time-" + g.Heading + page,
				Alt:   fmt.Sprintf("%s: the trials of %s, with means and 95%% intervals", chart.title, format.Count(len(cells), "cell")),
				Cells: cells,
				Draw:  chart.draw,
			})
		}
	}
	return list
}

// timeScale returns a unit and a scale that shows every trial of a table. It shows whole intervals
// only if they leave enough space for the rest.
func timeScale(g analysis.Table) (format.Unit, scale) {
	largest := 0.0
	for _, s := range g.Cells {
		largest = max(largest, s.Seconds.Max.X)
	}
	u := format.UnitFor(largest, format.TimeUnits)
	var values []float64
	for _, s := range g.Cells {
		values = append(values, s.SecondsIn(u)...)
		if ci := s.Seconds.CI; ci.OK {
			values = append(values, max(s.Seconds.Mean.X, min(ci.High, 1.3*largest))/u.Size)
		}
	}
	return u, fromZero(values)
}
