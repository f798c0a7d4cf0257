package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
)

// dumbbellsPerPicture is the maximum number of rows in a picture. It is higher than rowsPerPicture
// because the rows of a method form a group.
const dumbbellsPerPicture = 30

// publishedSketches returns pictures of each measured speed-up with the published one. They show a
// cell only if it has both values.
func publishedSketches(src Source) []Sketch {
	r := src.Published
	if r == nil {
		return nil
	}
	all := dumbbells(r)
	pages := slices.Collect(slices.Chunk(all, dumbbellsPerPicture))
	var list []Sketch
	for i, rows := range pages {
		rows[0].first = true
		chart := dumbbellChart{
			title:      "Published and measured: " + cmp.Or(r.Table.Source, src.Run.Title, src.Run.Name) + pageOf(i, len(pages)),
			conditions: r.Conditions.Sentence(), axis: "speed-up (relative to the baseline)", scale: dumbbellScale(all, r.Table.Tolerance),
			tolerance: r.Table.Tolerance, baseline: "baseline", rows: rows,
		}
		if r.IsBlocked() {
			chart.axis = "speed-up of the blocked time (relative to the baseline)"
		}
		if base := r.BaselineRow(); base != nil && r.Table.Bundle == "" { // a bundle has one for each table
			chart.baseline = "baseline: " + base.Method
		}
		list = append(list, Sketch{
			Name: "published",
			Alt:  fmt.Sprintf("%s: published and measured speed-ups of %s, with 95%% intervals", chart.title, format.Count(len(rows), "cell")),
			Draw: chart.draw,
		})
	}
	return list
}

// A dumbbell is one row of a dumbbell plot: a published and a measured speed-up, with a line
// between them.
type dumbbell struct {
	method, contender string
	first             bool // the first row of its method
	published         analysis.Interval
	measured          analysis.Value
	interval          analysis.Interval // of the measured speed-up
	program           bool              // a contender, and not a strategy of iosweep
}

// dumbbells returns the cells of all methods except the baseline, whose speed-ups are always 1.
// A variant does other work than the published program and has no dumbbell.
func dumbbells(r *reproduce.Reproduction) []dumbbell {
	var list []dumbbell
	for _, m := range r.Methods {
		first := true
		for _, a := range m.Attempts {
			if m.IsBaseline || !m.Speedup.OK || !a.Comparable() || a.Outcome == reproduce.Variant {
				continue
			}
			list = append(list, dumbbell{
				method: m.Printed.Method, contender: a.Contender, first: first, program: a.Program,
				published: m.Speedup, measured: a.Speedup.Value, interval: a.Speedup.CI,
			})
			first = false
		}
	}
	return list
}

// dumbbellScale returns a scale that shows the range of no difference and all speed-ups. It shows
// whole intervals only if they leave enough space for the rest.
func dumbbellScale(rows []dumbbell, tolerance float64) scale {
	values := []float64{1 - tolerance, 1 + tolerance}
	for _, r := range rows {
		values = append(values, r.published.Low, r.published.High, r.measured.X)
	}
	largest := slices.Max(values)
	for _, r := range rows {
		if r.interval.OK {
			values = append(values, max(r.interval.Low, r.measured.X/1.4), min(r.interval.High, max(r.measured.X, 1.2*largest)))
		}
	}
	return aroundOne(values)
}

// A dumbbellChart has one row per cell. The rows of a method are next to each other.
type dumbbellChart struct {
	title, conditions string
	axis              string
	baseline          string // the legend of the line at 1
	tolerance         float64
	scale             scale
	rows              []dumbbell
}

func (c dumbbellChart) draw(l Layout) (*Drawing, error) {
	labels := make([]string, len(c.rows))
	for i, row := range c.rows {
		labels[i] = row.label()
	}
	r := newRowPlot(&frame{title: c.title, conditions: c.conditions}, l, c.axis, c.scale, labels)
	band := c.band()
	// Only vertical grid lines: horizontal lines separate the methods.
	add(r.Plot, band, &plotter.Grid{Vertical: stroke(gridColour, 1)})
	add(r.Plot, c.lines(r)...)
	r.addReference(1, c.baseline)
	r.legend.add(fmt.Sprintf("no difference: within %.4g%% of 1", 100*c.tolerance), band)
	c.addPublished(r)
	c.addMeasured(r, true, "measured: a program")
	c.addMeasured(r, false, "measured: a strategy of iosweep")
	r.legend.add("bars: 95% interval")
	return r.drawing(l)
}

// label returns the label of a row. Only the first row of a method has the name of the method.
func (r dumbbell) label() string {
	if !r.first {
		return oneline.Shorten(r.contender, 52)
	}
	return oneline.Shorten(r.method, 32) + ":  " + oneline.Shorten(r.contender, 52)
}

// band returns the area in which a speed-up counts as no difference.
func (c dumbbellChart) band() *plotter.Polygon {
	low, high := c.scale.at(1-c.tolerance), c.scale.at(1+c.tolerance)
	bottom, top := -0.5, float64(len(c.rows))-0.5
	return &plotter.Polygon{
		XYs:   []plotter.XYs{{{X: low, Y: bottom}, {X: high, Y: bottom}, {X: high, Y: top}, {X: low, Y: top}}},
		Color: blank,
	}
}

// lines returns the lines between methods, and the lines from published to measured values.
func (c dumbbellChart) lines(r *rowPlot) []plot.Plotter {
	var list []plot.Plotter
	left, right := c.scale.at(c.scale.min), c.scale.at(c.scale.max)
	for i, row := range c.rows {
		y := r.height(i)
		if row.first && i > 0 {
			list = append(list, straight(left, y+0.5, right, y+0.5, stroke(faint, 0.75)))
		}
		from := min(max(row.measured.X, row.published.Low), row.published.High) // the nearest end
		list = append(list, straight(c.scale.at(from), y, c.scale.at(row.measured.X), y, stroke(kindStyle(row.program).colour, 1)))
	}
	return list
}

// kindStyle returns the style of programs, or of strategies of iosweep.
func kindStyle(program bool) seriesStyle {
	if program {
		return seriesStyles()[0]
	}
	return seriesStyles()[2]
}

// addPublished adds hollow marks for the published values.
func (c dumbbellChart) addPublished(r *rowPlot) {
	single, ranges := &hollowMarks{radius: px(6.5)}, &hollowMarks{radius: px(5)}
	for i, row := range c.rows {
		h := single
		if row.published.Low < row.published.High {
			h = ranges
		}
		h.spans = append(h.spans, span{c.scale.at(row.published.Low), c.scale.at(row.published.High), r.height(i)})
	}
	if len(single.spans) > 0 {
		add(r.Plot, single)
		r.legend.add("published", single)
	}
	if len(ranges.spans) > 0 {
		add(r.Plot, ranges)
		r.legend.add("published as a range", ranges)
	}
}

// addMeasured adds filled marks with intervals for the measured values of programs, or of
// strategies of iosweep.
func (c dumbbellChart) addMeasured(r *rowPlot, program bool, name string) {
	b := bars{scale: c.scale}
	for i, row := range c.rows {
		if row.program == program {
			b.add(c.scale.at(row.measured.X), r.height(i), row.interval)
		}
	}
	r.addBars(b, kindStyle(program), name)
}

// hollowMarks are marks without filling. A single value has a ring. A range has a bar with round ends.
type hollowMarks struct {
	radius vg.Length
	spans  []span
}

// A span is a range of positions at a height.
type span struct{ from, to, y float64 }

var (
	_ plot.Plotter     = (*hollowMarks)(nil)
	_ plot.Thumbnailer = (*hollowMarks)(nil)
)

// Plot draws the marks. They are filled with white and cover earlier drawings.
func (h *hollowMarks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, s := range h.spans {
		h.drawOne(&c, x(s.from), x(s.to), y(s.y))
	}
}

// Thumbnail draws a bar if the first mark is a range, and a ring if it is not.
func (h *hollowMarks) Thumbnail(c *draw.Canvas) {
	half := vg.Length(0)
	if len(h.spans) > 0 && h.spans[0].from < h.spans[0].to {
		half = px(9)
	}
	centre := c.Center()
	h.drawOne(c, centre.X-half, centre.X+half, centre.Y)
}

func (h *hollowMarks) drawOne(c *draw.Canvas, from, to, y vg.Length) {
	var p vg.Path
	p.Move(vg.Point{X: from, Y: y + h.radius})
	p.Arc(vg.Point{X: from, Y: y}, h.radius, math.Pi/2, math.Pi)
	p.Line(vg.Point{X: to, Y: y - h.radius})
	p.Arc(vg.Point{X: to, Y: y}, h.radius, -math.Pi/2, math.Pi)
	p.Close()
	c.SetColor(color.White)
	c.Fill(p)
	c.SetLineStyle(draw.LineStyle{Color: ink, Width: px(1.75)})
	c.Stroke(p)
}
