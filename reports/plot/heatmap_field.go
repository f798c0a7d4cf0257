package plot

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/internal/format"
)

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

// figure returns the text of a field.
func (f field) figure(digits int) string {
	if digits == 0 || f.kind < measuredField {
		return ""
	}
	return format.Digits(f.value, digits)
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
