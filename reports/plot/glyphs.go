package plot

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The lines of the hollow marks and crosses of the library are too thin to see.

// An outlineGlyph is a hollow or filled mark: a polygon with this number of corners, or a ring without
// corners.
type outlineGlyph struct {
	corners int
	filled  bool
}

// DrawGlyph draws the mark.
func (g outlineGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	var p vg.Path
	r := style.Radius
	if g.corners == 0 {
		p.Move(vg.Point{X: at.X + r, Y: at.Y})
		p.Arc(at, r, 0, 2*math.Pi)
	}
	for i := range g.corners { // the lowest side is horizontal
		sin, cos := math.Sincos(2*math.Pi*(float64(i)+0.5)/float64(g.corners) - math.Pi/2)
		corner := vg.Point{X: at.X + 1.2*r*vg.Length(cos), Y: at.Y + 1.2*r*vg.Length(sin)}
		if i == 0 {
			p.Move(corner)
		} else {
			p.Line(corner)
		}
	}
	p.Close()
	c.SetLineStyle(draw.LineStyle{Color: style.Color, Width: px(1.5)})
	if c.Stroke(p); g.filled {
		c.Fill(p)
	}
}

// A crossGlyph is a cross with diagonal lines.
type crossGlyph struct{}

// DrawGlyph draws the mark.
func (crossGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	line, r := draw.LineStyle{Color: style.Color, Width: px(2)}, style.Radius
	c.StrokeLine2(line, at.X-r, at.Y-r, at.X+r, at.Y+r)
	c.StrokeLine2(line, at.X-r, at.Y+r, at.X+r, at.Y-r)
}

// A dashGlyph marks a level without a measured cell.
type dashGlyph struct{}

// DrawGlyph draws the mark.
func (dashGlyph) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	c.StrokeLine2(draw.LineStyle{Color: style.Color, Width: px(2)}, at.X-style.Radius, at.Y, at.X+style.Radius, at.Y)
}
