package plot

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/experiments"
)

// mapsPerPicture is the maximum number of heat maps in a picture.
const mapsPerPicture = 6

// heatmapSketches returns pictures of two factors against each other, usually workers and chunk
// sizes. A picture has one heat map for each combination of the other factors. It needs at least two
// levels of each.
func heatmapSketches(src Source) []Sketch {
	x, y := cmp.Or(src.X, experiments.Workers.String()), cmp.Or(src.Y, experiments.ChunkSize.String())
	switch {
	case x != y:
	case src.X == "":
		x = experiments.ChunkSize.String()
	default:
		y = experiments.Workers.String()
	}
	ratios := ratioShades(src.Data)
	var list []Sketch
	for _, g := range src.MergedTables(x, y) {
		shades := ratios
		if !slices.ContainsFunc(g.Cells, func(s *analysis.Summary) bool { return s.Speedup.Value.OK && !s.IsBaseline() }) {
			shades = meanShades(g)
		}
		names := analysis.Without(analysis.Varying(src.Factors, g.Cells), x, y)
		keys, parts := analysis.Partition(g.Cells, names)
		var maps []heatMap
		for _, key := range keys {
			m := newHeatMap(parts[key], x, y, shades)
			if m.label = key; len(m.xs) > 1 && len(m.ys) > 1 {
				maps = append(maps, m)
			}
		}
		pages := slices.Collect(slices.Chunk(maps, mapsPerPicture))
		for i, maps := range pages {
			title := g.Heading + pageOf(i, len(pages))
			if len(maps) == 1 && maps[0].label != "" {
				title = g.Heading + ", " + maps[0].label
			}
			c := heatChart{title: title + ": " + shades.what, conditions: g.ConditionsSentence(), x: x, y: y, maps: maps, shades: shades}
			list = append(list, Sketch{
				Name:  "heatmap-" + title,
				Alt:   fmt.Sprintf("%s for every combination of %s and %s", c.title, x, y),
				Cells: c.cells(),
				Draw:  c.draw,
			})
		}
	}
	return list
}

// A heatChart is a picture of heat maps.
type heatChart struct {
	title, conditions string
	x, y              string // the factors of the axes
	maps              []heatMap
	shades            shadeScale
}

func (c heatChart) cells() (list []*analysis.Summary) {
	for _, m := range c.maps {
		for _, line := range m.fields {
			for _, f := range line {
				if f.cell != nil {
					list = append(list, f.cell)
				}
			}
		}
	}
	return list
}

// A heatMap has a field for each pair of levels. It does not use the heat map of the library, which
// panics if no value is a number, as in a grid with only failures.
type heatMap struct {
	label  string
	xs, ys []string
	fields [][]field // by y, then x
	shades shadeScale
	digits int     // of the figures; 0 means no figures
	size   float64 // of the figures, in pixels
}

var _ plot.Plotter = heatMap{}

func newHeatMap(cells []*analysis.Summary, x, y string, shades shadeScale) heatMap {
	cells = slices.DeleteFunc(slices.Clone(cells), func(s *analysis.Summary) bool { return s.Cell.Levels[x] == "" || s.Cell.Levels[y] == "" })
	m := heatMap{xs: analysis.Levels(x, cells), ys: analysis.Levels(y, cells), shades: shades}
	for range m.ys {
		m.fields = append(m.fields, make([]field, len(m.xs)))
	}
	for _, s := range cells {
		m.fields[slices.Index(m.ys, s.Cell.Levels[y])][slices.Index(m.xs, s.Cell.Levels[x])] = shades.fieldOf(s)
	}
	return m
}

// colourBarWidth is the width of the colour bar with its axis.
const colourBarWidth = 124

func (c heatChart) draw(l Layout) (*Drawing, error) {
	f := &frame{title: c.title, conditions: c.conditions, legend: newLegend(), side: inset{width: px(colourBarWidth), draw: c.shades.drawBar}}
	columns, rows := 0, 0
	for _, m := range c.maps {
		columns, rows = max(columns, len(m.xs)), max(rows, len(m.ys))
	}
	fieldHeight := min(56, max(16, 600/float64(rows)))
	if len(c.maps) > 1 {
		fieldHeight = min(fieldHeight, 42)
	}
	fieldHeight = max(fieldHeight, 190/float64(rows)) // room for the colour bar
	f.columns = balanced(len(c.maps), min(3, int((l.width()-colourBarWidth)/(110+46*float64(columns)))))
	fieldWidth := ((l.width()-colourBarWidth-2*margin)/float64(f.columns) - 100) / float64(columns)
	titles := make([]string, len(c.maps))
	for i, m := range c.maps {
		titles[i] = m.label
	}
	f.panels = make([]*plot.Plot, len(c.maps))
	titles = f.panelTitles(l, titles)
	seen := map[fieldKind]bool{}
	baseline, turned := false, 0.0
	digits, size := c.figures(fieldWidth, fieldHeight)
	for i, m := range c.maps {
		m.digits, m.size = digits, size
		p := newPlot(titles[i])
		applyLevels(&p.X, axisLabels(c.x, m.xs))
		applyLevels(&p.Y, axisLabels(c.y, m.ys))
		turned = max(turned, turnWords(&p.X, px(fieldWidth)))
		f.nameAxes(p, i, axisName(c.x), axisName(c.y))
		add(p, m)
		f.panels[i] = p
		for _, line := range m.fields {
			for _, field := range line {
				seen[field.kind], baseline = true, baseline || field.baseline
			}
		}
	}
	f.height = 62 + fieldHeight*float64(rows)
	if len(c.maps) > 1 {
		f.height += 22
	}
	f.height += turned
	c.explain(f.legend, seen, baseline, digits > 0)
	return f.drawing(l)
}

// explain adds the kinds of fields to the legend.
func (c heatChart) explain(legend *legend, seen map[fieldKind]bool, baseline, figures bool) {
	for _, e := range []struct {
		kind fieldKind
		name string
	}{
		{undecidedField, "pale: inconclusive"},
		{failedField, "failed"},
		{expectedField, "failed as expected"},
		{unmeasuredField, "not measured"},
		{excludedField, "not in the grid"},
	} {
		if seen[e.kind] {
			legend.add(e.name, swatch{field{kind: e.kind, value: c.shades.max}, c.shades})
		}
	}
	if baseline {
		legend.add("frame: the baseline", swatch{field{kind: measuredField, value: 1, baseline: true}, c.shades})
	}
	if !figures {
		legend.add("figures: summary.csv")
	}
}

// axisName returns the name of an axis for people.
func axisName(factor string) string {
	if factor == experiments.ChunkSize.String() {
		return "chunk size (items)"
	}
	return factor
}

// figures returns the number of digits and the size of figures that fit into a field. Without figures
// both are 0.
func (c heatChart) figures(width, height float64) (digits int, size float64) {
	const least, most = 9, 15
	for digits = 3; digits > 1; digits-- {
		var labels []string
		for _, m := range c.maps {
			for _, line := range m.fields {
				for _, f := range line {
					labels = append(labels, f.figure(digits))
				}
			}
		}
		if w := widest(textStyle(10, ink), labels); w > 0 {
			if size = min(most, 0.6*height, 8.6*width/(w.Points()*dotsPerInch/72)); size >= least {
				return digits, size
			}
		}
	}
	return 0, 0
}

// Plot draws the fields.
func (m heatMap) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for row, line := range m.fields {
		for column, f := range line {
			gap := px(0.5)
			m.shades.drawField(c, f, vg.Rectangle{
				Min: vg.Point{X: x(float64(column)-0.5) + gap, Y: y(float64(row)-0.5) + gap},
				Max: vg.Point{X: x(float64(column)+0.5) - gap, Y: y(float64(row)+0.5) - gap},
			}, f.figure(m.digits), m.size)
		}
	}
}
