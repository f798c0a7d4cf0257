package plot

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
)

// axisLevels is an axis that has ticks just at the levels of a factor.
type axisLevels struct {
	levels    []string
	positions []float64 // by level
	numeric   bool      // to scale; else every level is as far from the next
	log       bool
	// min and max are the ends of the axis, as positions.
	min, max float64
}

// spread lays out sorted levels: numbers to scale, on a logarithmic one where
// they grow by factors.
func spread(levels []string) axisLevels {
	n := len(levels)
	a := axisLevels{levels: levels, positions: make([]float64, n), numeric: true}
	for i, l := range levels {
		x, err := strconv.ParseFloat(l, 64)
		a.numeric = a.numeric && err == nil && x > 0
		a.positions[i] = x
	}
	a.log = a.numeric && n > 2 && a.positions[n-1]-a.positions[n-2] >= 2*(a.positions[1]-a.positions[0])
	for i, x := range a.positions {
		if a.positions[i] = a.position(x); !a.numeric {
			a.positions[i] = float64(i)
		}
	}
	first, last := a.positions[0], a.positions[n-1]
	edge := 0.05 * (last - first)
	a.min, a.max = first-edge, last+edge
	return a
}

// position is where a number stands.
func (a axisLevels) position(x float64) float64 {
	if a.log {
		return math.Log2(x)
	}
	return x
}

// value is the number at a position.
func (a axisLevels) value(position float64) float64 {
	if a.log {
		return math.Exp2(position)
	}
	return position
}

// at is where a level stands.
func (a axisLevels) at(level string) float64 { return a.positions[slices.Index(a.levels, level)] }

// dodge sets the lines of one level a little apart, so that their bars do not
// lie on one another.
func (a axisLevels) dodge(line, lines int) float64 {
	return (a.max - a.min) * 0.006 * (float64(line) - float64(lines-1)/2)
}

// apply sets the range of an axis and a tick at each level; where they would
// run into one another, at some.
func (a axisLevels) apply(axis *plot.Axis) {
	axis.Min, axis.Max = a.min, a.max
	var ticks plot.ConstantTicks
	room := (a.max - a.min) / 24
	last := math.Inf(-1)
	for i, l := range a.levels {
		tick := plot.Tick{Value: a.positions[i]}
		if tick.Value-last >= room*math.Max(1, float64(len(l))/4) {
			tick.Label, last = l, tick.Value
		}
		ticks = append(ticks, tick)
	}
	axis.Tick.Marker = ticks
}
