package reports

import (
	"fmt"
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// writeDetailsCSV writes one row per cell, in the order of summary.csv, with the numbers
// behind that.
func writeDetailsCSV(w io.Writer, d *Content) error {
	name := summaryFields()[:1]
	return table.WriteCSV(w, slices.Concat(name, detailFields()), d.Cells())
}

// detailFields are the columns beside the cell. None has the name of one of
// summary.csv: in JSON they stand in one object.
func detailFields() []table.Column[*analysis.Summary] {
	of := table.New[*analysis.Summary]
	value := func(name, doc string, f func(*analysis.Summary) analysis.Value) table.Column[*analysis.Summary] {
		return of(name, doc, func(r *analysis.Summary) table.Value { return table.Number(f(r)) })
	}
	// measured is a count, which is unknown rather than 0 where there is nothing to count.
	measured := func(name, doc string, f func(*analysis.Summary) int) table.Column[*analysis.Summary] {
		return of(name, doc, func(r *analysis.Summary) table.Value {
			if r.Seconds.N == 0 {
				return table.Value{Number: true}
			}
			return table.Whole(f(r))
		})
	}
	return []table.Column[*analysis.Summary]{
		of("good_trials", "on how many numbers the estimates rest", func(r *analysis.Summary) table.Value { return table.Whole(r.Seconds.N) }).As("good trials", 1, func(r *analysis.Summary) string { return format.Thousands(int64(r.Seconds.N)) }),
		of("median_ci95_low_seconds", "lower end of the median's 95% interval, which assumes no distribution; empty below six trials", func(r *analysis.Summary) table.Value { return low(r.Seconds.MedianCI) }).As("95% interval", 1, func(r *analysis.Summary) string { return format.SecondsInterval(r.Seconds.MedianCI) }),
		of("median_ci95_high_seconds", "upper end", func(r *analysis.Summary) table.Value { return high(r.Seconds.MedianCI) }),
		measured("outliers", "trials more than 1.5, and up to 3, interquartile ranges beyond the middle half of the cell's; they are kept in every estimate", func(r *analysis.Summary) int { return r.Seconds.Outliers }).As("outliers", 1, outliersText),
		measured("far_outliers", "those more than 3 beyond", func(r *analysis.Summary) int { return r.Seconds.FarOutliers }),
		of("pairs", "rounds in which both the cell and its baseline ended well; empty for a baseline", func(r *analysis.Summary) table.Value {
			if r.IsBaseline() || r.Baseline == "" {
				return table.Value{Number: true}
			}
			return table.Whole(r.Speedup.Pairs)
		}),
		value("p_signed_rank", "of Wilcoxon's signed-rank test of the same ratios as `p_value`, which assumes no distribution; not adjusted", func(r *analysis.Summary) analysis.Value { return r.Speedup.Rank }).As("signed-rank p", 1, func(r *analysis.Summary) string { return format.Probability(r.Speedup.Rank) }).Where(isTested),
		value("serial_fraction", "the part of the work that seems not to be shared out (Karp and Flatt), among as many workers as `efficiency` counts; above 1 the cell is slower than its baseline, below 0 faster than so many workers; empty where that is, and for one worker", func(r *analysis.Summary) analysis.Value { return r.Serial }).As("serial", 1, func(r *analysis.Summary) string { return format.Percent(r.Serial) }).Where(func(r *analysis.Summary) bool { return r.Serial.OK }),
		value("startup_seconds", "mean", func(r *analysis.Summary) analysis.Value { return r.Startup }),
		value("cached_fraction", "mean", func(r *analysis.Summary) analysis.Value { return r.CachedFraction }),
		value("stored_bytes", "mean of what the kernel was made to write to storage", func(r *analysis.Summary) analysis.Value { return r.Stored }),
		value("steal_fraction", "mean", func(r *analysis.Summary) analysis.Value { return r.StealFraction }),
		value("others_cpus", "mean number of processors that other processes kept busy", func(r *analysis.Summary) analysis.Value { return r.Others }),
		value("throttled_fraction", "mean share of the time in which the control group had spent its quota", func(r *analysis.Summary) analysis.Value { return r.Throttled }),
		value("pressure_cpu", "mean share of the time in which some task waited for a processor, the trial's own included", func(r *analysis.Summary) analysis.Value { return r.PressureCPU }),
		value("pressure_io", "the same for storage", func(r *analysis.Summary) analysis.Value { return r.PressureIO }),
		value("pressure_memory", "the same for memory", func(r *analysis.Summary) analysis.Value { return r.PressureMemory }),
		measured("noisy_trials", "good trials with `noise`", func(r *analysis.Summary) int { return r.Noisy }).As("noisy", 1, func(r *analysis.Summary) string { return format.Thousands(int64(r.Noisy)) }).Where(func(r *analysis.Summary) bool { return r.Noisy > 0 }),
		value("baseline_drift", "only of a baseline: change of its time from its first round to its last, by a line through all, as a part of the mean", func(r *analysis.Summary) analysis.Value { return r.Drift.Change }),
		of("baseline_drift_ci95_low", "lower end of its 95% interval", func(r *analysis.Summary) table.Value { return low(r.Drift.CI) }),
		of("baseline_drift_ci95_high", "upper end; if 0 lies outside, every report warns", func(r *analysis.Summary) table.Value { return high(r.Drift.CI) }),

		table.Text("median", 1, func(r *analysis.Summary) string { return format.Seconds(r.Seconds.Median) }),
		table.Text("CV", 1, func(r *analysis.Summary) string { return format.Percent(r.Seconds.CV) }),
		table.Text("p", 1, func(r *analysis.Summary) string { return format.Probability(r.Speedup.P) }).Where(isTested),
		table.Text("adjusted p", 1, func(r *analysis.Summary) string { return format.Probability(r.Adjusted) }).Where(isTested),
	}
}

func isTested(r *analysis.Summary) bool { return r.Speedup.P.OK }

// detailsSheet is the second table of a group for people.
func detailsSheet(factors []string, rows []*analysis.Summary) table.Sheet {
	columns := table.Pick(detailFields(), "good trials", "median", "95% interval", "CV", "outliers", "noisy", "p", "adjusted p", "signed-rank p", "serial")
	return table.Of(keys(factors, func(r *analysis.Summary) journal.Cell { return r.Cell }), columns, rows)
}

// outliersText reads like "2 mild, 1 far".
func outliersText(s *analysis.Summary) string {
	switch mild, far := s.Seconds.Outliers, s.Seconds.FarOutliers; {
	case s.Seconds.N == 0:
		return format.Undefined
	case mild > 0 && far > 0:
		return fmt.Sprintf("%d mild, %d far", mild, far)
	case mild > 0:
		return fmt.Sprintf("%d mild", mild)
	case far > 0:
		return fmt.Sprintf("%d far", far)
	}
	return "none"
}
