package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
)

// heatmapSketches returns one picture of workers against chunk sizes for each combination of the
// other factors. It needs at least two levels of each.
func heatmapSketches(src Source) []Sketch {
	d := src.Data
	workers, chunks := experiments.Workers.String(), experiments.ChunkSize.String()
	var list []Sketch
	for _, g := range d.MeasuredTables() {
		names := analysis.Without(analysis.Varying(d.Factors, g.Cells), workers, chunks)
		keys, parts := analysis.Partition(g.Cells, names)
		for _, key := range keys {
			xs, ys := analysis.Levels(workers, parts[key]), analysis.Levels(chunks, parts[key])
			if len(xs) < 2 || len(ys) < 2 {
				continue
			}
			title := panelTitle(g, panel{cells: parts[key], fixed: names})
			m := heatMapOf(parts[key], xs, ys)
			m.title = title + ": " + m.what
			list = append(list, Sketch{
				Name: "heatmap-" + title,
				Alt:  fmt.Sprintf("%s for every number of workers and every chunk size", m.title),
				Draw: m.draw,
			})
		}
	}
	return list
}

// A heatMap has a value for each pair of levels, or NaN. It does not use the heat map of the
// library, which panics if no value is a number, as in a grid with only failures.
type heatMap struct {
	title     string
	what      string // the values, with their unit
	xs, ys    []string
	z         [][]float64 // by y, then x
	low, high float64     // the range of the colours
}

var _ plot.Plotter = heatMap{}

// heatMapOf returns a heat map of the speed-ups or, if no cell has one, of the mean times.
func heatMapOf(cells []*analysis.Summary, xs, ys []string) heatMap {
	m := heatMap{what: "speed-up (×)", xs: xs, ys: ys, low: math.Inf(1), high: math.Inf(-1)}
	value := func(s *analysis.Summary) analysis.Value { return s.Speedup.Value }
	if !slices.ContainsFunc(cells, func(s *analysis.Summary) bool { return s.Speedup.Value.OK }) {
		m.what = "mean time (s)"
		value = func(s *analysis.Summary) analysis.Value { return s.Seconds.Mean }
	}
	for range ys {
		m.z = append(m.z, slices.Repeat([]float64{math.NaN()}, len(xs)))
	}
	for _, s := range cells {
		column := slices.Index(xs, s.Cell.Levels[experiments.Workers.String()])
		row := slices.Index(ys, s.Cell.Levels[experiments.ChunkSize.String()])
		if v := value(s); v.OK && s.IsSound() && column >= 0 && row >= 0 {
			m.z[row][column] = v.X
			m.low, m.high = min(m.low, v.X), max(m.high, v.X)
		}
	}
	switch {
	case m.low > m.high || m.high == 0: // there is no value, or all are 0
		m.low, m.high = 0, 1
	case m.high-m.low < 1e-9*m.high: // all values are equal: extend the range on both sides
		m.low, m.high = m.low*0.9, m.high*1.1
	}
	return m
}

func (m heatMap) draw() (*Drawing, error) {
	p := newPlot(m.title)
	applyLevels(&p.X, m.xs)
	applyLevels(&p.Y, m.ys)
	p.X.Label.Text, p.Y.Label.Text = "workers", "chunk size (items)"
	add(p, m, m.values())
	height := min(900, max(360, 150+64*float64(len(m.ys))))
	return render(p, height, inset{width: px(110), draw: func(c draw.Canvas) {
		drawColourBar(c, m.what, m.low, m.high)
	}})
}

// shade returns the colour of a value.
func (m heatMap) shade(v float64) color.RGBA { return viridis((v - m.low) / (m.high - m.low)) }

// Plot draws one rectangle per field.
func (m heatMap) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for row, line := range m.z {
		for column, v := range line {
			left, right := x(float64(column)-0.5), x(float64(column)+0.5)
			bottom, top := y(float64(row)-0.5), y(float64(row)+0.5)
			colour := blank
			if !math.IsNaN(v) {
				colour = m.shade(v)
			}
			gap := px(0.5)
			c.FillPolygon(colour, corners(left+gap, right-gap, bottom+gap, top-gap))
		}
	}
}

// values returns the numbers in the fields. Their colour has a high contrast with the field.
// Their size fits into the field, but is never too small to read.
func (m heatMap) values() *plotter.Labels {
	l := &plotter.Labels{}
	for row, line := range m.z {
		for column, v := range line {
			style := text.Style{XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler}
			label := "–"
			restyle(&style, min(16, max(11, 330/float64(len(m.xs)))), ink)
			if !math.IsNaN(v) {
				label = format.Digits(v, 3)
				style.Color = readableOn(m.shade(v))
			}
			l.XYs = append(l.XYs, plotter.XY{X: float64(column), Y: float64(row)})
			l.Labels = append(l.Labels, label)
			l.TextStyle = append(l.TextStyle, style)
		}
	}
	return l
}

// drawColourBar draws the legend of a heat map: a bar of the colours with a scale.
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

// A shadesBar fills its plot with all shades, the lowest at the bottom.
type shadesBar struct{ low, high float64 }

var _ plot.Plotter = shadesBar{}

// Plot draws the bar in slices.
func (b shadesBar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const slices = 256
	step := (b.high - b.low) / slices
	// Each slice extends to the top, and the next slice covers it. Without this overlap, thin
	// lines would show between neighbours.
	for i := range slices {
		from := b.low + step*float64(i)
		c.FillPolygon(viridis(float64(i)/(slices-1)), corners(x(0), x(1), y(from), y(b.high)))
	}
}

// corners returns the corners of a rectangle.
func corners(left, right, bottom, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}
