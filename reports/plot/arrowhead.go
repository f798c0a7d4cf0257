package plot

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An arrowhead is a glyph whose tip is at its point, seen along (dx, dy).
type arrowhead struct{ dx, dy vg.Length }

var _ draw.GlyphDrawer = arrowhead{}

// DrawGlyph fills a triangle as long as two radii.
func (a arrowhead) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, tip vg.Point) {
	r := style.Radius
	base := vg.Point{X: tip.X - 2*r*a.dx, Y: tip.Y - 2*r*a.dy}
	c.FillPolygon(style.Color, []vg.Point{
		tip,
		{X: base.X - r*a.dy, Y: base.Y + r*a.dx},
		{X: base.X + r*a.dy, Y: base.Y - r*a.dx},
	})
}

// arrowheads are the ends of bars that go on beyond the edge of a picture.
type arrowheads struct {
	colour color.Color
	tips   plotter.XYs
	shapes []arrowhead
}

var _ plot.Plotter = (*arrowheads)(nil)

// add puts a head at the edge of the axis that the bars lie along, pointing up
// that axis or, with a direction of -1, down.
func (a *arrowheads) add(x, y, edge float64, vertical bool, direction vg.Length) {
	tip, shape := plotter.XY{X: edge, Y: y}, arrowhead{dx: direction}
	if vertical {
		tip, shape = plotter.XY{X: x, Y: edge}, arrowhead{dy: direction}
	}
	a.tips = append(a.tips, tip)
	a.shapes = append(a.shapes, shape)
}

// Plot draws without clipping: the tips lie on the very edge of the canvas.
func (a *arrowheads) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, tip := range a.tips {
		style := draw.GlyphStyle{Color: a.colour, Radius: px(5), Shape: a.shapes[i]}
		c.DrawGlyphNoClip(style, vg.Point{X: x(tip.X), Y: y(tip.Y)})
	}
}

// goesOn is what a legend says of arrowheads.
const goesOn = "arrow: the interval goes on"
