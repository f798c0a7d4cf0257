package reports

import (
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports/table"
)

// scalingCSV is scaling.csv: one row per sweep over numbers of workers.
type scalingCSV struct{}

var _ Report = scalingCSV{}

func (scalingCSV) Name() string      { return "scaling" }
func (scalingCSV) Extension() string { return "csv" }

func (scalingCSV) Write(w io.Writer, d *Content) error {
	return table.WriteCSV(w, d.scalingColumns(), d.Sweeps)
}

// scalingColumns are the axes that a sweep holds fixed, and what was fitted.
func (d *Content) scalingColumns() []table.Column[analysis.Sweep] {
	of := table.NewColumn[analysis.Sweep]
	axes := axisColumns(d.Run, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell })
	axes = slices.DeleteFunc(axes, func(c table.Column[analysis.Sweep]) bool { return c.Name == experiments.Workers.String() })
	plain := func(name string, f func(analysis.Sweep) float64) table.Column[analysis.Sweep] {
		return of(name, func(s analysis.Sweep) table.Field { return table.Number(estimate.Of(f(s))) })
	}
	return append(axes,
		of("files", func(s analysis.Sweep) table.Field { return table.Whole(s.Cells[0].Cell.Files) }),
		of("points", func(s analysis.Sweep) table.Field { return table.Whole(len(s.Cells)) }),
		plain("min_workers", func(s analysis.Sweep) float64 { return s.Workers[0] }),
		plain("max_workers", func(s analysis.Sweep) float64 { return s.Workers[len(s.Workers)-1] }),
		plain("lambda_files_per_second", func(s analysis.Sweep) float64 { return s.Fit.Lambda }),
		plain("sigma", func(s analysis.Sweep) float64 { return s.Fit.Sigma }),
		plain("kappa", func(s analysis.Sweep) float64 { return s.Fit.Kappa }),
		of("peak_workers", func(s analysis.Sweep) table.Field { return table.Number(s.Fit.Peak) }),
		plain("rms_residual", func(s analysis.Sweep) float64 { return s.Fit.RMS }),
		plain("max_residual", analysis.Sweep.Worst),
	)
}
