package reports

import (
	"io"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports/table"
)

// detailsCSV is details.csv: one row per cell, in the order of summary.csv, with the
// numbers behind that.
type detailsCSV struct{}

var _ Report = detailsCSV{}

func (detailsCSV) Name() string      { return "details" }
func (detailsCSV) Extension() string { return "csv" }

func (detailsCSV) Write(w io.Writer, d *Content) error {
	name := table.NewColumn("cell", func(r analysis.Details) table.Field { return table.Words(r.Cell.Name) })
	return table.WriteCSV(w, append([]table.Column[analysis.Details]{name}, detailFields(d.Data)...), d.Details())
}

// detailFields are the columns beside the cell. None has the name of one of
// summary.csv: in JSON they stand in one object.
func detailFields(d *analysis.Data) []table.Column[analysis.Details] {
	of := table.NewColumn[analysis.Details]
	value := func(name string, f func(analysis.Details) estimate.Value) table.Column[analysis.Details] {
		return of(name, func(r analysis.Details) table.Field { return table.Number(f(r)) })
	}
	type m = *journal.Measurement
	mean := func(name string, f func(m) *float64) table.Column[analysis.Details] {
		return value(name, func(r analysis.Details) estimate.Value { return d.Mean(r.Summary, f) })
	}
	// measured is a count, which is unknown rather than 0 where there is nothing to count.
	measured := func(name string, f func(analysis.Details) int) table.Column[analysis.Details] {
		return of(name, func(r analysis.Details) table.Field {
			if r.Seconds.N == 0 {
				return table.Field{Number: true}
			}
			return table.Whole(f(r))
		})
	}
	return []table.Column[analysis.Details]{
		of("good_trials", func(r analysis.Details) table.Field { return table.Whole(r.Seconds.N) }),
		of("median_ci95_low_seconds", func(r analysis.Details) table.Field { return table.Low(r.Seconds.MedianCI) }),
		of("median_ci95_high_seconds", func(r analysis.Details) table.Field { return table.High(r.Seconds.MedianCI) }),
		measured("outliers", func(r analysis.Details) int { return r.Seconds.Outliers }),
		measured("far_outliers", func(r analysis.Details) int { return r.Seconds.FarOutliers }),
		of("pairs", func(r analysis.Details) table.Field {
			if r.IsBaseline() || r.Baseline == "" {
				return table.Field{Number: true}
			}
			return table.Whole(r.Speedup.Pairs)
		}),
		value("p_signed_rank", func(r analysis.Details) estimate.Value { return r.Speedup.Rank }),
		value("serial_fraction", func(r analysis.Details) estimate.Value { return r.Serial }),
		mean("startup_seconds", func(m m) *float64 { return m.Startup }),
		mean("cached_fraction", func(m m) *float64 { return m.CachedFraction }),
		mean("stored_bytes", func(m m) *float64 { return asFloat(m.Stored) }),
		mean("steal_fraction", func(m m) *float64 { return m.StealFraction }),
		mean("others_cpus", func(m m) *float64 { return m.Others }),
		mean("throttled_fraction", func(m m) *float64 { return m.Throttled }),
		mean("pressure_cpu", func(m m) *float64 { return m.PressureCPU }),
		mean("pressure_io", func(m m) *float64 { return m.PressureIO }),
		mean("pressure_memory", func(m m) *float64 { return m.PressureMemory }),
		measured("noisy_trials", func(r analysis.Details) int { return r.Noisy }),
		value("baseline_drift", func(r analysis.Details) estimate.Value { return r.Drift.Change }),
		of("baseline_drift_ci95_low", func(r analysis.Details) table.Field { return table.Low(r.Drift.CI) }),
		of("baseline_drift_ci95_high", func(r analysis.Details) table.Field { return table.High(r.Drift.CI) }),
	}
}

func asFloat(n *int64) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}
