package plot

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// A percentile is a mark in the rows of latencies.
type percentile struct {
	name  string
	of    func(analysis.Latency) analysis.Value
	style seriesStyle
}

// percentiles are in ascending order.
var percentiles = []percentile{
	{"median", func(l analysis.Latency) analysis.Value { return l.P50 }, seriesStyle{colour: blue, shape: draw.CircleGlyph{}}},
	{"90th percentile", func(l analysis.Latency) analysis.Value { return l.P90 }, seriesStyle{colour: rgb(0x009e73), shape: draw.PyramidGlyph{}}},
	{"99th percentile", func(l analysis.Latency) analysis.Value { return l.P99 }, seriesStyle{colour: vermilion, shape: draw.BoxGlyph{}}},
	{"highest", func(l analysis.Latency) analysis.Value { return l.Max }, seriesStyle{colour: ink, shape: crossGlyph{}}},
}

// latencySketches returns pictures of the latencies of the items, with one row per cell. Cells without
// latencies, such as programs, have no row.
func latencySketches(src Source) []Sketch {
	var list []Sketch
	for _, g := range src.MeasuredTables() {
		cells := slices.DeleteFunc(slices.Clone(g.Cells), func(s *analysis.Summary) bool { return !s.Latency.P50.OK })
		var values []float64
		for _, s := range cells {
			for _, p := range percentiles {
				if v := p.of(s.Latency); v.OK {
					values = append(values, v.X)
				}
			}
		}
		if len(values) == 0 {
			continue
		}
		unit := format.UnitFor(slices.Max(values), format.TimeUnits)
		for i := range values {
			values[i] /= unit.Size
		}
		pages, conditions := src.pages(g, cells)
		for i, cells := range pages {
			c := latencyChart{
				title: g.Heading + ": latency of an item" + pageOf(i, len(pages)), conditions: conditions,
				unit: unit, scale: fromZero(values), cells: cells, factors: g.Factors,
			}
			list = append(list, Sketch{
				Name:  "latency-" + g.Heading + pageOf(i, len(pages)),
				Alt:   fmt.Sprintf("%s: percentiles of %s", c.title, format.Count(len(cells), "cell")),
				Cells: cells,
				Draw:  c.draw,
			})
		}
	}
	return list
}

// A latencyChart shows the percentiles of the latencies of each cell.
type latencyChart struct {
	title, conditions string
	unit              format.Unit
	scale             scale
	cells             []*analysis.Summary
	factors           []string
}

func (c latencyChart) draw(l Layout) (*Drawing, error) {
	labels := make([]string, len(c.cells))
	for i, s := range c.cells {
		labels[i] = rowLabel(s, c.factors)
	}
	r := newRowPlot(&frame{title: c.title, conditions: c.conditions}, l, "latency ("+c.unit.Name+")", c.scale, labels)
	addGrid(r.Plot)
	xys := make([]plotter.XYs, len(percentiles))
	var lines []plot.Plotter
	for i, s := range c.cells {
		from := c.scale.at(s.Latency.P50.X / c.unit.Size)
		to := from
		for k, p := range percentiles {
			if v := p.of(s.Latency).Over(analysis.ValueOf(c.unit.Size)); v.OK {
				x := c.scale.at(v.X)
				from, to = min(from, x), max(to, x)
				xys[k] = append(xys[k], plotter.XY{X: x, Y: r.height(i)})
			}
		}
		lines = append(lines, straight(from, r.height(i), to, r.height(i), stroke(faint, 1.5)))
	}
	add(r.Plot, lines...)
	for k := len(percentiles) - 1; k >= 0; k-- { // the median covers the others
		add(r.Plot, marks(xys[k], percentiles[k].style.colour, 4.5, percentiles[k].style.shape))
	}
	for k, p := range percentiles {
		if len(xys[k]) > 0 {
			r.legend.add(p.name, marks(nil, p.style.colour, 4.5, p.style.shape))
		}
	}
	return r.drawing(l)
}
