package plot

import (
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// timeSketches returns pictures of every good trial of every cell, with the means.
func timeSketches(src Source) []Sketch {
	d := src.Data
	var list []Sketch
	for _, g := range d.MeasuredTables() {
		unit, scale := timeScale(d, g) // the same for all pictures of the table
		pages := slices.Collect(slices.Chunk(g.Cells, rowsPerPicture))
		for i, cells := range pages {
			page := pageOf(i, len(pages))
			chart := cellChart{title: g.Heading + ": time" + page, axis: "time (" + unit.Name + ")", scale: scale, estimate: "mean"}
			if b := g.Baseline; b != nil {
				chart.reference, chart.referenceName = b.Seconds.Mean.Over(analysis.ValueOf(unit.Size)), "mean of the baseline"
			}
			for _, s := range cells {
				chart.cells = append(chart.cells, timeRow(s, g.Factors, s.SecondsIn(unit), unit))
			}
			list = append(list, Sketch{
				Name: "time-" + g.Heading + page,
				Alt:  fmt.Sprintf("%s: the trials of %s, with means and 95%% intervals", chart.title, format.Count(len(cells), "cell")),
				Draw: chart.draw,
			})
		}
	}
	return list
}

func timeRow(s *analysis.Summary, names []string, seconds []float64, u format.Unit) cellRow {
	return cellRow{
		label: rowLabel(s, names), dots: seconds, failed: !s.IsSound(),
		value: s.Seconds.Mean.Over(analysis.ValueOf(u.Size)), interval: s.Seconds.CI.In(u.Size),
	}
}

// timeScale returns a unit and a scale that shows every trial of a table. It shows whole intervals
// only if they leave enough space for the rest.
func timeScale(d *analysis.Data, g analysis.Table) (format.Unit, scale) {
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
