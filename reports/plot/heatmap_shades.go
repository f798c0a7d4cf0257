package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// A shadeScale maps values to colours.
type shadeScale struct {
	scale
	what   string // the values, with their unit
	axis   string // the label of the colour bar
	value  func(*analysis.Summary) analysis.Value
	colour func(part float64) color.RGBA // of a position on the scale, from 0 to 1
	ratios bool                          // the values are relative to 1
}

// shade returns the colour of a value.
func (s shadeScale) shade(v float64) color.RGBA {
	low, high := s.at(s.min), s.at(s.max)
	return s.colour((s.at(v) - low) / (high - low))
}

// ratioShades returns the colours of speed-ups. All pictures of a run have the same, so that a reader
// can compare them. The scale is logarithmic, because half the speed is as far from 1 as twice the
// speed. 1 is in the middle.
func ratioShades(d *analysis.Data) shadeScale {
	furthest := 1.25
	for i := range d.Summaries { // also those that a filter leaves out
		s := &d.Summaries[i]
		if v := s.Speedup.Value; v.OK && v.X > 0 && s.IsSound() {
			furthest = max(furthest, v.X, 1/v.X)
		}
	}
	furthest = min(furthest, 1e100)
	worse, better := "slower", "faster"
	if !d.Judge.IsTime() {
		worse, better = "worse", "better"
	}
	return shadeScale{
		scale: scale{min: 1 / furthest, max: furthest, log: true},
		what:  d.Judge.SpeedupName() + " (×)", axis: worse + "  ←  speed-up (×)  →  " + better, colour: diverging, ratios: true,
		value: func(s *analysis.Summary) analysis.Value { return s.Speedup.Value },
	}
}

// meanShades returns the colours of the means of a table without speed-ups.
func meanShades(g analysis.Table) shadeScale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range g.Cells {
		if v := c.Judged.Mean; v.OK && c.IsSound() {
			low, high = min(low, v.X), max(high, v.X)
		}
	}
	unit := g.Judge.Unit(math.Sqrt(max(low, 0) * max(high, 0))) // of the middle of a logarithmic scale
	low, high = low/unit.Size, high/unit.Size
	s := shadeScale{colour: viridis, what: g.Judge.MeanLabel(unit), value: func(s *analysis.Summary) analysis.Value {
		return s.Judged.Mean.Over(analysis.ValueOf(unit.Size))
	}}
	s.axis = s.what
	switch {
	case !(low <= high) || high == 0: // there is no value, or all are 0
		low, high = 0, 1
	case high-low < 1e-9*high: // all values are equal: extend the range on both sides
		low, high = low*0.9, high*1.1
	}
	s.scale = scale{min: low, max: min(high, largestValue), log: low > 0 && high > logRatio*low}
	return s
}

// drawBar draws the legend of the colours: a bar with a scale. If the values are ratios, a line marks 1.
func (s shadeScale) drawBar(c draw.Canvas) {
	const most = 320
	if height := c.Max.Y - c.Min.Y; height > px(most) {
		c = draw.Crop(c, 0, 0, height-px(most), 0)
	}
	p := newPlot("")
	p.X.Min, p.X.Max = 0, 1
	p.HideX()
	s.apply(&p.Y)
	restyle(&p.Y.Label.TextStyle, 14, ink)
	p.Y.Label.Text = s.axis
	add(p, shadesBar{s})
	if s.ratios {
		add(p, straight(0, s.at(1), 1, s.at(1), stroke(ink, 2)))
	}
	p.Draw(draw.Crop(c, px(12), -px(8), 0, -px(8)))
}

// A shadesBar fills its plot with all shades, the lowest at the bottom.
type shadesBar struct{ shadeScale }

var _ plot.Plotter = shadesBar{}

// Plot draws the bar in slices.
func (b shadesBar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const slices = 64
	low, high := b.at(b.min), b.at(b.max)
	// Each slice extends to the top, and the next slice covers it. Without this overlap, thin
	// lines would show between neighbours.
	for i := range slices {
		c.FillPolygon(b.colour((float64(i)+0.5)/slices), corners(x(0), x(1), y(low+(high-low)*float64(i)/slices), y(high)))
	}
}

// corners returns the corners of a rectangle.
func corners(left, right, bottom, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}
