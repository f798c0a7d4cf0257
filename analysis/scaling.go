package analysis

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/estimate"
)

// A Sweep contains cells of a table that differ only in the number of workers, and the
// scaling law that was fitted to them.
type Sweep struct {
	Cells   []*Summary // sorted by workers
	Workers []float64
	Fit     estimate.Scaling // of files per second; the residuals are in the order of Cells
}

// sweeps returns all sweeps of a run, in the order of their first cells. A failed cell is
// not a point of a sweep, because its failure may be the reason that it is fast.
func (d *Data) sweeps() []Sweep {
	var list []Sweep
	for _, g := range d.MeasuredTables() {
		sound := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
			_, ok := workersOf(s)
			return !ok || !s.IsSound() || !s.FilesPerSecond.OK
		})
		keys, parts := partition(sound, d.sweepKey)
		for _, key := range keys {
			if sweep := fitted(parts[key]); sweep.Fit.OK {
				list = append(list, sweep)
			}
		}
	}
	return list
}

// workersOf returns the number of workers of a cell, if it has one.
func workersOf(s *Summary) (float64, bool) {
	n, err := strconv.ParseFloat(s.Cell.Levels[experiments.Workers.String()], 64)
	return n, err == nil && n > 0
}

// sweepKey returns equal keys for cells that differ only in the number of workers.
func (d *Data) sweepKey(s *Summary) string {
	var b strings.Builder
	for _, name := range Without(d.Factors, experiments.Workers.String()) {
		b.WriteString(strconv.Quote(s.Cell.Levels[name]))
	}
	return b.String()
}

func fitted(cells []*Summary) Sweep {
	s := Sweep{Cells: slices.Clone(cells)}
	slices.SortStableFunc(s.Cells, func(a, b *Summary) int {
		x, _ := workersOf(a)
		y, _ := workersOf(b)
		return cmp.Compare(x, y)
	})
	var rates []float64
	for _, cell := range s.Cells {
		n, _ := workersOf(cell)
		s.Workers = append(s.Workers, n)
		rates = append(rates, cell.FilesPerSecond.X)
	}
	s.Fit = estimate.FitScaling(s.Workers, rates)
	return s
}

// MaxResidual is the largest root mean square of the residuals of a law that describes its sweep. Its
// parameters mean nothing if the law misses the measured rates by more.
const MaxResidual = 0.10

// IsDescribed reports whether the fitted law describes the sweep.
func (s Sweep) IsDescribed() bool { return s.Fit.RMS <= MaxResidual }

// Rate returns the rate of the fitted law at n workers, in files per second.
func (s Sweep) Rate(n float64) float64 {
	return s.Fit.Lambda * n / (1 + s.Fit.Sigma*(n-1) + s.Fit.Kappa*n*(n-1))
}

// Worst returns the residual with the largest absolute value.
func (s Sweep) Worst() float64 {
	return slices.MaxFunc(s.Fit.Residuals, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
}
