package reports

import (
	"cmp"
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

// hasSweeps reports whether the run has a sweep with a fitted scaling law.
func hasSweeps(c *Content) bool { return len(c.Sweeps) > 0 }

// writeScalingCSV writes one row per sweep over numbers of workers: the levels of the other
// axes, and the fitted parameters.
func writeScalingCSV(w io.Writer, d *Content) error {
	axes := axisColumns(d.Run, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell })
	axes = slices.DeleteFunc(axes, func(c table.Column[analysis.Sweep]) bool { return c.Name == experiments.Workers.String() })
	return table.WriteCSV(w, append(axes, scalingFields()...), d.Sweeps)
}

// scalingFields returns the columns that are not axes.
func scalingFields() []table.Column[analysis.Sweep] {
	column := table.New[analysis.Sweep]
	plain := func(name, doc string, f func(analysis.Sweep) float64) table.Column[analysis.Sweep] {
		return column(name, doc, func(s analysis.Sweep) table.Value { return table.Number(analysis.ValueOf(f(s))) })
	}
	return []table.Column[analysis.Sweep]{
		column("files", "number of items in one trial", func(s analysis.Sweep) table.Value { return table.Whole(s.Cells[0].Cell.Files) }),
		column("points", "number of cells", func(s analysis.Sweep) table.Value { return table.Whole(len(s.Cells)) }),
		plain("min_workers", "lowest number of workers", func(s analysis.Sweep) float64 { return s.Workers[0] }),
		plain("max_workers", "highest number of workers", func(s analysis.Sweep) float64 { return s.Workers[len(s.Workers)-1] }),
		plain("lambda_files_per_second", "λ: the rate of one worker", func(s analysis.Sweep) float64 { return s.Fit.Lambda }).As("λ (files/s)", 1, func(s analysis.Sweep) string { return format.TrimRate(analysis.ValueOf(s.Fit.Lambda)) }),
		plain("sigma", "σ: contention, the work that only one worker can do at a time", func(s analysis.Sweep) float64 { return s.Fit.Sigma }).As("σ", 1, func(s analysis.Sweep) string { return coefficient(s.Fit.Sigma) }),
		plain("kappa", "κ: coherency, the work of coordinating each worker with each other worker", func(s analysis.Sweep) float64 { return s.Fit.Kappa }).As("κ", 1, func(s analysis.Sweep) string { return coefficient(s.Fit.Kappa) }),
		column("peak_workers", "number of workers with the highest fitted rate; can be above `max_workers`, where nothing was measured; empty if there is no peak", func(s analysis.Sweep) table.Value { return table.Number(s.Fit.Peak) }).As("peak", 1, peakText),
		plain("rms_residual", "root mean square of the residuals", func(s analysis.Sweep) float64 { return s.Fit.RMS }).As("rms residual", 1, func(s analysis.Sweep) string { return format.Digits(100*s.Fit.RMS, 2) + "%" }),
		plain("max_residual", "the residual with the largest absolute value, with its sign", analysis.Sweep.Worst),

		table.Text("workers", 1, rangeText),
		table.Text("residual by workers", 1, residualsText).Left(),
	}
}

// maxSweeps is the largest number of sweeps in report.md.
const maxSweeps = 10

// writeMarkdownScaling writes the section on sweeps over numbers of workers.
func writeMarkdownScaling(out io.Writer, d *Content) {
	if len(d.Sweeps) == 0 {
		return
	}
	fmt.Fprintf(out, "\n## Scaling\n\n%s\n\n", scalingText())
	shown := slices.DeleteFunc(slices.Clone(d.Sweeps), func(s analysis.Sweep) bool { return !s.IsDescribed() })
	bad, more := len(d.Sweeps)-len(shown), len(shown)-maxSweeps
	if more > 0 {
		slices.SortStableFunc(shown, func(a, b analysis.Sweep) int { return cmp.Compare(a.Fit.RMS, b.Fit.RMS) })
		shown = shown[:maxSweeps]
	}
	if len(shown) > 0 {
		fmt.Fprint(out, scalingSheet(d, shown).Markdown())
	}
	if more > 0 {
		fmt.Fprintf(out, "\nShown: the %d sweeps with the smallest residuals. %s more: [scaling.csv](scaling.csv).\n", maxSweeps, format.Thousands(int64(more)))
	}
	if bad > 0 {
		fmt.Fprintf(out, "\n%s\n", undescribed(bad, "[scaling.csv](scaling.csv)"))
	}
}

// undescribed tells how many sweeps a report leaves out, and which file has them.
func undescribed(sweeps int, file string) string {
	return fmt.Sprintf("The law does not describe %s: the rms residual is above %.0f%%. %s has the parameters.", format.Count(sweeps, "sweep"), 100*analysis.MaxResidual, file)
}

// scalingText explains the scaling law.
func scalingText() string {
	return fmt.Sprintf(`This section shows a fit for cells that differ only in the number of workers, with at least %d different numbers. The fit
uses the Universal Scalability Law of N. J. Gunther: N workers process λN / (1 + σ(N-1) + κN(N-1)) files per second.
λ is the rate of one worker. σ is the contention (the work that only one worker can do at a time). κ is the coherency (the
work of coordinating each worker with each other worker). Above the peak, more workers are slower. A residual is measured
rate / fitted rate - 1. The law does not describe a sweep if its residuals are as large as the inferred effect, or if they
follow a curve along the sweep. The law does not take the number of cpus into account.`, analysis.ScalingPoints)
}

// scalingSheet returns the table for people.
func scalingSheet(d *Content, sweeps []analysis.Sweep) table.Sheet {
	first := make([]*analysis.Summary, len(d.Sweeps))
	for i, s := range d.Sweeps {
		first[i] = s.Cells[0]
	}
	names := analysis.Naming(analysis.Without(d.Factors, experiments.Workers.String()), first)
	columns := table.Pick(scalingFields(), "workers", "λ (files/s)", "σ", "κ", "peak", "rms residual", "residual by workers")
	return table.Of(keys(names, func(s analysis.Sweep) journal.Cell { return s.Cells[0].Cell }), columns, sweeps)
}

func rangeText(s analysis.Sweep) string {
	return workersText(s.Workers[0]) + " to " + workersText(s.Workers[len(s.Workers)-1])
}

// peakText returns the number of workers with the highest fitted rate. It returns no number if
// the peak is beyond the measured numbers.
func peakText(s analysis.Sweep) string {
	most := s.Workers[len(s.Workers)-1]
	switch peak := s.Fit.Peak; {
	case !peak.OK:
		return "none"
	case peak.X > most:
		return "above " + workersText(most)
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

// coefficient returns a text such as "0.0123" or "4.5e-06", because some coefficients are very
// small but not 0.
func coefficient(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
