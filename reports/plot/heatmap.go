package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
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
			shades = timeShades(g)
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

// A shadeScale maps values to colours.
type shadeScale struct {
	scale
	what   string // the values, with their unit
	axis   string // the label of the colour bar
	value  func(*analysis.Summary) analysis.Value
	colour func(part float64) color.RGBA // of a position on the scale, from 0 to 1
	ratios bool                          // the values are relative to 1
}

// shade returns the colour of a value.
func (s shadeScale) shade(v float64) color.RGBA {
	low, high := s.at(s.min), s.at(s.max)
	return s.colour((s.at(v) - low) / (high - low))
}

// ratioShades returns the colours of speed-ups. All pictures of a run have the same, so that a reader
// can compare them. The scale is logarithmic, because half the speed is as far from 1 as twice the
// speed. 1 is in the middle.
func ratioShades(d *analysis.Data) shadeScale {
	furthest := 1.25
	for i := range d.Summaries { // also those that a filter leaves out
		s := &d.Summaries[i]
		if v := s.Speedup.Value; v.OK && v.X > 0 && s.IsSound() {
			furthest = max(furthest, v.X, 1/v.X)
		}
	}
	furthest = min(furthest, 1e100)
	return shadeScale{
		scale: scale{min: 1 / furthest, max: furthest, log: true},
		what:  "speed-up (×)", axis: "slower  ←  speed-up (×)  →  faster", colour: diverging, ratios: true,
		value: func(s *analysis.Summary) analysis.Value { return s.Speedup.Value },
	}
}

// timeShades returns the colours of the mean times of a table without speed-ups.
func timeShades(g analysis.Table) shadeScale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range g.Cells {
		if v := c.Seconds.Mean; v.OK && c.IsSound() {
			low, high = min(low, v.X), max(high, v.X)
		}
	}
	unit := format.UnitFor(math.Sqrt(max(low, 0)*max(high, 0)), format.TimeUnits) // of the middle of a logarithmic scale
	low, high = low/unit.Size, high/unit.Size
	s := shadeScale{colour: viridis, what: "mean time (" + unit.Name + ")", value: func(s *analysis.Summary) analysis.Value {
		return s.Seconds.Mean.Over(analysis.ValueOf(unit.Size))
	}}
	s.axis = s.what
	switch {
	case !(low <= high) || high == 0: // there is no value, or all are 0
		low, high = 0, 1
	case high-low < 1e-9*high: // all values are equal: extend the range on both sides
		low, high = low*0.9, high*1.1
	}
	s.scale = scale{min: low, max: min(high, largestValue), log: low > 0 && high > logRatio*low}
	return s
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

// A fieldKind tells how a field of a heat map was measured.
type fieldKind int

const (
	excludedField   fieldKind = iota // the grid has no such cell
	unmeasuredField                  // skipped or not yet run
	failedField
	expectedField // failed as expected
	measuredField
	undecidedField // the trials do not show whether the cell differs from the baseline
)

// A field is a cell in a heat map.
type field struct {
	kind     fieldKind
	value    float64
	baseline bool
	cell     *analysis.Summary
}

// fieldOf returns the field of a cell.
func (s shadeScale) fieldOf(c *analysis.Summary) field {
	v := s.value(c)
	f := field{value: v.X, baseline: c.IsBaseline(), cell: c}
	switch {
	case c.IsExpectedFailure():
		f.kind = expectedField
	case !c.IsSound():
		f.kind = failedField
	case !v.OK:
		f.kind = unmeasuredField
	case s.ratios && !f.baseline && c.Verdict != analysis.Faster && c.Verdict != analysis.Slower && c.Verdict != analysis.Equivalent:
		f.kind = undecidedField
	default:
		f.kind = measuredField
	}
	return f
}

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
	labels := axisLabels(c.x, c.maps[0].xs)
	f.columns = balanced(len(c.maps), min(3, int((l.width()-colourBarWidth)/(110+46*float64(columns)))))
	fieldWidth := ((l.width()-colourBarWidth-2*margin)/float64(f.columns) - 100) / float64(columns)
	titles := make([]string, len(c.maps))
	for i, m := range c.maps {
		titles[i] = m.label
	}
	f.panels = make([]*plot.Plot, len(c.maps))
	titles = f.panelTitles(l, titles)
	seen := map[fieldKind]bool{}
	baseline := false
	digits, size := c.figures(fieldWidth, fieldHeight)
	for i, m := range c.maps {
		m.digits, m.size = digits, size
		p := newPlot(titles[i])
		applyLevels(&p.X, axisLabels(c.x, m.xs))
		applyLevels(&p.Y, axisLabels(c.y, m.ys))
		turnWords(&p.X, px(fieldWidth))
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
	if p := f.panels[0]; p.X.Tick.Label.Rotation != 0 {
		f.height += widest(p.X.Tick.Label, labels).Points() * dotsPerInch / 72
	}
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

// figure returns the text of a field.
func (f field) figure(digits int) string {
	if digits == 0 || f.kind < measuredField {
		return ""
	}
	return format.Digits(f.value, digits)
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

// drawField draws a field with its figure.
func (s shadeScale) drawField(c draw.Canvas, f field, r vg.Rectangle, figure string, size float64) {
	box := corners(r.Min.X, r.Max.X, r.Min.Y, r.Max.Y)
	centre := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}
	half := min(px(7), (r.Max.X-r.Min.X)/3, (r.Max.Y-r.Min.Y)/3)
	switch f.kind {
	case excludedField:
		c.StrokeLine2(stroke(faint, 1), r.Min.X, r.Min.Y, r.Max.X, r.Max.Y)
		return
	case unmeasuredField:
		c.FillPolygon(blank, box)
		c.StrokeLine2(stroke(subdued, 1.5), centre.X-half/2, centre.Y, centre.X+half/2, centre.Y)
		return
	case failedField, expectedField:
		line := stroke(ink, 2)
		if f.kind == expectedField {
			line = stroke(subdued, 1)
		}
		c.FillPolygon(blank, box)
		c.StrokeLine2(line, centre.X-half, centre.Y-half, centre.X+half, centre.Y+half)
		c.StrokeLine2(line, centre.X-half, centre.Y+half, centre.X+half, centre.Y-half)
		return
	}
	shade, text := s.shade(f.value), readableOn(s.shade(f.value))
	if f.kind == undecidedField {
		shade, text = blend(shade, white, 0.72), subdued
	}
	c.FillPolygon(shade, box)
	if f.baseline {
		c.StrokeLines(stroke(ink, 2), append(box, box[0]))
	}
	if figure != "" {
		style := textStyle(size, text)
		style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
		c.FillText(style, centre, figure)
	}
}

// A swatch is a field in the legend.
type swatch struct {
	field
	shades shadeScale
}

// Thumbnail draws the field.
func (s swatch) Thumbnail(c *draw.Canvas) {
	s.shades.drawField(*c, s.field, vg.Rectangle{
		Min: vg.Point{X: c.Min.X + px(8), Y: c.Min.Y + px(3)}, Max: vg.Point{X: c.Max.X, Y: c.Max.Y - px(3)},
	}, "", 0)
}

// drawBar draws the legend of the colours: a bar with a scale. If the values are ratios, a line marks 1.
func (s shadeScale) drawBar(c draw.Canvas) {
	const most = 320
	if height := c.Max.Y - c.Min.Y; height > px(most) {
		c = draw.Crop(c, 0, 0, height-px(most), 0)
	}
	p := newPlot("")
	p.X.Min, p.X.Max = 0, 1
	p.HideX()
	s.apply(&p.Y)
	restyle(&p.Y.Label.TextStyle, 14, ink)
	p.Y.Label.Text = s.axis
	add(p, shadesBar{s})
	if s.ratios {
		add(p, straight(0, s.at(1), 1, s.at(1), stroke(ink, 2)))
	}
	p.Draw(draw.Crop(c, px(12), -px(8), 0, -px(8)))
}

// A shadesBar fills its plot with all shades, the lowest at the bottom.
type shadesBar struct{ shadeScale }

var _ plot.Plotter = shadesBar{}

// Plot draws the bar in slices.
func (b shadesBar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	const slices = 64
	low, high := b.at(b.min), b.at(b.max)
	// Each slice extends to the top, and the next slice covers it. Without this overlap, thin
	// lines would show between neighbours.
	for i := range slices {
		c.FillPolygon(b.colour((float64(i)+0.5)/slices), corners(x(0), x(1), y(low+(high-low)*float64(i)/slices), y(high)))
	}
}

// corners returns the corners of a rectangle.
func corners(left, right, bottom, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}
