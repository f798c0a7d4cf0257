package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// SerialFraction returns the part of the work that seems not to run in parallel, from the
// speed-up of this number of workers over one worker, after A. H. Karp, H. P. Flatt,
// "Measuring parallel processor performance", Communications of the ACM 33 (1990),
// 539-543. If it grows with the number of workers, the cause is not serial work but the
// overhead of many workers. The fraction is negative if the speed-up is above the number
// of workers.
func SerialFraction(speedup Value, workers int) Value {
	if !speedup.OK || speedup.X <= 0 || workers < 2 {
		return Value{}
	}
	n := float64(workers)
	return Of((1/speedup.X - 1/n) / (1 - 1/n))
}

// A Scaling is the Universal Scalability Law fitted to the rates of a sweep. The law is a
// formula for the rate of a number of workers: see FitScaling. A sweep contains cells
// that differ only in this number.
type Scaling struct {
	OK           bool
	Lambda       float64   // rate of one worker
	Sigma, Kappa float64   // contention, coherency: see FitScaling
	Peak         Value     // the number of workers with the highest rate; undefined if there is no peak
	Residuals    []float64 // for each point: measured rate / fitted rate - 1
	RMS          float64   // root of the mean square of Residuals
}

// ScalingPoints is the minimum number of different worker counts for a fit.
const ScalingPoints = 6

// FitScaling fits the law of N. J. Gunther, Guerrilla Capacity Planning (2007), for the
// rate X of N workers,
//
//	X = λN / (1 + σ(N-1) + κN(N-1))
//
// where σ is the contention, the work that only one worker can do at a time. κ is the
// coherency, the work of coordinating each worker with each other worker. FitScaling
// minimizes the sum of the squared Residuals. These are relative: a rate that is 5% off counts
// the same at 1 worker and at 64. The fit needs no iteration and no initial guess,
// because a measured rate divided by the fitted rate is linear in 1/λ, σ/λ and κ/λ. None
// of the three may be negative. With a negative contention σ, the law would fit almost
// any rates, and a good fit would show nothing.
//
// The result is not OK if there are fewer than ScalingPoints different numbers of
// workers, if a number is not positive, or if no λ fits. Rates may have any unit. Each
// rate counts, also if several have the same number of workers. FitScaling panics if the
// slices have different lengths.
func FitScaling(workers, rates []float64) Scaling {
	if len(workers) != len(rates) {
		panic("estimate: FitScaling needs a rate for each number of workers")
	}
	if !scalable(workers, rates) {
		return Scaling{}
	}
	// Divide by the highest rate, so that the unit does not matter.
	unit := slices.Max(rates)
	rows := make([][3]float64, len(rates))
	for i, n := range workers {
		perWorker := rates[i] / unit / n
		rows[i] = [3]float64{perWorker, perWorker * (n - 1), perWorker * n * (n - 1)}
	}
	found := leastSquares(rows)
	if found[0] <= 0 {
		return Scaling{}
	}
	s := Scaling{OK: true, Lambda: unit / found[0], Sigma: found[1] / found[0], Kappa: found[2] / found[0]}
	switch {
	case s.Sigma > 1 || s.Sigma == 1 && s.Kappa > 0:
		s.Peak = Of(1) // each further worker lowers the rate
	case s.Kappa > 0:
		s.Peak = Of(max(1, math.Sqrt((1-s.Sigma)/s.Kappa)))
	}
	s.Residuals = make([]float64, len(rates))
	for i, row := range rows {
		s.Residuals[i] = residual(row, found)
	}
	s.RMS = math.Sqrt(squared(rows, found) / float64(len(rows)))
	return s
}

// scalable reports whether the data is sufficient for a fit.
func scalable(workers, rates []float64) bool {
	for i, n := range workers {
		if !Of(n).OK || !Of(rates[i]).OK || n <= 0 || rates[i] <= 0 {
			return false
		}
	}
	return len(slices.Compact(slices.Sorted(slices.Values(workers)))) >= ScalingPoints
}

// leastSquares minimises the squares of row·x - 1 over all x without a negative
// component. In the solution some components may be 0, and the others solve the
// unconstrained problem. So leastSquares solves that problem for each choice of nonzero
// components and keeps the best allowed solution.
func leastSquares(rows [][3]float64) (best [3]float64) {
	least := math.Inf(1)
	for choice := 1; choice < 1<<3; choice++ {
		x, ok := solve(rows, choice)
		if !ok || slices.Min(x[:]) < 0 {
			continue
		}
		if sum := squared(rows, x); sum < least {
			best, least = x, sum
		}
	}
	return best
}

// solve returns the ordinary least squares solution for the columns in choice, one bit
// per column, with 0 for the other columns. ok is false if these columns are not
// independent.
func solve(rows [][3]float64, choice int) (x [3]float64, ok bool) {
	var columns []int
	for c := range x {
		if choice>>c&1 == 1 {
			columns = append(columns, c)
		}
	}
	a, ones := mat.NewDense(len(rows), len(columns), nil), mat.NewVecDense(len(rows), nil)
	for i, row := range rows {
		ones.SetVec(i, 1)
		for j, c := range columns {
			a.Set(i, j, row[c])
		}
	}
	var found mat.VecDense
	if err := found.SolveVec(a, ones); err != nil {
		return x, false
	}
	for j, c := range columns {
		x[c] = found.AtVec(j)
	}
	return x, true
}

// residual returns the distance of a point from the fit. squared returns the sum of the
// squares.
func residual(row, x [3]float64) float64 {
	return row[0]*x[0] + row[1]*x[1] + row[2]*x[2] - 1
}

func squared(rows [][3]float64, x [3]float64) (sum float64) {
	for _, row := range rows {
		sum += math.Pow(residual(row, x), 2)
	}
	return sum
}
