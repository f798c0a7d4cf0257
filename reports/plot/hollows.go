package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// hollows are marks without filling: rings, or bars with round ends where what
// they mark is a range.
type hollows struct {
	radius vg.Length
	spans  []span
}

// A span is a mark from one position to another, at a height.
type span struct{ from, to, y float64 }

var (
	_ plot.Plotter     = (*hollows)(nil)
	_ plot.Thumbnailer = (*hollows)(nil)
)

// Plot draws the marks over what is beneath them.
func (h *hollows) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, s := range h.spans {
		h.drawOne(&c, x(s.from), x(s.to), y(s.y))
	}
}

// Thumbnail draws a ring, or a bar if that is what the first mark is.
func (h *hollows) Thumbnail(c *draw.Canvas) {
	half := vg.Length(0)
	if len(h.spans) > 0 && h.spans[0].from < h.spans[0].to {
		half = px(9)
	}
	centre := c.Center()
	h.drawOne(c, centre.X-half, centre.X+half, centre.Y)
}

func (h *hollows) drawOne(c *draw.Canvas, from, to, y vg.Length) {
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
