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

// visible is the smallest relative difference that counts as a drift or an outlier. A smaller one changes no conclusion,
// and numbers of three digits do not show it.
const visible = 0.001

// Drifts reports whether the change is larger than chance explains, and at least visible.
func (t Trend) Drifts() bool {
	return t.CI.OK && math.Abs(t.Change.X) >= visible && (t.CI.Low > 0 || t.CI.High < 0)
}

// TrendOf fits a line through the numbers over their rounds, which must ascend. It is
// undefined for fewer than three rounds, because any two points are on a line, and for a mean
// of 0.
func TrendOf(rounds, numbers []float64) Trend {
	n := len(numbers)
	if n < 3 {
		return Trend{}
	}
	mean := meanOf(numbers)
	relative := make([]float64, n) // so that equal numbers have a slope of exactly 0
	for i, x := range numbers {
		relative[i] = (x - mean) / mean
	}
	origin, slope := stat.LinearRegression(rounds, relative, nil, false)
	var squares float64
	for i, x := range rounds {
		residual := relative[i] - (origin + slope*x)
		squares += residual * residual
	}
	spread := stat.Variance(rounds, nil) * float64(n-1)
	half := quantile(n-2) * math.Sqrt(squares/float64(n-2)/spread)
	length := rounds[n-1] - rounds[0]
	return Trend{
		Change: Of(slope * length),
		CI:     interval((slope-half)*length, (slope+half)*length),
	}
}
