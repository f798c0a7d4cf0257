package reports

import (
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// scalingCSV is scaling.csv: one row per sweep over numbers of workers.
type scalingCSV struct{}

var _ Report = scalingCSV{}

func (scalingCSV) Name() string      { return "scaling" }
func (scalingCSV) Extension() string { return "csv" }

// Applies says whether the run has a sweep over enough numbers of workers.
func (scalingCSV) Applies(c *Content) bool { return len(c.Sweeps) > 0 }

func (scalingCSV) Write(w io.Writer, d *Content) error {
	return table.WriteCSV(w, scalingColumns(d), d.Sweeps)
}

// scalingColumns are the axes that a sweep holds fixed, and what was fitted.
func scalingColumns(d *Content) []table.Column[analysis.Sweep] {
	axes := axisColumns(d.Run, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell })
	axes = slices.DeleteFunc(axes, func(c table.Column[analysis.Sweep]) bool { return c.Name == experiments.Workers.String() })
	return append(axes, scalingFields()...)
}

// scalingFields are the columns that are no axis.
func scalingFields() []table.Column[analysis.Sweep] {
	of := table.New[analysis.Sweep]
	plain := func(name, doc string, f func(analysis.Sweep) float64) table.Column[analysis.Sweep] {
		return of(name, doc, func(s analysis.Sweep) table.Value { return table.Number(analysis.ValueOf(f(s))) })
	}
	return []table.Column[analysis.Sweep]{
		of("files", "items in one trial", func(s analysis.Sweep) table.Value { return table.Whole(s.Cells[0].Cell.Files) }),
		of("points", "cells", func(s analysis.Sweep) table.Value { return table.Whole(len(s.Cells)) }),
		plain("min_workers", "fewest workers", func(s analysis.Sweep) float64 { return s.Workers[0] }),
		plain("max_workers", "most workers", func(s analysis.Sweep) float64 { return s.Workers[len(s.Workers)-1] }),
		plain("lambda_files_per_second", "λ: the rate of one worker", func(s analysis.Sweep) float64 { return s.Fit.Lambda }).As("λ (files/s)", 1, func(s analysis.Sweep) string { return format.TrimRate(analysis.ValueOf(s.Fit.Lambda)) }),
		plain("sigma", "σ: contention, what only one can do at a time", func(s analysis.Sweep) float64 { return s.Fit.Sigma }).As("σ", 1, func(s analysis.Sweep) string { return coefficient(s.Fit.Sigma) }),
		plain("kappa", "κ: coherency, what each worker has to settle with each other", func(s analysis.Sweep) float64 { return s.Fit.Kappa }).As("κ", 1, func(s analysis.Sweep) string { return coefficient(s.Fit.Kappa) }),
		of("peak_workers", "how many workers have the highest rate; may lie beyond `max_workers`, where nobody measured; empty if there is no peak", func(s analysis.Sweep) table.Value { return table.Number(s.Fit.Peak) }).As("peak", 1, peakText),
		plain("rms_residual", "root of the mean square of the residuals", func(s analysis.Sweep) float64 { return s.Fit.RMS }).As("rms residual", 1, func(s analysis.Sweep) string { return format.Digits(100*s.Fit.RMS, 2) + "%" }),
		plain("max_residual", "the residual farthest from 0, with its sign", analysis.Sweep.Worst),

		table.Text("workers", 1, rangeText),
		table.Text("residual by workers", 1, residualsText).Left(),
	}
}
