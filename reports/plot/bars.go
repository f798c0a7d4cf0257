package plot

import (
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// bars gathers points with their intervals in the form that the library's error
// bars have: how far each end is from the point.
type bars struct {
	xys    plotter.XYs
	errors plotter.YErrors
	heads  arrowheads
}

// add takes a point and its interval, in values, of the axis that has the
// scale. Bars go on to the edge of the picture, where an arrowhead stands for the
// cap, if the interval goes on beyond or is open. A point without interval has no bars.
func (b *bars) add(x, y float64, i analysis.Interval, s scale, vertical bool) {
	at := x
	if vertical {
		at = y
	}
	var reach struct{ Low, High float64 }
	below := i.Open || i.OK && i.Low < s.min
	above := i.Open || i.OK && i.High > s.max
	if i.OK {
		reach.Low, reach.High = at-s.at(i.Low), s.at(i.High)-at
	}
	beyond := s.at(s.max) - s.at(s.min)
	if below {
		reach.Low = beyond
		b.heads.add(x, y, s.at(s.min), vertical, -1)
	}
	if above {
		reach.High = beyond
		b.heads.add(x, y, s.at(s.max), vertical, +1)
	}
	b.xys = append(b.xys, plotter.XY{X: x, Y: y})
	b.errors = append(b.errors, reach)
}

// drawn are the points and their error bars.
func (b bars) drawn(l look) (*plotter.Scatter, *plotter.YErrorBars) {
	points := &plotter.Scatter{XYs: b.xys, GlyphStyle: draw.GlyphStyle{Color: l.colour, Radius: px(5), Shape: l.shape}}
	whiskers := &plotter.YErrorBars{XYs: b.xys, YErrors: b.errors, CapWidth: px(9)}
	whiskers.LineStyle = draw.LineStyle{Color: l.colour, Width: px(1.5)}
	return points, whiskers
}
