package estimate

import (
	"math"

	"github.com/montanaflynn/stats"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Sample describes the numbers of one cell. All fields have the unit of the
// numbers, except Variance, which has its square, and CV, which has none.
type Sample struct {
	N        int
	Mean     Value
	Variance Value // of the sample: divided by N-1, undefined for N < 2
	StdDev   Value
	CV       Value // StdDev / Mean
	Median   Value
	Min, Max Value
	// CI is Student's interval of the mean, undefined for N < 2. Below about
	// five numbers it is honest only if they come from something near a normal
	// distribution.
	CI Interval
	// MedianCI is the order-statistic interval of the median, undefined below six
	// numbers: so few do not bound it.
	MedianCI Interval
	// Outliers and FarOutliers count the numbers that Marks marks Mild and Far.
	Outliers, FarOutliers int
}

// Describe computes what the numbers allow.
func Describe(numbers []float64) Sample {
	data := stats.Float64Data(numbers)
	s := Sample{
		N:      len(numbers),
		Mean:   computed(stats.Mean(data)),
		Median: computed(stats.Median(data)),
		Min:    computed(stats.Min(data)),
		Max:    computed(stats.Max(data)),
		// Not stats.Variance and stats.StandardDeviation, which divide by N.
		Variance: computed(stats.SampleVariance(data)),
		StdDev:   computed(stats.StandardDeviationSample(data)),
	}
	s.CV = s.StdDev.Over(s.Mean)
	if s.StdDev.OK {
		half := quantile(s.N-1) * s.StdDev.X / math.Sqrt(float64(s.N))
		s.CI = interval(s.Mean.X-half, s.Mean.X+half)
	}
	return s
}

// computed makes an error of the stats library, which stands for too few
// numbers, an undefined Value.
func computed(x float64, err error) Value {
	if err != nil {
		return Value{}
	}
	return Of(x)
}

// student is the distribution of a standardised mean.
func student(degrees int) distuv.StudentsT {
	return distuv.StudentsT{Sigma: 1, Nu: float64(degrees)}
}

// quantile is how many standard errors a two-sided interval reaches.
func quantile(degrees int) float64 {
	return student(degrees).Quantile(1 - (1-Confidence)/2)
}
