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

// A Sweep is the cells of a group that differ in the number of workers alone, enough
// of them for a law of scaling to be fitted.
type Sweep struct {
	Cells   []*Summary // by workers
	Workers []float64
	Fit     estimate.Scaling // of files per second; its residuals are those of Cells
}

// sweeps are all of a run, in the order of their first cells. What failed is no point
// of any: it may be fast for that very reason.
func (d *Data) sweeps() []Sweep {
	var list []Sweep
	for _, g := range d.MeasuredTables() {
		sound := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
			_, ok := workersOf(s)
			return !ok || !s.IsSound() || !s.FilesPerSecond.OK
		})
		keys, parts := partition(sound, d.otherLevels)
		for _, key := range keys {
			if sweep := fitted(parts[key]); sweep.Fit.OK {
				list = append(list, sweep)
			}
		}
	}
	return list
}

// workersOf is the number of workers of a cell, if it has one.
func workersOf(s *Summary) (float64, bool) {
	n, err := strconv.ParseFloat(s.Cell.Levels[experiments.Workers.String()], 64)
	return n, err == nil && n > 0
}

// otherLevels are equal for cells that differ in the number of workers alone.
func (d *Data) otherLevels(s *Summary) string {
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

// Rate is what the fitted law gives so many workers, in files per second.
func (s Sweep) Rate(n float64) float64 {
	return s.Fit.Lambda * n / (1 + s.Fit.Sigma*(n-1) + s.Fit.Kappa*n*(n-1))
}

// Worst is the residual that is farthest from 0.
func (s Sweep) Worst() float64 {
	return slices.MaxFunc(s.Fit.Residuals, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
}
