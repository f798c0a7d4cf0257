package estimate

import (
	"math"
	"slices"
)

// MeanLog returns the mean logarithm of numbers. It is undefined without numbers, or if one is not
// positive.
func MeanLog(numbers []float64) Value {
	if len(numbers) == 0 || slices.Min(numbers) <= 0 {
		return Value{}
	}
	logs := make([]float64, len(numbers))
	for i, x := range numbers {
		logs[i] = math.Log(x)
	}
	return Mean(logs)
}

// CompareRuns returns the speed-up of one version over another from several runs of both. base and next
// have a number for each run: the mean logarithm of its times. The speed-up is a ratio of geometric means.
//
// The run is the unit, after T. Kalibera, R. Jones, "Rigorous benchmarking in reasonable time", Proceedings
// of ISMM 2013, 63-74. The trials of a run share what changes from run to run, such as the layout of memory
// and files. So more trials do not make the mean of a run as certain as more runs do. An interval from the
// trials of one run on each side lacks this variation.
//
// The interval and P are Student's for two samples, with the variance pooled over both sides. For two runs
// on each side, Welch's interval covers the true value in 98% of experiments. It is up to three times as wide
// there, because its degrees of freedom are between one and two. Pooling assumes that both versions vary equally from
// run to run. With a single run on one side the variance comes from the other side alone. With one on each
// side it is undefined, and so are the interval and P.
func CompareRuns(base, next []float64) Ratio {
	if len(base) == 0 || len(next) == 0 {
		return Ratio{}
	}
	b, n := estimateRuns(base), estimateRuns(next)
	change := b.mean - n.mean
	if math.Abs(change) <= RoundingError {
		change = 0
	}
	r := Ratio{Value: Of(math.Exp(change))}
	degrees := b.degrees + n.degrees
	if degrees < 1 || !r.Value.OK {
		return r
	}
	pooled := (b.variance*b.degrees + n.variance*n.degrees) / degrees
	standardError := math.Sqrt(pooled * (1/(b.degrees+1) + 1/(n.degrees+1)))
	r.P = tTest(change, standardError, degrees)
	half := quantile(int(degrees)) * standardError
	if r.CI = interval(math.Exp(change-half), math.Exp(change+half)); !r.CI.OK {
		r.CI = Interval{Open: true} // an end overflows
	}
	return r
}

// estimateRuns returns the mean of one side with the variance of a run, which is 0 for a single run.
func estimateRuns(runs []float64) meanEstimate {
	mean, deviation := meanDeviation(runs)
	return meanEstimate{mean.X, deviation.X * deviation.X, float64(len(runs) - 1)}
}
