package plot

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
)

// dumbbellsOfAPicture is how many rows are legible: more than elsewhere, as the
// rows of a method belong together.
const dumbbellsOfAPicture = 30

// publishedSketches show each measured speed-up beside the published one, where
// there are both.
func publishedSketches(src Source) []Sketch {
	r := src.Published
	if r == nil {
		return nil
	}
	all := dumbbells(r)
	pages := slices.Collect(slices.Chunk(all, dumbbellsOfAPicture))
	var list []Sketch
	for i, rows := range pages {
		title := "Published and measured: " + cmp.Or(r.Table.Source, src.Run.Title, src.Run.Name)
		if len(pages) > 1 {
			title += fmt.Sprintf(" (%d of %d)", i+1, len(pages))
		}
		rows[0].first = true
		chart := dumbbellChart{
			title: title, axis: "speed-up (times the baseline)", scale: dumbbellScale(all, r.Table.Tolerance),
			tolerance: r.Table.Tolerance, baseline: "baseline", rows: rows,
		}
		if r.IsBlocked() {
			chart.axis = "speed-up of what holds up the caller (times the baseline)"
		}
		if base := r.BaselineRow(); base != nil {
			chart.baseline = "baseline: " + base.Method
		}
		list = append(list, Sketch{
			Name: "published",
			Alt:  fmt.Sprintf("%s: published and measured speed-ups of %s, with 95%% intervals", title, format.Count(len(rows), "cell")),
			Draw: chart.draw,
		})
	}
	return list
}

// A dumbbell is a published and a measured speed-up, with a line between them.
type dumbbell struct {
	method, contender string
	first             bool // of its method
	published         reproduce.Range
	measured          analysis.Value
	interval          analysis.Interval
	program           bool
}

// dumbbells are the cells of all methods but the baseline, which is 1 wherever
// one looks.
func dumbbells(r *reproduce.Reproduction) []dumbbell {
	var list []dumbbell
	for _, m := range r.Methods {
		first := true
		for _, a := range m.Attempts {
			if m.IsBaseline || !m.Speedup.OK || !a.Comparable() {
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

// dumbbellScale has room for what is no difference, for all speed-ups, and for
// intervals unless they would crush the rest.
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

// A dumbbellChart has one row per cell, those of a method beneath one another.
type dumbbellChart struct {
	title     string
	axis      string
	baseline  string // what the line at 1 stands for
	tolerance float64
	scale     scale
	rows      []dumbbell
}

func (c dumbbellChart) draw() ([]byte, error) {
	p := newPlot(c.title)
	legend := newLegend()
	c.scale.apply(&p.X)
	p.X.Label.Text = c.axis
	labels := make([]string, len(c.rows))
	for i, row := range c.rows {
		labels[len(labels)-1-i] = row.label()
	}
	applyLevels(&p.Y, labels)

	band, lines, reference := c.band(), c.lines(), c.reference()
	add(p, band, upright())
	add(p, lines...)
	add(p, reference)
	legend.add(c.baseline, reference)
	legend.add(fmt.Sprintf("no difference: within %.4g%% of 1", 100*c.tolerance), band)
	c.addPublished(p, legend)
	cut := false
	for _, program := range []bool{true, false} {
		cut = c.addMeasured(p, legend, program) || cut
	}
	legend.add("bars: 95% interval")
	if cut {
		legend.add(goesOn)
	}
	return render(p, max(230, 140+27*float64(len(c.rows))), legend.inset())
}

// label has the method on its first row only.
func (r dumbbell) label() string {
	if !r.first {
		return format.Shorten(r.contender, 52)
	}
	return format.Shorten(r.method, 32) + ":  " + format.Shorten(r.contender, 52)
}

// height is the position of a row: the first is at the top.
func (c dumbbellChart) height(i int) float64 { return float64(len(c.rows) - 1 - i) }

// upright are grid lines at the ticks of the scale alone: rows are told apart by
// the lines between methods.
func upright() *plotter.Grid {
	return &plotter.Grid{Vertical: draw.LineStyle{Color: gridly, Width: px(1)}}
}

// band is where a speed-up is no difference.
func (c dumbbellChart) band() *plotter.Polygon {
	low, high := c.scale.at(1-c.tolerance), c.scale.at(1+c.tolerance)
	bottom, top := -0.5, float64(len(c.rows))-0.5
	return &plotter.Polygon{
		XYs:   []plotter.XYs{{{X: low, Y: bottom}, {X: high, Y: bottom}, {X: high, Y: top}, {X: low, Y: top}}},
		Color: blank,
	}
}

func (c dumbbellChart) reference() *plotter.Line {
	x := c.scale.at(1)
	return stroke(x, -0.5, x, float64(len(c.rows))-0.5, draw.LineStyle{Color: ink, Width: px(1.5), Dashes: dashes(5, 3)})
}

func stroke(x1, y1, x2, y2 float64, style draw.LineStyle) *plotter.Line {
	return &plotter.Line{XYs: plotter.XYs{{X: x1, Y: y1}, {X: x2, Y: y2}}, LineStyle: style}
}

// lines separate the methods, and join what was published to what was measured.
func (c dumbbellChart) lines() []plot.Plotter {
	var list []plot.Plotter
	left, right := c.scale.at(c.scale.min), c.scale.at(c.scale.max)
	for i, row := range c.rows {
		y := c.height(i)
		if row.first && i > 0 {
			list = append(list, stroke(left, y+0.5, right, y+0.5, draw.LineStyle{Color: faint, Width: px(0.75)}))
		}
		from := min(max(row.measured.X, row.published.Low), row.published.High) // the nearest end
		style := draw.LineStyle{Color: kindLook(row.program).colour, Width: px(1)}
		list = append(list, stroke(c.scale.at(from), y, c.scale.at(row.measured.X), y, style))
	}
	return list
}

// kindLook is that of programs, or of iosweep's own strategies.
func kindLook(program bool) look {
	if program {
		return looks()[0]
	}
	return looks()[2]
}

// addPublished adds the hollow marks.
func (c dumbbellChart) addPublished(p *plot.Plot, legend *sideLegend) {
	single, ranges := &hollows{radius: px(6.5)}, &hollows{radius: px(5)}
	for i, row := range c.rows {
		h := single
		if row.published.Low < row.published.High {
			h = ranges
		}
		h.spans = append(h.spans, span{c.scale.at(row.published.Low), c.scale.at(row.published.High), c.height(i)})
	}
	for _, h := range []struct {
		name  string
		marks *hollows
	}{{"published", single}, {"published as a range", ranges}} {
		if len(h.marks.spans) > 0 {
			add(p, h.marks)
			legend.add(h.name, h.marks)
		}
	}
}

// addMeasured adds the filled marks of a kind and their intervals, and says
// whether any goes on beyond the edge.
func (c dumbbellChart) addMeasured(p *plot.Plot, legend *sideLegend, program bool) (cut bool) {
	var b bars
	for i, row := range c.rows {
		if row.program == program {
			b.add(c.scale.at(row.measured.X), c.height(i), row.interval, c.scale, false)
		}
	}
	if len(b.xys) == 0 {
		return false
	}
	l, name := kindLook(program), "measured: a program"
	if !program {
		name = "measured: iosweep's own strategy"
	}
	whiskers := &plotter.XErrorBars{XYs: b.xys, XErrors: plotter.XErrors(b.errors), CapWidth: px(9)}
	whiskers.LineStyle = draw.LineStyle{Color: l.colour, Width: px(2)}
	b.heads.colour = l.colour
	points := &plotter.Scatter{XYs: b.xys, GlyphStyle: draw.GlyphStyle{Color: l.colour, Radius: px(4.5), Shape: l.shape}}
	add(p, whiskers, &b.heads, points)
	legend.add(name, points)
	return len(b.heads.tips) > 0
}
