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

// A quantity is what a chart shows of each cell.
type quantity struct {
	name  string // "speed-up", "time" or a metric
	file  string // the start of the names of files
	axis  string // the label of the axis
	short string // the label of a short axis
	of    func(*analysis.Summary) (analysis.Value, analysis.Interval)
	// reference is a value to which readers compare all others. The legend shows its name.
	reference     analysis.Value
	referenceName string
}

// shows reports whether a cell has a value that readers may trust. A cell with failures, expected or
// not, has none.
func (q quantity) shows(s *analysis.Summary) bool {
	v, _ := q.of(s)
	return v.OK && s.IsSound()
}

// A lineChart shows a quantity over the levels of a factor, in one panel or several.
type lineChart struct {
	title, conditions string
	quantity          quantity
	x                 string // the factor of the x axis
	panels            []panel
	all               []*analysis.Summary // of all pictures with the same scale
	names             []string            // the factors that distinguish the lines
	cpus              int                 // the highest ideal speed-up; 0 means no line for the ideal
	// fits are fitted scaling laws, possibly of other cells. A fitted rate divided by
	// baselineRate is a speed-up.
	fits         []analysis.Sweep
	baselineRate analysis.Value
}

// cells returns the cells of all panels.
func (l lineChart) cells() (list []*analysis.Summary) {
	for _, p := range l.panels {
		list = append(list, p.cells...)
	}
	return list
}

// A series is one line of a panel.
type series struct {
	label string
	cells []*analysis.Summary // in the order of the x axis
	style seriesStyle
	// index is the position of the line among the lines of its panel.
	index, of int
}

// series returns the lines of each panel, and whether each panel has only one. In that case all lines
// have the same style, and the panels show their labels. If not, a label has the same style in all panels.
func (l lineChart) series() (list [][]series, single bool) {
	single = len(l.panels) > 1
	var labels []string
	for _, p := range l.panels {
		names, parts := analysis.Partition(p.cells, analysis.Without(l.names, p.fixed...))
		var lines []series
		for i, name := range names {
			if !slices.Contains(labels, name) {
				labels = append(labels, name)
			}
			slices.SortStableFunc(parts[name], func(a, b *analysis.Summary) int {
				return analysis.CompareLevels(a.Cell.Levels[l.x], b.Cell.Levels[l.x])
			})
			style := seriesStyles()[slices.Index(labels, name)%len(seriesStyles())]
			lines = append(lines, series{label: cmp.Or(name, p.label), cells: parts[name], style: style, index: i, of: len(names)})
		}
		list, single = append(list, lines), single && len(lines) == 1
	}
	if single {
		for _, lines := range list {
			lines[0].style = seriesStyles()[0]
		}
	}
	return list, single
}

// A trace is the drawing of a series. It has a gap at each level without a value, because readers
// trust all points of a line.
type trace struct {
	segments []plotter.XYs
	points   bars
	failed   plotter.XYs // at the bottom, where cells failed
	expected plotter.XYs // at the bottom, where cells failed as expected
	missing  plotter.XYs // at the bottom, where cells were excluded or not measured
	flat     bool        // the series has no levels: a line along the whole axis
}

// trace returns the drawing of a series on these axes.
func (l lineChart) trace(s series, x axisLevels, y scale) trace {
	t := trace{points: bars{scale: y, vertical: true}}
	bottom := y.at(y.min) + 0.02*(y.at(y.max)-y.at(y.min))
	first, last := -1, -1 // of the levels with a cell
	byLevel := make([]*analysis.Summary, len(x.levels))
	for _, c := range s.cells {
		i := slices.Index(x.levels, c.Cell.Levels[l.x])
		if v, _ := l.quantity.of(c); i < 0 && l.quantity.shows(c) {
			t.flat = true
			t.segments = append(t.segments, plotter.XYs{{X: x.min, Y: y.at(v.X)}, {X: x.max, Y: y.at(v.X)}})
		}
		if i >= 0 {
			byLevel[i] = c
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	var segment plotter.XYs
	flush := func() {
		if len(segment) > 0 {
			t.segments, segment = append(t.segments, segment), nil
		}
	}
	for i := max(first, 0); i <= last; i++ {
		c := byLevel[i]
		at := x.positions[i] + x.dodge(s.index, s.of)
		switch {
		case c != nil && l.quantity.shows(c):
			v, interval := l.quantity.of(c)
			t.points.add(at, y.at(v.X), interval)
			segment = append(segment, plotter.XY{X: at, Y: y.at(v.X)})
			continue
		case c != nil && c.IsExpectedFailure():
			t.expected = append(t.expected, plotter.XY{X: at, Y: bottom})
		case c != nil && !c.IsSound():
			t.failed = append(t.failed, plotter.XY{X: at, Y: bottom})
		default:
			t.missing = append(t.missing, plotter.XY{X: at, Y: bottom})
		}
		flush()
	}
	flush()
	return t
}

// draw draws the chart.
func (l lineChart) draw(layout Layout) (*Drawing, error) {
	cells := l.cells()
	x := newAxisLevels(analysis.Levels(l.x, cells))
	y := l.scale(x)
	f := &frame{title: l.title + ": " + l.quantity.name, conditions: l.conditions, legend: newLegend()}
	list, single := l.series()
	traces := make([][]trace, len(list))
	for i, lines := range list {
		for _, s := range lines {
			traces[i] = append(traces[i], l.trace(s, x, y))
		}
	}
	f.panels = make([]*plot.Plot, len(list))
	f.panelGrid(layout, 270, 620)
	titles := make([]string, len(list))
	for i := range list {
		titles[i] = l.panels[i].label
	}
	titles = f.panelTitles(layout, titles)
	var notes lineNotes
	labels := map[string]bool{}
	for i, lines := range list {
		p := newPlot(titles[i])
		addGrid(p)
		x.apply(&p.X, l.x)
		y.apply(&p.Y)
		yName := l.quantity.axis
		if len(list) > 1 || layout.width() < besideLeast {
			yName = l.quantity.short // a panel is not high enough for more
		}
		f.nameAxes(p, i, l.x, yName)
		for k := range traces {
			if single && k != i {
				addSegments(p, traces[k][0].segments, stroke(context, 1.25))
			}
		}
		l.addIdeal(p, x, y, &notes)
		for k, s := range lines {
			symbols := l.addTrace(p, s, traces[i][k], x, y, &notes)
			if !single && !labels[s.label] && len(symbols) > 0 {
				labels[s.label] = true
				f.legend.add(s.label, symbols...)
			}
		}
		if r := l.quantity.reference; r.OK {
			one := straight(p.X.Min, y.at(r.X), p.X.Max, y.at(r.X), stroke(ink, 1.5, 5, 3))
			add(p, one)
			notes.reference = one
		}
		f.panels[i] = p
	}
	if single {
		f.legend.add("grey: the other lines", &plotter.Line{LineStyle: stroke(context, 1.25)})
	}
	notes.one = slices.ContainsFunc(cells, func(s *analysis.Summary) bool { return l.quantity.shows(s) && s.Seconds.N < 2 })
	notes.explain(f.legend, l)
	return f.drawing(layout)
}

// lineNotes are the parts of a chart that its legend explains after the lines.
type lineNotes struct {
	fit, ideal, reference     plot.Thumbnailer
	failed, expected, missing int
	cut, one                  bool
}

func (n *lineNotes) explain(legend *legend, l lineChart) {
	if n.fit != nil {
		legend.add("dotted: fitted scaling law", n.fit)
	}
	if n.ideal != nil {
		legend.add("ideal up to "+format.Count(l.cpus, "cpu"), n.ideal)
	}
	if n.reference != nil {
		legend.add(l.quantity.referenceName, n.reference)
	}
	legend.add("bars: 95% interval")
	if n.one {
		legend.add("no bar: only one trial")
	}
	if n.cut {
		legend.add(arrowLegend)
	}
	if n.failed > 0 {
		legend.add(format.Count(n.failed, "failed cell"), marks(nil, ink, 5, crossGlyph{}))
	}
	if n.expected > 0 {
		legend.add(fmt.Sprintf("%d failed as expected", n.expected), marks(nil, ink, 5, draw.PlusGlyph{}))
	}
	if n.missing > 0 {
		legend.add("excluded or not measured", marks(nil, ink, 5, dashGlyph{}))
	}
}

// addTrace adds a line with its points, bars, gaps and fitted laws. It returns the symbols of its
// entry in the legend; none if the line has nothing to show.
func (l lineChart) addTrace(p *plot.Plot, s series, t trace, x axisLevels, y scale, notes *lineNotes) (symbols []plot.Thumbnailer) {
	line := stroke(s.style.colour, 2, s.style.dashes...)
	if len(t.segments) == 0 && len(t.failed)+len(t.expected) == 0 {
		return nil
	}
	for _, law := range l.fitsOf(s.cells, x, y) {
		law.LineStyle = stroke(s.style.colour, 1.25, 1, 2)
		add(p, law)
		notes.fit = law
	}
	addSegments(p, t.segments, line)
	if len(t.segments) > 0 {
		symbols = append(symbols, &plotter.Line{LineStyle: line})
	}
	if len(t.points.xys) > 0 {
		points, _ := t.points.plotters(s.style, 5, 1.5)
		_, under := t.points.plotters(s.style.pale(), 5, 1.5) // wide bars must not hide the lines
		add(p, append(under, points)...)
		symbols = append(symbols, points)
		notes.cut = notes.cut || len(t.points.tips) > 0
	}
	failed, missing := marks(t.failed, s.style.colour, 5, crossGlyph{}), marks(t.missing, s.style.colour, 5, dashGlyph{})
	expected := marks(t.expected, s.style.colour, 5, draw.PlusGlyph{})
	add(p, failed, expected, missing)
	switch {
	case symbols == nil && len(t.failed) > 0:
		symbols = append(symbols, failed)
	case symbols == nil:
		symbols = append(symbols, expected)
	}
	notes.expected += len(t.expected)
	notes.failed, notes.missing = notes.failed+len(t.failed), notes.missing+len(t.missing)
	return symbols
}

func addSegments(p *plot.Plot, segments []plotter.XYs, style draw.LineStyle) {
	for _, xys := range segments {
		add(p, &plotter.Line{XYs: xys, LineStyle: style})
	}
}

// scale returns a scale that shows the reference and all values.
func (l lineChart) scale(x axisLevels) scale {
	ideal := 0.0
	if l.cpus > 0 {
		ideal = l.ideal(x.value(x.positions[len(x.positions)-1]))
	}
	s := l.quantity.scale(l.all, ideal)
	s.coarse = len(l.panels) > 1
	return s
}

// scale returns a scale that shows the reference and the values of all cells. line is the largest
// value of another line in the picture. The scale shows that line and whole intervals only if they
// leave enough space for the rest.
func (q quantity) scale(cells []*analysis.Summary, line float64) scale {
	var values []float64
	if q.reference.OK {
		values = append(values, q.reference.X)
	}
	for _, s := range cells {
		if v, _ := q.of(s); q.shows(s) {
			values = append(values, v.X)
		}
	}
	if len(values) == 0 {
		return fromZero(nil)
	}
	largest := slices.Max(values)
	values = append(values, max(largest, min(line, 1.25*largest)))
	for _, s := range cells {
		if v, ci := q.of(s); q.shows(s) && ci.OK {
			values = append(values, max(v.X, min(ci.High, 1.4*largest)))
		}
	}
	return fromZero(values)
}

// fitsOf returns the curves of the laws that were fitted to cells of a line. Each curve covers
// only the measured numbers of workers.
func (l lineChart) fitsOf(cells []*analysis.Summary, xAxis axisLevels, yScale scale) []*plotter.Line {
	var list []*plotter.Line
	for _, s := range l.fits {
		if !slices.Contains(cells, s.Cells[0]) || !l.baselineRate.OK || !xAxis.numeric {
			continue
		}
		from, to := xAxis.position(s.Workers[0]), xAxis.position(s.Workers[len(s.Workers)-1])
		line := curve(from, to, xAxis, yScale, func(workers float64) float64 { return s.Rate(workers) / l.baselineRate.X })
		if len(line.XYs) > 1 {
			list = append(list, line)
		}
	}
	return list
}

// addIdeal adds the line of the ideal speed-up, from one worker on.
func (l lineChart) addIdeal(p *plot.Plot, x axisLevels, y scale, notes *lineNotes) {
	if l.cpus == 0 || !x.numeric {
		return
	}
	from := max(x.positions[0], x.position(1))
	ideal := curve(from, x.max, x, y, l.ideal)
	ideal.LineStyle = stroke(faint, 1.5, 2, 3)
	if len(ideal.XYs) > 1 {
		add(p, ideal)
		notes.ideal = ideal
	}
}

// ideal returns the ideal speed-up: the number of workers, but at most the number of cpus.
func (l lineChart) ideal(workers float64) float64 { return min(workers, float64(l.cpus)) }

// curve returns the curve of a function between two positions, without points outside the picture.
func curve(from, to float64, xAxis axisLevels, yScale scale, f func(float64) float64) *plotter.Line {
	line := &plotter.Line{}
	const steps = 60
	for i := range steps + 1 {
		x := from + (to-from)*float64(i)/steps
		if y := f(xAxis.value(x)); y >= yScale.min && y <= yScale.max && !math.IsNaN(y) {
			line.XYs = append(line.XYs, plotter.XY{X: x, Y: yScale.at(y)})
		}
	}
	return line
}
