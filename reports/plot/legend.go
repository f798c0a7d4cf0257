package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A legend explains the lines and marks of a picture. The legend of the library has one column, and
// stands inside a plot.
type legend struct {
	style   text.Style
	names   []string
	symbols [][]plot.Thumbnailer
}

func newLegend() *legend {
	l := &legend{style: textStyle(14, ink)}
	l.style.YAlign = draw.YCenter
	return l
}

// add adds an entry. An entry without a symbol is a note.
func (l *legend) add(name string, symbols ...plot.Thumbnailer) {
	l.names, l.symbols = append(l.names, name), append(l.symbols, symbols)
}

// Sizes of a legend in pixels.
const (
	legendLine   = 22
	legendSymbol = 38
	legendGap    = 22 // between two columns
)

// width returns the width of a column.
func (l *legend) width() (width vg.Length) {
	for _, name := range l.names {
		width = max(width, px(legendSymbol+6)+l.style.Width(name))
	}
	return width
}

// columns returns the number of columns that fit into a width.
func (l *legend) columns(width vg.Length) int {
	n := int((width + px(legendGap)) / (l.width() + px(legendGap)))
	return min(max(n, 1), len(l.names))
}

// height returns the height of a number of columns in pixels.
func (l *legend) height(columns int) float64 {
	return legendLine * float64((len(l.names)+columns-1)/max(columns, 1))
}

// draw draws the legend from the top of a canvas.
func (l *legend) draw(c draw.Canvas, columns int) {
	width := l.width() + px(legendGap)
	for i, name := range l.names {
		left := c.Min.X + vg.Length(i%columns)*width
		top := c.Max.Y - px(legendLine)*vg.Length(i/columns)
		symbol := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: left, Y: top - px(legendLine)}, Max: vg.Point{X: left + px(legendSymbol), Y: top},
		}}
		for _, s := range l.symbols[i] {
			s.Thumbnail(&symbol)
		}
		c.FillText(l.style, vg.Point{X: left + px(legendSymbol+6), Y: top - px(legendLine)/2}, name)
	}
}
