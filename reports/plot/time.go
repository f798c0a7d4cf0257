package plot

import (
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// timeSketches show every good trial of every cell, with the means.
func timeSketches(src Source) []Sketch {
	d := src.Data
	var list []Sketch
	for _, g := range d.MeasuredGroups() {
		list = append(list, groupTimes(d, g)...)
	}
	return list
}

// groupTimes cuts a group into pictures, which all have the same scale.
func groupTimes(d *analysis.Data, g analysis.Group) []Sketch {
	names := g.Factors
	unit, scale := timeScale(d, g)
	var list []Sketch
	pages := slices.Collect(slices.Chunk(g.Cells, rowsOfAPicture))
	for i, cells := range pages {
		title, page := g.Heading+": time", ""
		if len(pages) > 1 {
			page = fmt.Sprintf(" (%d of %d)", i+1, len(pages))
		}
		chart := rowChart{title: title + page, axis: "time (" + unit.Name + ")", scale: scale, estimate: "mean"}
		if b := g.Baseline; b != nil && b.Seconds.Mean.OK {
			chart.reference = analysis.ValueOf(b.Seconds.Mean.X / unit.Size)
			chart.referenceName = "mean of the baseline"
		}
		for _, s := range cells {
			chart.rows = append(chart.rows, timeRow(s, names, d.Seconds(s, unit), unit))
		}
		list = append(list, Sketch{
			Name: "time-" + g.Heading + page,
			Alt:  fmt.Sprintf("%s: the trials of %s, with means and 95%% intervals", title+page, format.Count(len(cells), "cell")),
			Draw: chart.draw,
		})
	}
	return list
}

func timeRow(s *analysis.Summary, names []string, seconds []float64, u format.Unit) chartRow {
	row := chartRow{label: rowLabel(s, names), dots: seconds, failed: s.Failed > 0}
	if s.Seconds.Mean.OK {
		row.value = analysis.ValueOf(s.Seconds.Mean.X / u.Size)
	}
	if ci := s.Seconds.CI; ci.OK {
		row.interval = analysis.Interval{Low: ci.Low / u.Size, High: ci.High / u.Size, OK: true}
	}
	return row
}

// timeScale has room for every trial of a group, and for its intervals unless
// they are so wide that they would crush the rest.
func timeScale(d *analysis.Data, g analysis.Group) (format.Unit, scale) {
	largest := 0.0
	for _, s := range g.Cells {
		largest = max(largest, s.Seconds.Max.X)
	}
	u := format.UnitFor(largest, format.TimeUnits)
	var values []float64
	for _, s := range g.Cells {
		values = append(values, d.Seconds(s, u)...)
		if ci := s.Seconds.CI; ci.OK {
			values = append(values, max(s.Seconds.Mean.X, min(ci.High, 1.3*largest))/u.Size)
		}
	}
	return u, fitting(values)
}
