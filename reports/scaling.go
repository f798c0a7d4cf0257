package reports

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// hasSweeps reports whether the run has a sweep over enough numbers of workers.
func hasSweeps(c *Content) bool { return len(c.Sweeps) > 0 }

// writeScalingCSV writes one row per sweep over numbers of workers: the axes that it holds
// fixed, and what was fitted.
func writeScalingCSV(w io.Writer, d *Content) error {
	axes := axisColumns(d.Run, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell })
	axes = slices.DeleteFunc(axes, func(c table.Column[analysis.Sweep]) bool { return c.Name == experiments.Workers.String() })
	return table.WriteCSV(w, append(axes, scalingFields()...), d.Sweeps)
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

// writeMarkdownScaling is the section on sweeps over numbers of workers.
func writeMarkdownScaling(out io.Writer, d *Content) {
	if len(d.Sweeps) == 0 {
		return
	}
	fmt.Fprintf(out, `
## Scaling

Cells that differ in the number of workers alone, %d numbers or more, are fitted with the Universal Scalability Law of
N. J. Gunther: N workers do λN / (1 + σ(N-1) + κN(N-1)) files per second. λ is the rate of one worker, σ the contention
(what only one can do at a time), κ the coherency (what each has to settle with each other), and beyond the peak more
workers are slower. A residual is measured rate / fitted rate - 1: where residuals are as large as what you conclude from
the fit, or bend the same way all along the sweep, the law does not describe it. It knows nothing of the number of cpus.

`, analysis.ScalingPoints)
	shown := d.Sweeps[:min(len(d.Sweeps), analysis.FastestShown+analysis.SlowestShown)]
	first := make([]*analysis.Summary, len(shown))
	for i, s := range shown {
		first[i] = s.Cells[0]
	}
	names := analysis.Naming(analysis.Without(d.Factors, experiments.Workers.String()), first)
	columns := table.Pick(scalingFields(), "workers", "λ (files/s)", "σ", "κ", "peak", "rms residual", "residual by workers")
	fmt.Fprint(out, table.Of(keys(names, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell }), columns, shown).Markdown())
	if omitted := len(d.Sweeps) - len(shown); omitted > 0 {
		fmt.Fprintf(out, "\nAnd %s more: [scaling.csv](scaling.csv) has them all.\n", format.Count(omitted, "sweep"))
	}
}

func rangeText(s analysis.Sweep) string {
	return workersText(s.Workers[0]) + " to " + workersText(s.Workers[len(s.Workers)-1])
}

// peakText is where the law has its highest rate. That may lie where nobody measured.
func peakText(s analysis.Sweep) string {
	most := s.Workers[len(s.Workers)-1]
	switch peak := s.Fit.Peak; {
	case !peak.OK:
		return "none"
	case peak.X > most:
		return "beyond " + workersText(most)
	default:
		return format.Digits(peak.X, 2)
	}
}

func residualsText(s analysis.Sweep) string {
	var list []string
	for i, r := range s.Fit.Residuals {
		list = append(list, fmt.Sprintf("%s: %+.1f%%", workersText(s.Workers[i]), 100*r))
	}
	return strings.Join(list, ", ")
}

func workersText(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// coefficient reads like 0.0123 or 4.5e-06: some are very small, and not 0.
func coefficient(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
