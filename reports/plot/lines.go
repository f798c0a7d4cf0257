package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"iosweep/analysis"
	"iosweep/internal/format"
)

// A lineChart shows speed-ups over the levels of a factor.
type lineChart struct {
	title    string
	x        string // the factor of the x axis
	cells    []*analysis.Summary
	names    []string // the factors that distinguish the lines
	baseline string   // the legend of the line at 1
	cpus     int      // the highest ideal speed-up; 0 means no line for the ideal
	// fits are fitted scaling laws, possibly of other cells. A fitted rate divided by
	// baselineRate is a speed-up.
	fits         []analysis.Sweep
	baselineRate analysis.Value
}

func (l lineChart) draw() (*Drawing, error) {
	p := newPlot(l.title)
	legend := newLegend()
	addGrid(p)
	xAxis := newAxisLevels(analysis.Levels(l.x, l.cells))
	xAxis.apply(&p.X)
	p.X.Label.Text = l.x
	yScale := speedupScale(l.cells, l.ideal(xAxis.value(xAxis.max)))
	yScale.apply(&p.Y)
	p.Y.Label.Text = "speed-up (relative to the baseline)"

	failed, cut, fit := l.addLines(p, legend, xAxis, yScale)
	if fit != nil {
		legend.add("thin: fitted scaling law", fit)
	}
	if l.cpus > 0 && xAxis.numeric {
		ideal := curve(xAxis.min, xAxis.max, xAxis, yScale, l.ideal)
		ideal.LineStyle = stroke(faint, 1.5, 2, 3)
		if len(ideal.XYs) > 1 {
			add(p, ideal)
			legend.add("ideal up to "+format.Count(l.cpus, "cpu"), ideal)
		}
	}
	one := straight(p.X.Min, yScale.at(1), p.X.Max, yScale.at(1), stroke(ink, 1.5, 5, 3))
	add(p, one)
	legend.add(l.baseline, one)
	legend.add("bars: 95% interval")
	if slices.ContainsFunc(l.cells, func(s *analysis.Summary) bool { return s.IsSound() && s.Speedup.Pairs < 2 }) {
		legend.add("no bar: only one trial")
	}
	if cut > 0 {
		legend.add(arrowLegend)
	}
	if failed > 0 {
		legend.add(format.Count(failed, "failed cell") + " not drawn")
	}
	return render(p, 680, legend.inset())
}

// addLines adds one line for each combination of levels of l.names. It leaves out cells with
// failures, expected or not, because readers trust all points of a line. For the legend it returns the number of
// such cells, the number of bars cut off at the edge, and one line of a fit.
func (l lineChart) addLines(p *plot.Plot, legend *sideLegend, xAxis axisLevels, yScale scale) (failed, cut int, fit *plotter.Line) {
	keys, parts := analysis.Partition(l.cells, l.names)
	for i, key := range keys {
		style := seriesStyles()[i%len(seriesStyles())]
		line := &plotter.Line{LineStyle: stroke(style.colour, 2, style.dashes...)}
		b := bars{scale: yScale, vertical: true}
		slices.SortStableFunc(parts[key], func(a, b *analysis.Summary) int {
			return analysis.CompareLevels(a.Cell.Levels[l.x], b.Cell.Levels[l.x])
		})
		for _, s := range parts[key] {
			y := yScale.at(s.Speedup.Value.X)
			switch level := s.Cell.Levels[l.x]; {
			case !s.IsSound():
				failed++
			case level == "": // the cell has no level of this factor: draw a line along the whole axis
				line.XYs = plotter.XYs{{X: p.X.Min, Y: y}, {X: p.X.Max, Y: y}}
			default:
				b.add(xAxis.at(level)+xAxis.dodge(i, len(keys)), y, s.Speedup.CI)
			}
		}
		switch {
		case len(b.xys) > 0:
			line.XYs = b.xys
			points, under := b.plotters(style, 5, 1.5)
			for _, law := range l.fitsOf(parts[key], xAxis, yScale) {
				law.LineStyle = stroke(style.colour, 1.25, 1, 2)
				add(p, law)
				fit = cmp.Or(fit, law)
			}
			add(p, line)
			add(p, append(under, points)...)
			cut += len(b.tips)
			legend.add(key, line, points)
		case len(line.XYs) > 0:
			add(p, line)
			legend.add(key, line)
		}
	}
	return failed, cut, fit
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

// ideal returns the ideal speed-up: the number of workers, but at most the number of cpus.
func (l lineChart) ideal(workers float64) float64 { return min(workers, float64(l.cpus)) }

// curve returns the curve of a function between two positions, without points outside the picture.
func curve(from, to float64, xAxis axisLevels, yScale scale, f func(float64) float64) *plotter.Line {
	line := &plotter.Line{}
	const steps = 200
	for i := range steps + 1 {
		x := from + (to-from)*float64(i)/steps
		if y := f(xAxis.value(x)); y >= yScale.min && y <= yScale.max {
			line.XYs = append(line.XYs, plotter.XY{X: x, Y: yScale.at(y)})
		}
	}
	return line
}
