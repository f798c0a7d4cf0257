package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Layout is the size of a picture and its title.
type Layout struct {
	Width float64 // in pixels at a zoom of 100%; 0 means pictureWidth
	// Title replaces the title and the line of conditions under it; nil keeps them.
	Title *string
}

// width returns the width of the picture in pixels.
func (l Layout) width() float64 {
	if l.Width == 0 {
		return pictureWidth
	}
	return l.Width
}

// A frame is a picture with its title, its conditions, its panels and its legend.
type frame struct {
	title, conditions string
	panels            []*plot.Plot
	columns           int     // of panels
	height            float64 // of a row of panels, in pixels
	legend            *legend
	side              inset // at the right of the panels
}

// An inset is a drawing at the right of the panels.
type inset struct {
	width vg.Length
	draw  func(draw.Canvas) // nil if there is none
}

// A legend with more entries stands below the panels. So does a wide one, and the legend of several
// panels, which need the width.
const (
	besideEntries = 8
	besideWidth   = 0.36 // as a part of the picture
	besideLeast   = 800  // the width of a picture with a legend beside its panels, in pixels
)

// drawing lays out the picture.
func (f *frame) drawing(l Layout) (*Drawing, error) {
	width := l.width()
	inner := px(width - 2*margin)
	title, conditions := f.title, f.conditions
	if l.Title != nil {
		title, conditions = *l.Title, ""
	}
	titleStyle, conditionsStyle := boldStyle(19), textStyle(13, subdued)
	titleLines := wrap(title, titleStyle, inner, 2)
	conditionLines := wrap(conditions, conditionsStyle, inner, 3)
	const titleLine, conditionsLine = 25, 18
	head := titleLine*float64(len(titleLines)) + conditionsLine*float64(len(conditionLines))
	if head > 0 {
		head += 10
	}

	longest := int(0.33 * width / 6.8) // of a name in the legend, in characters
	if width < besideLeast {
		longest = int((width - 2*margin - legendSymbol - 6) / 7.6)
	}
	f.legend.names = distinct(f.legend.names, longest)
	beside := width >= besideLeast && len(f.panels) == 1 && len(f.legend.names) <= besideEntries && f.legend.width() <= besideWidth*inner && f.side.draw == nil
	side, below, columns := f.side, 0.0, 1
	switch {
	case len(f.legend.names) == 0:
	case beside:
		side = inset{width: f.legend.width(), draw: func(c draw.Canvas) { f.legend.draw(c, 1) }}
	default:
		columns = f.legend.columns(inner)
		below = f.legend.height(columns) + 12
	}
	f.columns = max(f.columns, 1)
	rows := (len(f.panels) + f.columns - 1) / f.columns
	body := max(f.height*float64(rows), 60)
	if beside {
		body = max(body, f.legend.height(1))
	}
	height := head + body + below + 2*margin
	return &Drawing{Width: px(width), Height: px(height), Draw: func(c draw.Canvas) {
		c = draw.Crop(c, px(margin), -px(margin), px(margin), -px(margin))
		y := c.Max.Y
		for _, line := range titleLines {
			c.FillText(titleStyle, vg.Point{X: c.Min.X, Y: y - px(titleLine-6)}, line)
			y -= px(titleLine)
		}
		for _, line := range conditionLines {
			c.FillText(conditionsStyle, vg.Point{X: c.Min.X, Y: y - px(conditionsLine-4)}, line)
			y -= px(conditionsLine)
		}
		if below > 0 {
			f.legend.draw(draw.Crop(c, 0, 0, 0, px(below-12)-(c.Max.Y-c.Min.Y)), columns)
		}
		area := draw.Crop(c, 0, 0, px(below), -px(head))
		if side.draw != nil {
			side.draw(draw.Crop(area, area.Max.X-area.Min.X-side.width, 0, 0, 0))
			area = draw.Crop(area, 0, -side.width-px(20), 0, 0)
		}
		f.drawPanels(area, rows)
	}}, nil
}

// drawPanels draws the panels in rows, with aligned axes.
func (f *frame) drawPanels(c draw.Canvas, rows int) {
	grid := make([][]*plot.Plot, rows)
	for i := range grid {
		grid[i] = make([]*plot.Plot, f.columns)
		copy(grid[i], f.panels[i*f.columns:min(len(f.panels), (i+1)*f.columns)])
	}
	if rows == 0 {
		return
	}
	tiles := draw.Tiles{Rows: rows, Cols: f.columns, PadX: px(16), PadY: px(14)}
	for i, row := range plot.Align(grid, tiles, c) {
		for j, canvas := range row {
			if p := grid[i][j]; p != nil {
				data := p.DataCanvas(canvas)
				thin(&p.X, data.Max.X-data.Min.X)
				p.Draw(canvas)
			}
		}
	}
}

// panelGrid sets the number of columns for panels of at least this width, and their height. A
// picture of one panel has the height of single.
func (f *frame) panelGrid(l Layout, least, single float64) {
	f.height = min(single, 0.75*l.width()+40)
	f.columns = 1
	if n := len(f.panels); n > 1 {
		width := l.width() - 2*margin
		f.columns = balanced(n, int(width/min(least, width/2)))
		f.height = max(190, 0.62*width/float64(f.columns))
	}
}

// panelTitles shortens the titles of panels to about the width of their data. A single panel has none.
func (f *frame) panelTitles(l Layout, titles []string) []string {
	if len(f.panels) == 1 {
		return []string{""}
	}
	width := (px(l.width()-2*margin)-f.side.width)/vg.Length(f.columns) - px(70)
	return distinct(titles, int(width/px(8.4)))
}

// nameAxes sets the names of the axes of a panel. Only the panels at the edges have them.
func (f *frame) nameAxes(p *plot.Plot, i int, x, y string) {
	if i+f.columns >= len(f.panels) {
		p.X.Label.Text = x
	}
	if i%f.columns == 0 {
		p.Y.Label.Text = y
	}
}

// balanced returns the number of columns, at most most, that fills the last row best.
func balanced(n, most int) int {
	rows := (n + max(most, 1) - 1) / max(most, 1)
	return (n + rows - 1) / max(rows, 1)
}
