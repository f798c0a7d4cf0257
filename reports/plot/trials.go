package plot

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/journal"
)

// trialsSketches returns pictures of all trials in the order of execution. The time of each trial is
// divided by the median of its cell. So all cells of a table fit into one picture, and a slowdown of
// the machine appears as a bump in all of them.
func trialsSketches(src Source) []Sketch {
	d := src.Data
	var list []Sketch
	resumed := d.Resumptions()
	for _, g := range d.MeasuredTables() {
		c := orderChart{table: g, breaks: breaksOf(g, resumed)}
		for _, s := range g.Cells {
			c.bad = append(c.bad, s.Failures()...)
			for _, t := range s.Good {
				c.numbers = append(c.numbers, t.Trial)
			}
		}
		c.numbers = append(c.numbers, c.bad...)
		if len(c.numbers) > 0 {
			list = append(list, Sketch{
				Name:  "trials-" + g.Heading,
				Alt:   fmt.Sprintf("%s: the %s of every trial relative to the median of its cell", c.title(), g.Judge.Name()),
				Cells: g.Cells,
				Draw:  c.draw,
			})
		}
	}
	return list
}

// An orderChart shows the times of trials in the order of execution.
type orderChart struct {
	table   analysis.Table
	bad     []int // the numbers of the trials that failed
	numbers []int // of all trials
	breaks  breaks
}

func (o orderChart) title() string {
	if o.breaks.ofNodes {
		return o.table.Heading + ": trials in order of the plan, on several nodes"
	}
	return o.table.Heading + ": trials in order of execution"
}

func (o orderChart) draw(l Layout) (*Drawing, error) {
	p := newPlot("")
	legend := newLegend()
	addGrid(p)
	yScale := o.scale()
	yScale.apply(&p.Y)
	p.Y.Label.Text = o.table.Judge.Name() + " (relative to the median of its cell)"
	if l.width() < besideLeast {
		p.Y.Label.Text = o.table.Judge.Name() + " / median"
	}
	xAxis := scale{min: float64(slices.Min(o.numbers) - 1), max: float64(slices.Max(o.numbers) + 1), whole: true, coarse: l.width() < besideLeast}
	xAxis.apply(&p.X)
	p.X.Label.Text = "trial"

	add(p, straight(p.X.Min, yScale.at(1), p.X.Max, yScale.at(1), stroke(faint, 1.5)))
	o.addBreaks(p, legend)
	o.addCells(p, legend, yScale)
	o.addOutliers(p, legend, yScale)
	var bad plotter.XYs // at the bottom: they have an order but no time
	for _, number := range o.bad {
		bad = append(bad, plotter.XY{X: float64(number), Y: p.Y.Min})
	}
	addMarks(p, legend, "failed", marks(bad, vermilion, 6, crossGlyph{}))
	f := &frame{title: o.title(), conditions: o.table.ConditionsSentence(), panels: []*plot.Plot{p}, legend: legend}
	f.panelGrid(l, 0, 560)
	return f.drawing(l)
}

// maxBreakLines is the number of breaks above which a chart has no lines for them.
const maxBreakLines = 20

// breaks are places between two trials at which the conditions may have changed: the run was resumed or,
// in a merged run, the next trial comes from another node.
type breaks struct {
	places  []float64
	ofNodes bool
}

func breaksOf(g analysis.Table, resumed []journal.Note) (b breaks) {
	b.places = g.NodeChanges()
	b.ofNodes = len(b.places) > 0
	for _, n := range resumed {
		b.places = append(b.places, float64(n.After)+0.5)
	}
	return b
}

// name returns the name of the lines in a legend.
func (b breaks) name() string {
	if b.ofNodes {
		return "another node"
	}
	return "resumed"
}

// add adds a line at each break to a plot. It reports whether it has added any.
func (b breaks) add(p *plot.Plot) (added bool) {
	if len(b.places) > maxBreakLines {
		return false
	}
	for _, x := range b.places {
		if x > p.X.Min && x < p.X.Max {
			add(p, straight(x, p.Y.Min, x, p.Y.Max, breakStroke()))
			added = true
		}
	}
	return added
}

func breakStroke() draw.LineStyle { return stroke(faint, 1.5, 2, 3) }

// addBreaks adds a line at each break. A change between two sessions or nodes appears as a step there.
func (o orderChart) addBreaks(p *plot.Plot, legend *legend) {
	if o.breaks.add(p) {
		legend.add(o.breaks.name(), &plotter.Line{LineStyle: breakStroke()})
	}
}

// addCells adds the trials of all cells. If there are few cells, each has its own style. If there are
// many, only the baseline differs from the others.
func (o orderChart) addCells(p *plot.Plot, legend *legend, yScale scale) {
	few := len(o.table.Cells) <= linesPerPicture
	var baseline, others plotter.XYs
	for i, s := range o.table.Cells {
		switch xys := o.points(s, yScale); {
		case few:
			addMarks(p, legend, analysis.Label(s.Cell, o.table.Factors), marks(xys, seriesStyles()[i].colour, 4.5, seriesStyles()[i].shape))
		case s.IsBaseline():
			baseline = xys
		default:
			others = append(others, xys...)
		}
	}
	addMarks(p, legend, format.Count(len(o.table.Cells)-1, "other cell"), marks(others, faint, 3, draw.CircleGlyph{}))
	addMarks(p, legend, "baseline", marks(baseline, vermilion, 5, draw.BoxGlyph{}))
}

// addOutliers draws a frame around each outlier.
func (o orderChart) addOutliers(p *plot.Plot, legend *legend, yScale scale) {
	for _, frame := range []struct {
		mark  analysis.Mark
		shape draw.GlyphDrawer
		name  string
	}{
		{analysis.Mild, outlineGlyph{}, "outlier (1.5 interquartile ranges)"},
		{analysis.Far, outlineGlyph{corners: 4}, "far outlier (3 interquartile ranges)"},
	} {
		var framed plotter.XYs
		for _, s := range o.table.Cells {
			points, marks := o.points(s, yScale), s.Marks()
			if len(points) != len(marks) {
				continue // a cell whose median is 0 has no points
			}
			for i, mark := range marks {
				if mark == frame.mark {
					framed = append(framed, points[i])
				}
			}
		}
		addMarks(p, legend, frame.name, marks(framed, ink, 8, frame.shape))
	}
}

// points returns the good trials of a cell.
func (o orderChart) points(s *analysis.Summary, yScale scale) plotter.XYs {
	var xys plotter.XYs
	for _, t := range s.JudgedTrials() {
		if ratio := analysis.ValueOf(s.Judged.Value(t)).Over(s.Judged.Median); ratio.OK {
			xys = append(xys, plotter.XY{X: float64(t.Trial), Y: yScale.at(ratio.X)})
		}
	}
	return xys
}

// scale returns the scale of the times. It does not start at 0, so that differences between trials
// are visible.
func (o orderChart) scale() scale {
	low, high := 0.9, 1.1
	for _, s := range o.table.Cells {
		if ratio := s.Judged.Min.Over(s.Judged.Median); ratio.OK {
			low = min(low, ratio.X)
		}
		if ratio := s.Judged.Max.Over(s.Judged.Median); ratio.OK {
			high = max(high, ratio.X)
		}
	}
	if low > 0 && high > logRatio*low {
		return scale{min: low / 1.3, max: high * 1.3, log: true}
	}
	room := 0.06 * (high - low)
	return scale{min: low - room, max: high + room}
}
