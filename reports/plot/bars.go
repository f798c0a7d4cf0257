package plot

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// bars gathers points with their intervals in the form that the library's error
// bars have: how far each end is from the point. It draws the arrowheads at the ends of
// bars that go on beyond the edge of a picture.
type bars struct {
	scale    scale // of the axis that the bars lie along
	vertical bool
	xys      plotter.XYs
	errors   plotter.YErrors
	colour   color.Color
	tips     plotter.XYs
	along    []vg.Point // by tip: the direction that it points in
}

var _ plot.Plotter = (*bars)(nil)

// add takes a point and its interval, in values. Bars go on to the edge of the picture,
// where an arrowhead stands for the cap, if the interval goes on beyond or is open. A
// point without interval has no bars.
func (b *bars) add(x, y float64, i analysis.Interval) {
	s, at := b.scale, x
	if b.vertical {
		at = y
	}
	var reach struct{ Low, High float64 }
	if i.OK {
		reach.Low, reach.High = at-s.at(i.Low), s.at(i.High)-at
	}
	beyond := s.at(s.max) - s.at(s.min)
	if i.Open || i.OK && i.Low < s.min {
		reach.Low = beyond
		b.addHead(x, y, s.at(s.min), -1)
	}
	if i.Open || i.OK && i.High > s.max {
		reach.High = beyond
		b.addHead(x, y, s.at(s.max), +1)
	}
	b.xys = append(b.xys, plotter.XY{X: x, Y: y})
	b.errors = append(b.errors, reach)
}

// addHead puts a head at the edge of the axis that the bars lie along, pointing up
// that axis or, with a direction of -1, down.
func (b *bars) addHead(x, y, edge float64, direction vg.Length) {
	tip, along := plotter.XY{X: edge, Y: y}, vg.Point{X: direction}
	if b.vertical {
		tip, along = plotter.XY{X: x, Y: edge}, vg.Point{Y: direction}
	}
	b.tips = append(b.tips, tip)
	b.along = append(b.along, along)
}

// drawn are the points, and what is drawn beneath them: the bars with their heads.
func (b *bars) drawn(l look, radius, width float64) (points *plotter.Scatter, beneath []plot.Plotter) {
	style := stroke(l.colour, width)
	var whiskers plot.Plotter = &plotter.XErrorBars{XYs: b.xys, XErrors: plotter.XErrors(b.errors), CapWidth: px(9), LineStyle: style}
	if b.vertical {
		whiskers = &plotter.YErrorBars{XYs: b.xys, YErrors: b.errors, CapWidth: px(9), LineStyle: style}
	}
	b.colour = l.colour
	return marks(b.xys, l.colour, radius, l.shape), []plot.Plotter{whiskers, b}
}

// Plot fills the heads, without clipping: the tips lie on the very edge of the canvas.
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	r := px(5)
	for i, at := range b.tips {
		tip, d := vg.Point{X: x(at.X), Y: y(at.Y)}, b.along[i]
		base := vg.Point{X: tip.X - 2*r*d.X, Y: tip.Y - 2*r*d.Y}
		c.FillPolygon(b.colour, []vg.Point{
			tip,
			{X: base.X - r*d.Y, Y: base.Y + r*d.X},
			{X: base.X + r*d.Y, Y: base.Y - r*d.X},
		})
	}
}

// goesOn is what a legend says of arrowheads.
const goesOn = "arrow: the interval goes on"
