package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// A Trend is the change of a cell's time from the first round to the last, as a fraction
// of its mean: 0.1 is 10% slower at the end.
type Trend struct {
	Change Value
	CI     Interval // Student's interval of the slope of the least-squares line
}

// Drifts reports whether the change is larger than chance explains.
func (t Trend) Drifts() bool {
	return t.CI.OK && (t.CI.Low > 0 || t.CI.High < 0)
}

// TrendOf fits a line through the numbers over their rounds, which must ascend. It is
// undefined for fewer than three rounds, because any two points are on a line.
func TrendOf(rounds, numbers []float64) Trend {
	n := len(numbers)
	if n < 3 {
		return Trend{}
	}
	origin, slope := stat.LinearRegression(rounds, numbers, nil, false)
	var squares float64
	for i, x := range rounds {
		residual := numbers[i] - (origin + slope*x)
		squares += residual * residual
	}
	spread := stat.Variance(rounds, nil) * float64(n-1)
	half := quantile(n-2) * math.Sqrt(squares/float64(n-2)/spread)
	scale := (rounds[n-1] - rounds[0]) / stat.Mean(numbers, nil)
	return Trend{
		Change: Of(slope * scale),
		CI:     interval((slope-half)*scale, (slope+half)*scale),
	}
}
