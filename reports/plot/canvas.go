package plot

import (
	"image/color"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Pictures are for screens. These sizes are in pixels at a zoom of 100%.
const (
	dotsPerInch  = 96
	pictureWidth = 1200
	margin       = 14
)

// px returns the length of n pixels.
func px(n float64) vg.Length { return vg.Points(n * 72 / dotsPerInch) }

// newPlot returns an empty plot in the common style of all pictures. If a picture has several plots,
// each has a title.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil // the picture has one
	p.Title.Text = title
	p.Title.Padding = px(6)
	p.Title.TextStyle = boldStyle(14)
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		restyle(&a.Label.TextStyle, 16, ink)
		restyle(&a.Tick.Label, 14, ink)
		a.Label.Padding = px(8)
		a.LineStyle, a.Tick.LineStyle = stroke(faint, 1), stroke(faint, 1)
		a.Padding = 0
	}
	return p
}

// restyle sets the typeface, size and colour. Without it the library uses a global typeface.
func restyle(s *text.Style, size float64, c color.Color) {
	s.Font = plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: px(size)}
	s.Color = c
	s.Handler = scriptHandler{text.Plain{Fonts: plotfont.DefaultCache}}
}

// textStyle returns the style of a text outside the plots.
func textStyle(size float64, c color.Color) (s text.Style) {
	restyle(&s, size, c)
	return s
}

// boldStyle returns the style of a title.
func boldStyle(size float64) text.Style {
	s := textStyle(size, ink)
	s.Font.Weight = font.WeightBold
	return s
}

// addGrid adds light grid lines, drawn before the data.
func addGrid(p *plot.Plot) {
	p.Add(&plotter.Grid{Vertical: stroke(gridColour, 1), Horizontal: stroke(gridColour, 1)})
}

// stroke returns a line style. The dashes are in points.
func stroke(c color.Color, width float64, dash ...float64) draw.LineStyle {
	style := draw.LineStyle{Color: c, Width: px(width)}
	for _, d := range dash {
		style.Dashes = append(style.Dashes, vg.Points(d))
	}
	return style
}

// straight returns a straight line between two positions.
func straight(x1, y1, x2, y2 float64, style draw.LineStyle) *plotter.Line {
	return &plotter.Line{XYs: plotter.XYs{{X: x1, Y: y1}, {X: x2, Y: y2}}, LineStyle: style}
}

// marks returns points of one colour, size and shape.
func marks(xys plotter.XYs, c color.Color, radius float64, shape draw.GlyphDrawer) *plotter.Scatter {
	return &plotter.Scatter{XYs: xys, GlyphStyle: draw.GlyphStyle{Color: c, Radius: px(radius), Shape: shape}}
}

// add adds plotters to a plot without changing the ranges of its axes. The library would extend
// the ranges to everything that is drawn, including intervals beyond the edge.
func add(p *plot.Plot, plotters ...plot.Plotter) {
	for _, one := range plotters {
		p.Add(struct{ plot.Plotter }{one}) // hides DataRange and GlyphBoxes
	}
}

// addMarks adds points to a plot and to its legend, if there are any.
func addMarks(p *plot.Plot, legend *legend, name string, points *plotter.Scatter) {
	if len(points.XYs) > 0 {
		add(p, points)
		legend.add(name, points)
	}
}
