package plot

import (
	"fmt"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// timeSketches returns pictures of every good trial of every cell, with the means: of the time, or of
// the figure that is judged. If the caller chooses a factor for the x axis, they show the means as
// lines.
func timeSketches(src Source) []Sketch {
	figure := src.Judge
	if src.Figure != nil {
		figure = *src.Figure
	}
	file := "time"
	if !figure.IsTime() {
		file = "metric-" + figure.Key()
	}
	var list []Sketch
	for _, g := range src.MergedTables(src.X) {
		unit, scale := scaleOf(figure, g) // the same for all pictures of the table
		q := quantity{name: figure.Name(), file: file, axis: figure.MeanLabel(unit), short: figure.Label(unit), of: func(s *analysis.Summary) (analysis.Value, analysis.Interval) {
			e := s.Estimates(figure)
			return e.Mean.Over(analysis.ValueOf(unit.Size)), e.CI.In(unit.Size)
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
				title: g.Heading + ": " + q.name + page, conditions: conditions, axis: figure.Label(unit), scale: scale, estimate: "mean",
				reference: q.reference, referenceName: q.referenceName,
			}
			for _, s := range cells {
				v, interval := q.of(s)
				chart.cells = append(chart.cells, cellRow{label: rowLabel(s, g.Factors), dots: s.ValuesIn(figure, unit), failed: !s.IsSound(), value: v, interval: interval})
			}
			list = append(list, Sketch{
				Name:  file + "-" + g.Heading + page,
				Alt:   fmt.Sprintf("%s: the trials of %s, with means and 95%% intervals", chart.title, format.Count(len(cells), "cell")),
				Cells: cells,
				Draw:  chart.draw,
			})
		}
	}
	return list
}

// scaleOf returns a unit and a scale that shows every trial of a table. It shows whole intervals only
// if they leave enough space for the rest.
func scaleOf(figure analysis.Figure, g analysis.Table) (format.Unit, scale) {
	largest := 0.0
	for _, s := range g.Cells {
		largest = max(largest, s.Estimates(figure).Max.X)
	}
	u := figure.Unit(largest)
	var values []float64
	for _, s := range g.Cells {
		values = append(values, s.ValuesIn(figure, u)...)
		if e := s.Estimates(figure); e.CI.OK {
			values = append(values, max(e.Mean.X, min(e.CI.High, 1.3*largest))/u.Size)
		}
	}
	return u, fromZero(values)
}
