package plot

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
)

// A scale maps values to positions along an axis, on a linear or logarithmic scale. The axis of
// the library is always linear in positions: the logarithmic scale of the library panics at 0, and
// if there is only one value. Values outside the range are mapped to its edge.
type scale struct {
	min, max float64 // min < max
	log      bool
	whole    bool // ticks are at whole numbers only
	coarse   bool // there are few ticks
}

// at returns the position of a value.
func (s scale) at(x float64) float64 {
	x = min(max(x, s.min), s.max)
	if s.log {
		return math.Log2(x)
	}
	return x
}

// A scale is logarithmic if its largest value is more than logRatio times its smallest. On a linear
// scale, readers could not distinguish the small values.
const logRatio = 30

// largestValue is far from the largest number, so that a scale that ends a little above it has a
// finite range.
const largestValue = math.MaxFloat64 / 4

// fromZero returns a linear scale from 0 to a little more than the largest value. If all values are
// positive and far apart, it returns a logarithmic scale. Only a metric of a program can be below 0.
func fromZero(values []float64) scale {
	smallest, largest := math.Inf(1), 0.0
	for _, v := range values {
		smallest, largest = min(smallest, v), max(largest, v)
	}
	if smallest > 0 && largest > logRatio*smallest {
		return scale{min: smallest / 1.3, max: min(largest, largestValue) * 1.3, log: true}
	}
	if smallest < 0 {
		return scale{min: max(smallest, -largestValue) * 1.06, max: min(largest, largestValue) * 1.06}
	}
	if !(largest > 0) {
		largest = 1
	}
	return scale{min: 0, max: min(largest, largestValue) * 1.06}
}

// aroundOne returns a scale for values that readers compare with 1, not with 0. It extends from a
// little below the smallest value to a little above the largest. It is logarithmic if a linear
// scale would hide small losses.
func aroundOne(values []float64) scale {
	smallest, largest := 1.0, 1.0
	for _, v := range values {
		smallest, largest = min(smallest, v), max(largest, v)
	}
	const farApart = 8
	if smallest > 0 && largest > farApart*smallest {
		return scale{min: smallest / 1.3, max: largest * 1.3, log: true}
	}
	edge := max(0.05*(largest-smallest), 0.01)
	return scale{min: smallest - edge, max: largest + edge}
}

// apply sets the range of an axis, and ticks at round values.
func (s scale) apply(a *plot.Axis) {
	a.Min, a.Max = s.at(s.min), s.at(s.max)
	var ticks plot.ConstantTicks
	for _, x := range s.roundValues() {
		label := strconv.FormatFloat(x, 'g', 6, 64) // short also for very large and small values
		if decimals := places(s.step()); !s.log && decimals <= 6 && s.max < 1e7 {
			label = strconv.FormatFloat(x, 'f', decimals, 64)
		}
		ticks = append(ticks, plot.Tick{Value: s.at(x), Label: label})
	}
	a.Tick.Marker = ticks
}

// roundValues returns the round values within the range. On a linear scale these are the multiples of
// step. On a logarithmic scale these are 1, 2 and 5 times each power of ten, or only the powers of
// ten if the range is large. If it is very large, some powers are left out.
func (s scale) roundValues() []float64 {
	var list []float64
	if !s.log || s.max < 5*s.min {
		step := s.step()
		for n := math.Ceil(s.min / step); n*step <= s.max; n++ {
			list = append(list, n*step)
		}
		return list
	}
	factors := []float64{1, 2, 5}
	if s.max/s.min > 1e4 || s.coarse && s.max/s.min > 50 {
		factors = factors[:1]
	}
	first, last := math.Floor(math.Log10(s.min)), math.Log10(s.max)
	const most = 16
	for power := first; power <= last; power += math.Ceil((last - first) / most) {
		for _, f := range factors {
			if x := f * math.Pow(10, power); x >= s.min && x <= s.max {
				list = append(list, x)
			}
		}
	}
	return list
}

// step returns the distance between two ticks of a linear scale. It is the smallest of 1, 2 and 5
// times a power of ten that divides the range into at most eight steps.
func (s scale) step() float64 {
	steps := 8.0
	if s.coarse {
		steps = 5
	}
	x := (s.max - s.min) / steps
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 5} {
		if f*power >= x && (!s.whole || f*power >= 1) {
			return f * power
		}
	}
	if s.whole {
		return max(1, 10*power)
	}
	return 10 * power
}

// places returns the number of decimals that the multiples of a round step need.
func places(step float64) int { return max(0, -int(math.Floor(math.Log10(step)))) }

// applyLevels sets the range of an axis, with one position for each level. The distances are equal.
func applyLevels(a *plot.Axis, labels []string) {
	ticks := make(plot.ConstantTicks, len(labels))
	for i, l := range labels {
		ticks[i] = plot.Tick{Value: float64(i), Label: l}
	}
	a.Tick.Marker = ticks
	a.Min, a.Max = -0.5, float64(len(labels))-0.5
}

// axisLabels returns levels of a factor as people write them.
func axisLabels(factor string, levels []string) []string {
	labels := make([]string, len(levels))
	for i, l := range levels {
		labels[i] = analysis.LevelText(factor, l)
	}
	return distinct(labels, 32)
}

// widest returns the width of the widest text.
func widest(style text.Style, texts []string) (width vg.Length) {
	for _, t := range texts {
		width = max(width, style.Width(t))
	}
	return width
}

// turnWords turns the labels of an axis if one is a word that is wider than its place. It returns the height of turned
// labels in pixels, or 0.
func turnWords(a *plot.Axis, place vg.Length) (height float64) {
	ticks, _ := a.Tick.Marker.(plot.ConstantTicks)
	labels, turn := make([]string, len(ticks)), false
	for i, t := range ticks {
		labels[i] = t.Label
		_, err := strconv.ParseFloat(t.Label, 64)
		turn = turn || err != nil && a.Tick.Label.Width(t.Label)+px(6) > place
	}
	if !turn {
		return 0
	}
	height = float64(widest(a.Tick.Label, labels) / px(1))
	a.Tick.Label.Rotation = math.Pi / 2
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = draw.XRight, draw.YCenter
	return height
}

// thin leaves out labels of a horizontal axis of this width that would overlap others.
func thin(a *plot.Axis, width vg.Length) {
	ticks, _ := a.Tick.Marker.(plot.ConstantTicks)
	kept := slices.Clone(ticks) // several panels can have the same ticks
	end := vg.Length(math.Inf(-1))
	for i, t := range kept {
		at, half := width*vg.Length(a.Norm(t.Value)), a.Tick.Label.Width(t.Label)/2
		if a.Tick.Label.Rotation != 0 {
			half = px(8) // the height of the text
		}
		if at-half < end {
			kept[i].Label = ""
		} else if t.Label != "" {
			end = at + half + px(5)
		}
	}
	a.Tick.Marker = kept
}

// axisLevels is an axis with a tick at each level of a factor.
type axisLevels struct {
	levels    []string
	positions []float64 // by level
	numeric   bool      // positions follow the numbers; if false, the distances are equal
	log       bool
	// min and max are the ends of the axis, as positions.
	min, max float64
}

// newAxisLevels returns an axis for sorted levels. Positive numbers are at their positions on a
// linear scale, or on a logarithmic scale if the last distance is at least twice the first.
func newAxisLevels(levels []string) axisLevels {
	n := len(levels)
	a := axisLevels{levels: levels, positions: make([]float64, n), numeric: true}
	for i, l := range levels {
		x, err := strconv.ParseFloat(l, 64)
		// Levels such as 1 and 1.0, or inf, have no positions of their own.
		a.numeric = a.numeric && err == nil && x > 0 && !math.IsInf(x, 0) && (i == 0 || x > a.positions[i-1])
		a.positions[i] = x
	}
	a.log = a.numeric && n > 2 && a.positions[n-1]-a.positions[n-2] >= 2*(a.positions[1]-a.positions[0])
	for i, x := range a.positions {
		a.positions[i] = a.position(x)
		if !a.numeric {
			a.positions[i] = float64(i)
		}
	}
	first, last := a.positions[0], a.positions[n-1]
	edge := 0.05 * (last - first)
	a.min, a.max = first-edge, last+edge
	return a
}

// position returns the position of a number.
func (a axisLevels) position(x float64) float64 {
	if a.log {
		return math.Log2(x)
	}
	return x
}

// value returns the number at a position.
func (a axisLevels) value(position float64) float64 {
	if a.log {
		return math.Exp2(position)
	}
	return position
}

// at returns the position of a level.
func (a axisLevels) at(level string) float64 { return a.positions[slices.Index(a.levels, level)] }

// dodge returns an offset for the points of a line. Plot libraries call such an offset dodge: the
// bars of several lines at one level are then side by side and do not overlap.
func (a axisLevels) dodge(line, lines int) float64 {
	return (a.max - a.min) * 0.006 * (float64(line) - float64(lines-1)/2)
}

// apply sets the range of an axis, and a tick at each level.
func (a axisLevels) apply(axis *plot.Axis, factor string) {
	axis.Min, axis.Max = a.min, a.max
	ticks := make(plot.ConstantTicks, len(a.levels))
	for i, l := range axisLabels(factor, a.levels) {
		ticks[i] = plot.Tick{Value: a.positions[i], Label: l}
	}
	axis.Tick.Marker = ticks
}
