package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawColourBar draws what the colours of a heat map mean, with a scale.
func drawColourBar(c draw.Canvas, what string, low, high float64) {
	p := newPlot("")
	p.X.Min, p.X.Max = 0, 1
	p.HideX()
	s := scale{min: low, max: high}
	s.apply(&p.Y)
	p.Y.Label.Text = what
	add(p, shadesBar{low, high})
	p.Draw(draw.Crop(c, 0, 0, px(44), -px(42)))
}

// shadesBar fills its plot with all shades, the lowest at the bottom.
type shadesBar struct{ low, high float64 }

var _ plot.Plotter = shadesBar{}

// Plot draws the bar in slices.
func (b shadesBar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const slices = 256
	step := (b.high - b.low) / slices
	// Each slice reaches to the top and is painted over by the next: the edges of
	// neighbours would shine through each other.
	for i := range slices {
		from := b.low + step*float64(i)
		c.FillPolygon(viridis(float64(i)/(slices-1)), corners(x(0), x(1), y(from), y(b.high)))
	}
}

// corners are those of a rectangle.
func corners(left, right, bottom, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}
