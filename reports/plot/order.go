package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// orderSketches returns one picture for each table: the times of its cells in the order of the trials,
// in one panel per cell, with the trend. If there are many cells, it has those with the largest drift,
// because a cell that becomes slower during the run makes its mean doubtful.
func orderSketches(src Source) []Sketch {
	var list []Sketch
	for _, g := range src.MeasuredTables() {
		cells := slices.DeleteFunc(slices.Clone(g.Cells), func(s *analysis.Summary) bool { return s.Judged.N < 2 || !(s.Judged.Mean.X > 0) })
		if len(cells) == 0 {
			continue
		}
		c := driftChart{table: g, cells: cells, all: len(cells), breaks: breaksOf(g, src.Resumptions()), drifts: map[*analysis.Summary]analysis.Drift{}}
		for _, s := range cells {
			c.drifts[s] = s.DriftLine()
		}
		if len(cells) > panelsPerPicture {
			slices.SortStableFunc(c.cells, func(a, b *analysis.Summary) int { return cmp.Compare(c.weight(b), c.weight(a)) })
			c.cells = c.cells[:panelsPerPicture]
		}
		list = append(list, Sketch{
			Name:  "order-" + g.Heading,
			Alt:   fmt.Sprintf("%s: the %s of %s in the order of the trials, with their trends", g.Heading, g.Judge.ValuesOf(), format.Count(len(c.cells), "cell")),
			Cells: c.cells,
			Draw:  c.draw,
		})
	}
	return list
}

// A driftChart shows the times of cells in the order of the trials.
type driftChart struct {
	table  analysis.Table
	cells  []*analysis.Summary // those with a panel
	all    int                 // the number of cells with trials
	breaks breaks
	drifts map[*analysis.Summary]analysis.Drift
}

// weight orders the cells: first those whose drift is more than chance.
func (c driftChart) weight(s *analysis.Summary) float64 {
	d := c.drifts[s]
	if d.Drifts() {
		return 1 + math.Abs(d.Change.X)
	}
	return -float64(s.Index) / 1e9 // in the order of the file
}

func (c driftChart) draw(l Layout) (*Drawing, error) {
	title := c.table.Heading + ": " + c.table.Judge.Name() + " in the order of the trials"
	if c.all > len(c.cells) {
		title += fmt.Sprintf(" (%d of %d cells, those with the largest drift first)", len(c.cells), c.all)
	}
	f := &frame{title: title, conditions: c.table.ConditionsSentence(), legend: newLegend()}
	names := make([]string, len(c.cells))
	for i, s := range c.cells {
		names[i] = analysis.Label(s.Cell, c.table.Factors)
	}
	x, y := c.scales()
	point := plotter.Scatter{GlyphStyle: draw.GlyphStyle{Color: blue, Radius: px(4), Shape: draw.CircleGlyph{}}}
	drifting, steady := stroke(vermilion, 2), stroke(faint, 1.5)
	var drifted, within bool
	f.panels = make([]*plot.Plot, len(c.cells))
	f.panelGrid(l, 330, 480)
	for i, name := range f.panelTitles(l, names) {
		s, d := c.cells[i], c.drifts[c.cells[i]]
		p := newPlot(name)
		x.apply(&p.X)
		y.apply(&p.Y)
		f.nameAxes(p, i, "trial", c.table.Judge.Name()+" / mean")
		addGrid(p)
		c.breaks.add(p)
		var xys plotter.XYs
		for _, t := range s.JudgedTrials() {
			xys = append(xys, plotter.XY{X: float64(t.Trial), Y: y.at(s.Judged.Value(t) / s.Judged.Mean.X)})
		}
		if d.Change.OK {
			first := slices.MinFunc(xys, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
			last := slices.MaxFunc(xys, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
			style := steady
			if drifted, within = drifted || d.Drifts(), within || !d.Drifts(); d.Drifts() {
				style = drifting
				p.Title.Text += ": " + format.SignedPercent(d.Change.X)
			}
			add(p, straight(first.X, y.at(d.First), last.X, y.at(d.Last), style))
		}
		add(p, marks(xys, blue, 4, draw.CircleGlyph{}))
		f.panels[i] = p
	}
	f.legend.add("one trial", &point)
	if drifted {
		f.legend.add("trend, more than chance", &plotter.Line{LineStyle: drifting})
	}
	if within {
		f.legend.add("trend, within chance", &plotter.Line{LineStyle: steady})
	}
	if n := len(c.breaks.places); n > 0 && n <= maxBreakLines {
		f.legend.add(c.breaks.name(), &plotter.Line{LineStyle: breakStroke()})
	}
	return f.drawing(l)
}

// scales returns the scales that all panels share.
func (c driftChart) scales() (x, y scale) {
	x = scale{min: math.Inf(1), max: math.Inf(-1), whole: true, coarse: true}
	low, high := 0.9, 1.1
	for _, s := range c.cells {
		for _, t := range s.JudgedTrials() {
			x.min, x.max = min(x.min, float64(t.Trial)-1), max(x.max, float64(t.Trial)+1)
			ratio := s.Judged.Value(t) / s.Judged.Mean.X
			low, high = min(low, ratio), max(high, ratio)
		}
	}
	return x, scale{min: max(0, low-0.05*(high-low)), max: high + 0.05*(high-low), coarse: true}
}
