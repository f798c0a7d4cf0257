package plot

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// Limits of a picture of effects.
const (
	effectBars  = 12
	effectLines = 3 // panels with a main effect
)

// effectsSketches returns a picture for each table whose differences its factors explain: a bar for each
// factor or pair, and the levels of the factors with the largest shares.
func effectsSketches(src Source) []Sketch {
	var list []Sketch
	for i := range src.Effects {
		e := &src.Effects[i]
		if !e.List[0].Share.OK {
			continue
		}
		chart := effectsChart{title: e.Name + ": effects of the axes", conditions: e.Table.ConditionsSentence(), judge: e.Table.Judge, bars: e.List[:min(effectBars, len(e.List))]}
		for k := range e.List {
			if x := &e.List[k]; !x.IsPair() && len(chart.factors) < effectLines {
				chart.factors = append(chart.factors, x)
			}
		}
		list = append(list, Sketch{
			Name:  "effects-" + e.Name,
			Alt:   fmt.Sprintf("%s: %s", chart.title, e.Sentence()),
			Cells: e.Cells,
			Draw:  chart.draw,
		})
	}
	return list
}

// An effectsChart shows the effects of the factors of one table.
type effectsChart struct {
	title, conditions string
	judge             analysis.Figure
	bars              []analysis.Effect
	factors           []*analysis.Effect // with a panel of their own
}

func (e effectsChart) draw(l Layout) (*Drawing, error) {
	f := &frame{title: e.title, conditions: e.conditions, legend: newLegend()}
	f.panels = make([]*plot.Plot, 1+len(e.factors))
	f.panelGrid(l, 420, 420)
	if l.width() < besideLeast { // the names of pairs are long
		f.columns, f.height = 1, 0.55*l.width()
	}
	f.height = max(f.height, 90+24*float64(len(e.bars)), 200)
	f.panels[0] = e.shares(f, l)
	relative := e.judge.Name() + " / mean over the levels"
	scale := e.levelScale()
	cut, turned := false, 0.0
	for i, x := range e.factors {
		p := newPlot("")
		addGrid(p)
		scale.apply(&p.Y)
		p.Y.Label.Text, p.X.Label.Text = relative, x.Factor()
		axis := newAxisLevels(levelNames(x))
		axis.apply(&p.X, x.Factors[0])
		turned = max(turned, turnWords(&p.X, px(0.75*l.width()/float64(f.columns))/vg.Length(len(axis.levels))))
		add(p, straight(p.X.Min, scale.at(1), p.X.Max, scale.at(1), stroke(ink, 1.5, 5, 3)))
		points := bars{scale: scale, vertical: true}
		var line plotter.XYs
		for k, level := range x.Levels {
			if !level.Ratio.OK {
				continue // its times differ too much for a number
			}
			points.add(axis.positions[k], scale.at(level.Ratio.X), level.CI)
			line = append(line, plotter.XY{X: axis.positions[k], Y: scale.at(level.Ratio.X)})
		}
		style := seriesStyle{colour: vermilion, shape: draw.CircleGlyph{}}
		addSegments(p, []plotter.XYs{line}, stroke(style.colour, 2))
		marks, under := points.plotters(style, 5, 1.5)
		add(p, append(under, marks)...)
		if cut = cut || len(points.tips) > 0; i == 0 {
			f.legend.add(relative+", 95% interval", &plotter.Line{LineStyle: stroke(style.colour, 2)}, marks)
		}
		f.panels[1+i] = p
	}
	if cut {
		f.legend.add(arrowLegend)
	}
	f.height += turned
	return f.drawing(l)
}

func levelNames(x *analysis.Effect) []string {
	names := make([]string, len(x.Levels))
	for i, l := range x.Levels {
		names[i] = l.Names[0]
	}
	return names
}

// levelScale returns the scale of all panels with levels. It shows whole intervals only if they leave enough
// space for the rest.
func (e effectsChart) levelScale() scale {
	var values []float64
	for _, x := range e.factors {
		for _, l := range x.Levels {
			values = append(values, l.Ratio.X)
		}
	}
	low, high := slices.Min(values), slices.Max(values)
	for _, x := range e.factors {
		for _, l := range x.Levels {
			if l.CI.OK {
				values = append(values, max(l.CI.Low, low/1.5), min(l.CI.High, high*1.5))
			}
		}
	}
	return aroundOne(values)
}

// shares returns the panel with a bar for each effect.
func (e effectsChart) shares(f *frame, l Layout) *plot.Plot {
	p := newPlot("")
	p.Add(&plotter.Grid{Vertical: stroke(gridColour, 1)})
	largest := 0.0
	labels := make([]string, len(e.bars))
	for i, x := range e.bars {
		largest = max(largest, x.Share.X, x.ShareCI.High)
		labels[len(labels)-1-i] = x.Factor()
	}
	scale := scale{max: 100 * min(1.04*largest, 1), coarse: true}
	scale.apply(&p.X)
	p.X.Label.Text = "share of the differences (%)"
	part := 0.3 // of the panel, for the names
	if f.columns == 1 {
		part = 0.45
	}
	applyLevels(&p.Y, distinct(labels, int(part*l.width()/float64(f.columns)/6.8)))
	p.Y.Tick.Length = 0
	intervals := bars{scale: scale}
	for i := range e.bars {
		x, y := &e.bars[i], float64(len(e.bars)-1-i)
		shade := blue
		if !x.IsDistinct() {
			shade = faint
		}
		add(p, bar{x: scale.at(100 * x.Share.X), y: y, colour: shade})
		ci := x.ShareCI
		ci.Low, ci.High = 100*ci.Low, 100*ci.High
		intervals.add(scale.at(100*x.Share.X), y, ci)
	}
	_, under := intervals.plotters(seriesStyle{colour: ink, shape: draw.CircleGlyph{}}, 0, 1.5)
	add(p, under...)
	f.legend.add("share of the variance, 95% interval", marks(nil, blue, 6, draw.BoxGlyph{}))
	if slices.ContainsFunc(e.bars, func(x analysis.Effect) bool { return !x.IsDistinct() }) {
		f.legend.add("not distinguishable from none", marks(nil, faint, 6, draw.BoxGlyph{}))
	}
	return p
}

// A bar is a horizontal bar from 0.
type bar struct {
	x, y   float64
	colour color.Color
}

// Plot draws the bar.
func (b bar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.FillPolygon(b.colour, []vg.Point{{X: x(0), Y: y(b.y - 0.32)}, {X: x(b.x), Y: y(b.y - 0.32)}, {X: x(b.x), Y: y(b.y + 0.32)}, {X: x(0), Y: y(b.y + 0.32)}})
}
