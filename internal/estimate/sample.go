package estimate

import (
	"math"
	"slices"
	"sync"

	"github.com/montanaflynn/stats"
	"golang.org/x/perf/benchmath"
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
		N:        len(numbers),
		Median:   computed(stats.Median(data)),
		Min:      computed(stats.Min(data)),
		Max:      computed(stats.Max(data)),
		Variance: computed(stats.SampleVariance(data)), // not stats.Variance, which divides by N
		MedianCI: medianInterval(numbers),
	}
	s.Mean, s.StdDev = meanDeviation(numbers)
	s.CV = s.StdDev.Over(s.Mean)
	s.CI = studentInterval(s.N, s.Mean, s.StdDev)
	for _, mark := range Marks(numbers) {
		switch mark {
		case Mild:
			s.Outliers++
		case Far:
			s.FarOutliers++
		case Usual:
		}
	}
	return s
}

// Mean is undefined where there are no numbers.
func Mean(numbers []float64) Value { return computed(stats.Mean(numbers)) }

// meanDeviation is the mean and the deviation of the sample. The library takes the
// squares of deviations from the mean, and scales them, so that neither close nor
// very large numbers lose digits. Not its StandardDeviation, which divides by N.
func meanDeviation(numbers []float64) (mean, deviation Value) {
	return Mean(numbers), computed(stats.StandardDeviationSample(numbers))
}

// studentInterval is that of a mean.
func studentInterval(n int, mean, deviation Value) Interval {
	if !deviation.OK {
		return Interval{}
	}
	half := quantile(n-1) * deviation.X / math.Sqrt(float64(n))
	return interval(mean.X-half, mean.X+half)
}

// medianInterval reaches from one number of the sample to another, so many places
// from either end that chance puts the median outside in at most one of twenty
// samples, whatever the distribution. It is unbounded, so undefined, below six.
func medianInterval(numbers []float64) Interval {
	if len(numbers) == 0 {
		return Interval{}
	}
	sample := benchmath.NewSample(slices.Clone(numbers), &benchmath.DefaultThresholds) // sorts
	s := benchmath.AssumeNothing.Summary(sample, Confidence)
	return interval(s.Lo, s.Hi)
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
func student(degrees float64) distuv.StudentsT {
	return distuv.StudentsT{Sigma: 1, Nu: degrees}
}

// quantile is how many standard errors a two-sided interval reaches.
func quantile(degrees int) float64 {
	return remembered(&quantiles, degrees, func(degrees float64) float64 {
		return student(degrees).Quantile(1 - (1-Confidence)/2)
	})
}

var quantiles sync.Map

// remembered keeps what takes longer than all the rest of an interval, and is asked for
// again and again, by the degrees of freedom.
func remembered(known *sync.Map, degrees int, compute func(degrees float64) float64) float64 {
	x, ok := known.Load(degrees)
	if !ok {
		x, _ = known.LoadOrStore(degrees, compute(float64(degrees)))
	}
	return x.(float64)
}

// A Mark says how far a number lies from the middle half of its sample.
type Mark uint8

// The marks, after J. W. Tukey, Exploratory Data Analysis (1977).
const (
	Usual Mark = iota
	Mild       // beyond 1.5 interquartile ranges from the nearer quartile
	Far        // beyond 3
)

// Marks has one mark for each number. An outlier is something to look at and no
// reason to drop a number: what a slow trial shows, users will meet too.
func Marks(numbers []float64) []Mark {
	marks := make([]Mark, len(numbers))
	lower, upper := hinges(numbers)
	for i, x := range numbers {
		switch beyond := max(lower-x, x-upper); {
		case beyond > 3*(upper-lower):
			marks[i] = Far
		case beyond > 1.5*(upper-lower):
			marks[i] = Mild
		}
	}
	return marks
}

// hinges are the quartiles that Tukey drew his fences from: the medians of the
// lower and of the upper half, each with the middle number if there is one. Not
// stats.Quartile, whose halves leave it out: of five numbers that would draw the
// upper quartile halfway to the largest, and the largest could never be far. With
// hinges none of fewer than five numbers lies beyond a fence, wherever it lies.
func hinges(numbers []float64) (lower, upper float64) {
	if len(numbers) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	half := (len(sorted) + 1) / 2
	return computed(stats.Median(sorted[:half])).X, computed(stats.Median(sorted[len(sorted)-half:])).X
}
