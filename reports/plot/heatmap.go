package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
)

// heatmapSketches show workers against chunk sizes, one picture for each
// combination of all else, where both have at least two levels.
func heatmapSketches(src Source) []Sketch {
	d := src.Data
	workers, chunks := experiments.Workers.String(), experiments.ChunkSize.String()
	var list []Sketch
	for _, g := range d.MeasuredGroups() {
		names := analysis.Without(analysis.Varying(d.Factors, g.Cells), workers, chunks)
		keys, parts := analysis.Partition(g.Cells, names)
		for _, key := range keys {
			m := heatMap{xs: analysis.Levels(workers, parts[key]), ys: analysis.Levels(chunks, parts[key])}
			if len(m.xs) < 2 || len(m.ys) < 2 {
				continue
			}
			title := panelTitle(d, g, panel{cells: parts[key], fixed: names})
			m.fill(parts[key], workers, chunks)
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

// A heatMap is a value for each pair of levels, NaN where there is none: it is
// the library that asks for NaN. It is a plotter.GridXYZ.
type heatMap struct {
	title  string
	what   string // the values, with their unit
	xs, ys []string
	z      [][]float64 // by y, then x
}

func (m heatMap) Dims() (columns, rows int) { return len(m.xs), len(m.ys) }
func (m heatMap) X(column int) float64      { return float64(column) }
func (m heatMap) Y(row int) float64         { return float64(row) }
func (m heatMap) Z(column, row int) float64 { return m.z[row][column] }

// fill takes the speed-ups or, where there are none, the mean times.
func (m *heatMap) fill(cells []*analysis.Summary, x, y string) {
	m.what = "speed-up (×)"
	value := func(s *analysis.Summary) (float64, bool) { return s.Speedup.Value.X, s.Speedup.Value.OK }
	if !analysis.AnyCell(cells, func(s *analysis.Summary) bool { return s.Speedup.Value.OK }) {
		m.what = "mean time (s)"
		value = func(s *analysis.Summary) (float64, bool) { return s.Seconds.Mean.X, s.Seconds.Mean.OK }
	}
	at := map[[2]string]float64{}
	for _, s := range cells {
		if v, ok := value(s); ok && s.Failed == 0 {
			at[[2]string{s.Cell.Levels[x], s.Cell.Levels[y]}] = v
		}
	}
	for _, row := range m.ys {
		line := make([]float64, len(m.xs))
		for i, column := range m.xs {
			v, ok := at[[2]string{column, row}]
			if !ok {
				v = math.NaN()
			}
			line[i] = v
		}
		m.z = append(m.z, line)
	}
}

func (m heatMap) draw() ([]byte, error) {
	low, high := m.extent()
	p := newPlot(m.title)
	applyLevels(&p.X, m.xs)
	applyLevels(&p.Y, m.ys)
	p.X.Label.Text, p.Y.Label.Text = "workers", "chunk size (items)"
	add(p, m.tiles(low, high), m.values(low, high))
	height := min(900, max(360, 150+64*float64(len(m.ys))))
	return render(p, height, inset{width: px(110), draw: func(c draw.Canvas) {
		drawColourBar(c, m.what, low, high)
	}})
}

// extent is the range of the colours. The library draws nothing where all
// values are equal, so then there is some room on both sides.
func (m heatMap) extent() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range m.z {
		for _, v := range row {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	switch {
	case low > high: // no value at all
		return 0, 1
	case high-low < 1e-9*high:
		return low * 0.9, high * 1.1
	}
	return low, high
}

// A field of the map is drawn by itself: the library's heat map panics where no
// value is a number, which a grid with only failures is.
type tiles struct {
	heatMap
	low, high float64
}

func (m heatMap) tiles(low, high float64) tiles { return tiles{m, low, high} }

var _ plot.Plotter = tiles{}

// Plot fills one rectangle per field.
func (t tiles) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for row := range t.ys {
		for column := range t.xs {
			left, right := x(float64(column)-0.5), x(float64(column)+0.5)
			bottom, top := y(float64(row)-0.5), y(float64(row)+0.5)
			colour := blank
			if v := t.z[row][column]; !math.IsNaN(v) {
				colour = viridis((v - t.low) / (t.high - t.low))
			}
			gap := px(0.5)
			c.FillPolygon(colour, corners(left+gap, right-gap, bottom+gap, top-gap))
		}
	}
}

// values are the numbers in the fields, in a colour that can be read there.
func (m heatMap) values(low, high float64) *plotter.Labels {
	l := &plotter.Labels{}
	for row := range m.ys {
		for column := range m.xs {
			v := m.z[row][column]
			style := text.Style{XAlign: draw.XCenter, YAlign: draw.YCenter, Handler: plot.DefaultTextHandler}
			label := "–"
			restyle(&style, m.textSize(), ink)
			if !math.IsNaN(v) {
				label = format.Digits(v, 3)
				style.Color = readableOn(viridis((v - low) / (high - low)))
			}
			l.XYs = append(l.XYs, plotter.XY{X: float64(column), Y: float64(row)})
			l.Labels = append(l.Labels, label)
			l.TextStyle = append(l.TextStyle, style)
		}
	}
	return l
}

// textSize is what fits into a field, down to what is just legible.
func (m heatMap) textSize() float64 {
	return min(16, max(11, 330/float64(len(m.xs))))
}
