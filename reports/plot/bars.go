package plot

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// bars collects points and their intervals for the error bars of the library, which need the
// distance of each end from the point. It draws an arrowhead where a bar continues beyond the
// edge of the picture.
type bars struct {
	scale      scale // of the axis parallel to the bars
	vertical   bool
	xys        plotter.XYs
	errors     plotter.YErrors
	colour     color.Color
	tips       plotter.XYs // of the arrowheads
	directions []vg.Point  // the direction of each arrowhead
}

var _ plot.Plotter = (*bars)(nil)

// add adds a point and its interval. The interval is in values, the point in positions. If the
// interval is open or ends beyond the edge of the picture, the bar ends at the edge, with an
// arrowhead instead of a cap. A point without an interval has no bars.
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
	if i.Open || i.OK && (i.LowOpen || i.Low < s.min) {
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

// addHead adds an arrowhead at an edge of the axis parallel to the bars. Direction is +1 for
// the upper end of the axis and -1 for the lower end.
func (b *bars) addHead(x, y, edge float64, direction vg.Length) {
	tip, along := plotter.XY{X: edge, Y: y}, vg.Point{X: direction}
	if b.vertical {
		tip, along = plotter.XY{X: x, Y: edge}, vg.Point{Y: direction}
	}
	b.tips = append(b.tips, tip)
	b.directions = append(b.directions, along)
}

// plotters returns the points, and the bars with their arrowheads, which are drawn first so that
// the points cover them.
func (b *bars) plotters(l seriesStyle, radius, width float64) (points *plotter.Scatter, under []plot.Plotter) {
	style := stroke(l.colour, width)
	var whiskers plot.Plotter = &plotter.XErrorBars{XYs: b.xys, XErrors: plotter.XErrors(b.errors), CapWidth: px(9), LineStyle: style}
	if b.vertical {
		whiskers = &plotter.YErrorBars{XYs: b.xys, YErrors: b.errors, CapWidth: px(9), LineStyle: style}
	}
	b.colour = l.colour
	return marks(b.xys, l.colour, radius, l.shape), []plot.Plotter{whiskers, b}
}

// Plot draws the arrowheads. It does not clip them, because their tips are exactly at the edge of
// the canvas.
func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	r := px(5)
	for i, at := range b.tips {
		tip, d := vg.Point{X: x(at.X), Y: y(at.Y)}, b.directions[i]
		base := vg.Point{X: tip.X - 2*r*d.X, Y: tip.Y - 2*r*d.Y}
		c.FillPolygon(b.colour, []vg.Point{
			tip,
			{X: base.X - r*d.Y, Y: base.Y + r*d.X},
			{X: base.X + r*d.Y, Y: base.Y - r*d.X},
		})
	}
}

// arrowLegend is the text of a legend for arrowheads.
const arrowLegend = "arrow: the interval continues"
