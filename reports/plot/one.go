package plot

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/oneline"
)

// Size is the size of one picture on paper or on a screen.
type Size struct {
	Width, Font vg.Length // 0 means the usual size
	Physical    bool      // the width is in units of paper, so PNG has 300 dots per inch
	Title       *string   // instead of the usual title and conditions; nil keeps them
}

const (
	paperDots    = 300        // dots per inch of PNG on paper
	usualFont    = 14         // of the labels of axes and of the legend, in pixels at a zoom of 100%
	leastWidth   = 330        // in pixels at a zoom of 100%
	mostDots     = 20_000     // of a side of PNG
	mostAreaDots = 80_000_000 // of a PNG
)

// ParseLength reads a length such as 84mm, 3.3in, 8pt or 1200px. physical is set unless it is in px.
func ParseLength(text string) (length vg.Length, physical bool, err error) {
	for _, unit := range []struct {
		name string
		size vg.Length
	}{{"mm", vg.Millimeter}, {"cm", vg.Centimeter}, {"in", vg.Inch}, {"pt", 1}, {"px", vg.Inch / dotsPerInch}} {
		number, ok := strings.CutSuffix(text, unit.name)
		if !ok {
			continue
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil || !(x > 0) || math.IsInf(x, 0) {
			break
		}
		return vg.Length(x) * unit.size, unit.name != "px", nil
	}
	return 0, false, fmt.Errorf("%q: expected a length such as 84mm, 8.4cm, 3.3in, 8pt or 1200px", text)
}

// Encode draws a sketch in a size and a format. It also returns the warnings of the drawing.
func (s Sketch) Encode(size Size, f Format) (data []byte, warnings []string, err error) {
	defer func() {
		if r := recover(); r != nil { // the plot library panics on values that it cannot scale
			err = fmt.Errorf("the picture could not be drawn: %v", r)
		}
	}()
	width := size.Width
	if width == 0 {
		width = px(pictureWidth)
	}
	font := size.Font
	if font == 0 {
		if font = px(usualFont); width < px(besideLeast) {
			font = 8 // points, as in the column of a paper
		}
	}
	dots := float64(dotsPerInch)
	if size.Physical {
		dots = paperDots
	}
	zoom := float64(font / px(usualFont))
	if virtual := float64(width/px(1)) / zoom; virtual < leastWidth {
		return nil, nil, fmt.Errorf("the width %s is too small for the font size %s: the largest font size for it is %s", lengthText(width, size.Physical), lengthText(font, true), lengthText(width*usualFont/leastWidth, true))
	}
	whole := max(1, math.Round(zoom*dots)) // PNG has a whole number of dots per inch
	if f.Name == "png" {
		zoom = whole / dots
	}
	d, err := s.Draw(Layout{Width: float64(width/px(1)) / zoom, Title: size.Title})
	if err != nil {
		return nil, nil, err
	}
	d.Alt, d.Zoom, d.Dots = oneline.Of(s.Alt), zoom, int(whole)
	if x, y := d.Width.Dots(whole), d.Height.Dots(whole); f.Name == "png" && (max(x, y) > mostDots || x*y > mostAreaDots) {
		return nil, nil, fmt.Errorf("the picture has %.0f by %.0f dots, more than PNG supports here (at most %d on a side, and %d million in all): choose a smaller width, fewer cells with --only, or the format svg", x, y, mostDots, mostAreaDots/1_000_000)
	}
	data, err = f.Encode(d)
	return data, MissingWarning(d.Missing), err
}

// lengthText returns a length for messages.
func lengthText(l vg.Length, physical bool) string {
	switch {
	case !physical:
		return fmt.Sprintf("%.0fpx", math.Floor(float64(l/px(1))))
	case l > 40:
		return fmt.Sprintf("%.4gmm", float64(l/vg.Millimeter))
	}
	return fmt.Sprintf("%.1fpt", math.Floor(10*l.Points())/10)
}

// Narrow returns a filter for each sketch that only its cells match, or "" where there is none. The
// filters have the syntax of --only, and repeat the axes that only names, the filter so far.
func Narrow(d *analysis.Data, sketches []Sketch, only string) []string {
	filters := make([][]string, len(sketches))
	for _, factor := range d.Factors {
		levels := make([][]string, len(sketches))
		everywhere, differ, one := true, false, true
		for i, s := range sketches {
			levels[i] = analysis.Levels(factor, s.Cells)
			everywhere = everywhere && len(levels[i]) > 0 && !slices.ContainsFunc(s.Cells, func(c *analysis.Summary) bool { return c.Cell.Levels[factor] == "" })
			differ, one = differ || !slices.Equal(levels[i], levels[0]), one && len(levels[i]) < 2
		}
		selects := everywhere && differ && (one || factor == experiments.Strategy.String())
		if !selects && !strings.Contains(only, factor+"=") {
			continue
		}
		for i := range sketches {
			var texts []string
			for _, l := range levels[i] {
				texts = append(texts, filterText(analysis.LevelText(factor, l)))
			}
			if len(texts) > 0 {
				filters[i] = append(filters[i], factor+"="+strings.Join(texts, ","))
			}
		}
	}
	list := make([]string, len(sketches))
	for i, f := range filters {
		list[i] = strings.Join(f, ",")
	}
	for i := range list { // several pictures of the same cells have no filters of their own
		if slices.Index(list, list[i]) != i {
			return make([]string, len(sketches))
		}
	}
	return list
}

// filterText returns a level as --only reads it.
func filterText(level string) string {
	if strings.ContainsAny(level, `,|="'[]{} `) {
		return strconv.Quote(level)
	}
	return level
}
