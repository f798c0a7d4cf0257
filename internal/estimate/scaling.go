package estimate

// SerialFraction is Karp and Flatt's: the part of the work that seems not to have
// been shared out, from the speed-up of so many workers over one.
func SerialFraction(speedup Value, workers int) Value { return Value{} }

// A Scaling is the Universal Scalability Law fitted to the rates of a sweep.
type Scaling struct {
	OK           bool
	Lambda       float64   // rate of one worker
	Sigma, Kappa float64   // contention, coherency
	Peak         Value     // the workers at which the rate is highest; undefined if it has no peak
	Residuals    []float64 // of each point: measured rate / fitted rate - 1
	RMS          float64   // root of their mean square
}

// ScalingPoints is how many different numbers of workers a fit takes.
const ScalingPoints = 6

// FitScaling fits the law. Rates have any unit; those of equal workers count each.
func FitScaling(workers, rates []float64) Scaling { return Scaling{} }
