package reports

import (
	"io"
	"slices"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// scalingCSV is scaling.csv: one row per sweep over numbers of workers.
type scalingCSV struct{}

var _ Report = scalingCSV{}

func (scalingCSV) Name() string      { return "scaling" }
func (scalingCSV) Extension() string { return "csv" }

func (scalingCSV) Write(w io.Writer, d *Content) error {
	return writeCSV(w, d.scalingColumns(), d.Sweeps)
}

// scalingColumns are the axes that a sweep holds fixed, and what was fitted.
func (d *Content) scalingColumns() []column[Sweep] {
	of := newColumn[Sweep]
	axes := axisColumns(d.Run, func(s Sweep) journal.Cell { return s.Cells[0].Cell })
	axes = slices.DeleteFunc(axes, func(c column[Sweep]) bool { return c.name == experiments.Workers.String() })
	plain := func(name string, f func(Sweep) float64) column[Sweep] {
		return of(name, func(s Sweep) field { return number(estimate.Of(f(s))) })
	}
	return append(axes,
		of("files", func(s Sweep) field { return whole(s.Cells[0].Cell.Files) }),
		of("points", func(s Sweep) field { return whole(len(s.Cells)) }),
		plain("min_workers", func(s Sweep) float64 { return s.Workers[0] }),
		plain("max_workers", func(s Sweep) float64 { return s.Workers[len(s.Workers)-1] }),
		plain("lambda_files_per_second", func(s Sweep) float64 { return s.Fit.Lambda }),
		plain("sigma", func(s Sweep) float64 { return s.Fit.Sigma }),
		plain("kappa", func(s Sweep) float64 { return s.Fit.Kappa }),
		of("peak_workers", func(s Sweep) field { return number(s.Fit.Peak) }),
		plain("rms_residual", func(s Sweep) float64 { return s.Fit.RMS }),
		plain("max_residual", Sweep.worst),
	)
}
