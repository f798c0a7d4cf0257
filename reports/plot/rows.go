package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// A rowPlot is a plot with one row per cell, so that long names are legible.
type rowPlot struct {
	*plot.Plot
	*frame
	scale scale // from left to right
	n     int   // number of rows
	cut   bool  // whether a bar continues beyond the edge
}

// newRowPlot returns a plot with rows of these names, which it shortens to fit.
func newRowPlot(f *frame, l Layout, axis string, s scale, labels []string) *rowPlot {
	f.legend = newLegend()
	s.coarse = l.width() < besideLeast
	r := &rowPlot{Plot: newPlot(""), frame: f, scale: s, n: len(labels)}
	s.apply(&r.X)
	r.X.Label.Text = axis
	if l.width() < besideLeast {
		r.X.Label.Text, _, _ = strings.Cut(axis, " (relative")
	}
	part := 0.37 // of the picture, for the labels
	if l.width() < besideLeast {
		part = 0.52 // no legend needs the width
	}
	labels = distinct(labels, int(part*l.width()/6.8))
	slices.Reverse(labels)
	applyLevels(&r.Y, labels)
	f.panels = append(f.panels, r.Plot)
	return r
}

// height returns the position of a row. The first row is at the top.
func (r *rowPlot) height(i int) float64 { return float64(r.n - 1 - i) }

// addReference adds a line at a value to which readers compare all rows.
func (r *rowPlot) addReference(value float64, name string) {
	x := r.scale.at(value)
	line := straight(x, -0.5, x, float64(r.n)-0.5, stroke(ink, 1.5, 5, 3))
	add(r.Plot, line)
	r.legend.add(name, line)
}

// addBars adds points with their bars, if there are any.
func (r *rowPlot) addBars(b bars, l seriesStyle, name string) {
	if len(b.xys) == 0 {
		return
	}
	points, under := b.plotters(l, 4.5, 2)
	add(r.Plot, append(under, points)...)
	r.legend.add(name, points)
	r.cut = r.cut || len(b.tips) > 0
}

func (r *rowPlot) drawing(l Layout) (*Drawing, error) {
	if r.cut {
		r.legend.add(arrowLegend)
	}
	r.frame.height = 62 + 27*float64(r.n)
	return r.frame.drawing(l)
}

// A cellChart shows one cell per row, with its trials or only its estimate.
type cellChart struct {
	title, conditions string
	axis              string // the label of the values, with their unit
	scale             scale
	cells             []cellRow
	// estimate is the name of the values of the rows: "mean" or "speed-up".
	estimate string
	// reference is a value to which readers compare all rows. The legend shows its name.
	reference     analysis.Value
	referenceName string
}

// A cellRow is the row of one cell.
type cellRow struct {
	label    string
	dots     []float64         // single trials
	value    analysis.Value    // the estimate
	interval analysis.Interval // of the estimate
	failed   bool
}

// rowsPerPicture is the maximum number of rows in a picture, so that all fit on a screen.
const rowsPerPicture = 25

// pageOf returns the number of a picture, such as " (1 of 2)", or "" if there is only one.
func pageOf(i, pages int) string {
	if pages == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d)", i+1, pages)
}

func (c cellChart) draw(l Layout) (*Drawing, error) {
	labels := make([]string, len(c.cells))
	for i, cell := range c.cells {
		labels[i] = cell.label
	}
	r := newRowPlot(&frame{title: c.title, conditions: c.conditions}, l, c.axis, c.scale, labels)
	addGrid(r.Plot)
	if c.reference.OK {
		r.addReference(c.reference.X, c.referenceName)
	}
	addMarks(r.Plot, r.legend, "one trial", c.dots(r))
	good, bad := bars{scale: c.scale}, bars{scale: c.scale}
	for i, cell := range c.cells {
		b := &good
		if cell.failed {
			b = &bad
		}
		if cell.value.OK {
			b.add(c.scale.at(cell.value.X), r.height(i), cell.interval)
		}
	}
	r.addBars(good, seriesStyle{colour: blue, shape: draw.CircleGlyph{}}, c.estimate+", 95% interval")
	r.addBars(bad, seriesStyle{colour: vermilion, shape: crossGlyph{}}, c.estimate+" of a cell with failures")
	return r.drawing(l)
}

// dots returns points for the single trials. They are spread over the height of the row, so that
// they do not overlap. The spread is the same in every picture.
func (c cellChart) dots(r *rowPlot) *plotter.Scatter {
	var xys plotter.XYs
	for i, cell := range c.cells {
		for k, x := range cell.dots {
			golden := math.Mod(0.5+0.618034*float64(k), 1) // consecutive values are far apart
			xys = append(xys, plotter.XY{X: r.scale.at(x), Y: r.height(i) + 0.75*(golden-0.5)})
		}
	}
	return marks(xys, faint, 2.5, draw.CircleGlyph{})
}

// rowLabel returns the name of a cell, and its status if that is not ok.
func rowLabel(s *analysis.Summary, names []string) string {
	l := analysis.Label(s.Cell, names)
	switch {
	case s.Failed > 0:
		return fmt.Sprintf("%s (%d of %d failed)", l, s.Failed, s.Trials)
	case s.Cell.Retired && s.Seconds.N > 0 && s.IsSound():
		return l + " (retired)"
	case s.Status == analysis.StatusOK:
		return l
	}
	return fmt.Sprintf("%s (%s)", l, s.Status)
}
