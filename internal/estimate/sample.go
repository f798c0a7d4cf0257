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
	// CI is Student's interval of the mean, undefined for N < 2. For fewer than about
	// five numbers it is valid only if their distribution is nearly normal. Its lower
	// end is open if it would be below 0 and no number is.
	CI Interval
	// MedianCI is the order-statistic interval of the median. It is undefined for fewer
	// than six numbers. Even their whole range contains the true median in less than 95%
	// of samples.
	MedianCI Interval
	// Outliers counts the numbers with the mark Mild. FarOutliers counts the numbers with
	// the mark Far. No number has both marks.
	Outliers, FarOutliers int
}

// Describe computes all values of a Sample that the numbers allow.
func Describe(numbers []float64) Sample {
	data := stats.Float64Data(numbers)
	s := Sample{
		N:        len(numbers),
		Median:   computed(stats.Median(data)),
		Min:      computed(stats.Min(data)),
		Max:      computed(stats.Max(data)),
		MedianCI: medianInterval(numbers),
	}
	s.Mean, s.StdDev = meanDeviation(numbers)
	s.Variance = computed(stats.SampleVariance(offsets(numbers, s.Mean.X))) // not stats.Variance, which divides by N
	s.CV = s.StdDev.Over(s.Mean)
	s.CI = studentInterval(s.N, s.Mean, s.StdDev)
	if s.Min.X >= 0 {
		s.CI = s.CI.openBelowZero()
	}
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

// Mean returns the mean. It is undefined without numbers.
func Mean(numbers []float64) Value { return Of(meanOf(numbers)) }

// meanOf returns the mean, or NaN without numbers. It rounds only the result, so the mean of
// equal numbers is that number. To do so it adds up the rounding errors of the sum, after
// A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM
// 54 (1974), 39-51. The library does not.
func meanOf(numbers []float64) float64 {
	var sum, lost float64
	for _, x := range numbers {
		next := sum + x
		if math.Abs(sum) >= math.Abs(x) {
			lost += sum - next + x
		} else {
			lost += x - next + sum
		}
		sum = next
	}
	if math.IsInf(sum, 0) { // the library scales numbers whose sum overflows
		mean, _ := stats.Mean(numbers)
		return mean
	}
	n := float64(len(numbers))
	mean := sum / n
	return mean + (math.FMA(-mean, n, sum)+lost)/n // FMA gives the remainder of the division
}

// meanDeviation returns the mean and the standard deviation of the sample. The library
// squares deviations from their mean and scales them, so it keeps its precision for numbers
// that are nearly equal or very large. Its function StandardDeviation is not used,
// because it divides by N.
func meanDeviation(numbers []float64) (mean, deviation Value) {
	mean = Mean(numbers)
	return mean, computed(stats.StandardDeviationSample(offsets(numbers, mean.X)))
}

// offsets returns the differences from the mean. The variance of the differences is the
// variance of the numbers, but without the error of a rounded mean: it is 0 for equal numbers.
func offsets(numbers []float64, mean float64) stats.Float64Data {
	list := make(stats.Float64Data, len(numbers))
	for i, x := range numbers {
		list[i] = x - mean
	}
	return list
}

// studentInterval returns Student's interval of a mean.
func studentInterval(n int, mean, deviation Value) Interval {
	if !deviation.OK {
		return Interval{}
	}
	half := quantile(n-1) * deviation.X / math.Sqrt(float64(n))
	return interval(mean.X-half, mean.X+half)
}

// medianInterval returns the interval between two numbers of the sample, at equal
// distances from both ends in sorted order. The distance is chosen so that the median is
// outside in at most one of twenty samples, for any distribution. For fewer than six
// numbers the interval is unbounded, so it is undefined.
func medianInterval(numbers []float64) Interval {
	if len(numbers) == 0 {
		return Interval{}
	}
	sample := benchmath.NewSample(slices.Clone(numbers), &benchmath.DefaultThresholds) // sorts
	s := benchmath.AssumeNothing.Summary(sample, Confidence)
	return interval(s.Lo, s.Hi)
}

// computed converts a result of the stats library to a Value. An error means too few
// numbers and gives an undefined Value.
func computed(x float64, err error) Value {
	if err != nil {
		return Value{}
	}
	return Of(x)
}

// student returns Student's t distribution.
func student(degrees float64) distuv.StudentsT {
	return distuv.StudentsT{Sigma: 1, Nu: degrees}
}

// quantile returns the half width of a two-sided interval, in standard errors.
func quantile(degrees int) float64 {
	return cached(&quantiles, degrees, func(degrees float64) float64 {
		return student(degrees).Quantile(1 - (1-Confidence)/2)
	})
}

var quantiles sync.Map

// cached caches a function of the degrees of freedom. Such functions take longer than the
// rest of an interval, and the same values are needed many times.
func cached(known *sync.Map, degrees int, compute func(degrees float64) float64) float64 {
	x, ok := known.Load(degrees)
	if !ok {
		x, _ = known.LoadOrStore(degrees, compute(float64(degrees)))
	}
	return x.(float64)
}

// A Mark shows how far a number is from the middle half of its sample.
type Mark uint8

// The marks, after J. W. Tukey, Exploratory Data Analysis (1977).
const (
	Usual Mark = iota
	Mild       // beyond 1.5 interquartile ranges from the nearer quartile
	Far        // beyond 3
)

// Marks returns one mark for each number. An outlier needs attention, but it is no reason
// to drop a number: the cause of a slow trial also makes the programs of users slow.
func Marks(numbers []float64) []Mark {
	marks := make([]Mark, len(numbers))
	lower, upper := hinges(numbers)
	least := visible * max(math.Abs(lower), math.Abs(upper))
	for i, x := range numbers {
		switch beyond := max(lower-x, x-upper); {
		case beyond < least: // the numbers of the middle half may be equal
		case beyond > 3*(upper-lower):
			marks[i] = Far
		case beyond > 1.5*(upper-lower):
			marks[i] = Mild
		}
	}
	return marks
}

// hinges returns the hinges of Tukey, which are a kind of quartiles: the medians of the
// lower and of the upper half. Both halves include the middle number if there is one.
// stats.Quartile is not used, because its halves exclude that number. For five numbers it
// would put the upper quartile halfway to the largest number, and that number could never
// be far. With hinges, a sample of fewer than five numbers never has a number beyond a
// fence.
func hinges(numbers []float64) (lower, upper float64) {
	if len(numbers) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	half := (len(sorted) + 1) / 2
	return computed(stats.Median(sorted[:half])).X, computed(stats.Median(sorted[len(sorted)-half:])).X
}
