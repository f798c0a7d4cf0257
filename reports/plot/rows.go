package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// A rowChart has one row per cell, so that long names stay legible.
type rowChart struct {
	title string
	axis  string // what the values are, with their unit
	scale scale
	rows  []chartRow
	// estimate is what the value of a row is: "mean", "speed-up".
	estimate string
	// reference is a value that all rows are seen against, named in the legend.
	reference     analysis.Value
	referenceName string
}

// A chartRow is one cell: single observations, an estimate and its interval.
type chartRow struct {
	label    string
	dots     []float64
	value    analysis.Value
	interval analysis.Interval
	failed   bool
}

// rowsOfAPicture is how many rows are legible on a screen at once.
const rowsOfAPicture = 25

func (r rowChart) draw() ([]byte, error) {
	p := newPlot(r.title)
	legend := newLegend()
	addGrid(p)
	r.scale.apply(&p.X)
	p.X.Label.Text = r.axis
	labels := make([]string, len(r.rows))
	for i, row := range r.rows {
		labels[len(labels)-1-i] = format.Shorten(row.label, 64)
	}
	applyLevels(&p.Y, labels)

	if r.reference.OK {
		line := r.referenceLine()
		add(p, line)
		legend.add(r.referenceName, line)
	}
	if dots := r.dots(); dots != nil {
		add(p, dots)
		legend.add("one trial", dots)
	}
	cut := false
	for _, failed := range []bool{false, true} {
		points, bars, heads := r.estimates(failed)
		if len(points.XYs) == 0 {
			continue
		}
		add(p, bars, heads, points)
		cut = cut || len(heads.tips) > 0
		name := r.estimate + ", 95% interval"
		if failed {
			name = "the same, of a cell with failures"
		}
		legend.add(name, points)
	}
	if cut {
		legend.add(goesOn)
	}
	return render(p, max(210, 140+27*float64(len(r.rows))), legend.inset())
}

// height is the position of a row: the first is at the top.
func (r rowChart) height(i int) float64 { return float64(len(r.rows) - 1 - i) }

func (r rowChart) referenceLine() *plotter.Line {
	x := r.scale.at(r.reference.X)
	line := &plotter.Line{XYs: plotter.XYs{{X: x, Y: -0.5}, {X: x, Y: float64(len(r.rows)) - 0.5}}}
	line.Color, line.Width, line.Dashes = ink, px(1.5), dashes(5, 3)
	return line
}

// dots are the single observations, spread over the height of their row in a
// way that is the same every time.
func (r rowChart) dots() *plotter.Scatter {
	var xys plotter.XYs
	for i, row := range r.rows {
		for k, x := range row.dots {
			golden := math.Mod(0.5+0.618034*float64(k), 1) // any few lie far apart
			xys = append(xys, plotter.XY{X: r.scale.at(x), Y: r.height(i) + 0.75*(golden-0.5)})
		}
	}
	if len(xys) == 0 {
		return nil
	}
	return &plotter.Scatter{XYs: xys, GlyphStyle: draw.GlyphStyle{Color: faint, Radius: px(2.5), Shape: draw.CircleGlyph{}}}
}

// estimates are the estimates with their intervals, of the rows with failures
// or of those without.
func (r rowChart) estimates(failed bool) (*plotter.Scatter, *plotter.XErrorBars, *arrowheads) {
	var b bars
	for i, row := range r.rows {
		if row.value.OK && row.failed == failed {
			b.add(r.scale.at(row.value.X), r.height(i), row.interval, r.scale, false)
		}
	}
	colour, shape := steady, draw.GlyphDrawer(draw.CircleGlyph{})
	if failed {
		colour, shape = alarm, draw.CrossGlyph{}
	}
	whiskers := &plotter.XErrorBars{XYs: b.xys, XErrors: plotter.XErrors(b.errors), CapWidth: px(9)}
	whiskers.LineStyle = draw.LineStyle{Color: colour, Width: px(2)}
	b.heads.colour = colour
	points := &plotter.Scatter{XYs: b.xys, GlyphStyle: draw.GlyphStyle{Color: colour, Radius: px(4.5), Shape: shape}}
	return points, whiskers, &b.heads
}

// rowLabel names a cell, and says what is wrong with it.
func rowLabel(s *analysis.Summary, names []string) string {
	l := analysis.Label(s.Cell, names)
	switch {
	case s.Failed > 0:
		return fmt.Sprintf("%s (%d of %d failed)", l, s.Failed, s.Trials)
	case s.Cell.Retired && s.Seconds.N > 0:
		return l + " (retired)"
	case s.Status == analysis.StatusOK:
		return l
	}
	return fmt.Sprintf("%s (%s)", l, s.Status)
}
