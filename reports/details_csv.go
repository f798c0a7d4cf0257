package reports

import (
	"io"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// detailsCSV is details.csv: one row per cell, in the order of summary.csv, with the
// numbers behind that.
type detailsCSV struct{}

var _ Report = detailsCSV{}

func (detailsCSV) Name() string      { return "details" }
func (detailsCSV) Extension() string { return "csv" }

func (detailsCSV) Write(w io.Writer, d *Content) error {
	name := newColumn("cell", func(r Details) field { return words(r.Cell.Name) })
	return writeCSV(w, append([]column[Details]{name}, detailFields(d.Data)...), d.details())
}

// detailFields are the columns beside the cell. None has the name of one of
// summary.csv: in JSON they stand in one object.
func detailFields(d *Data) []column[Details] {
	of := newColumn[Details]
	value := func(name string, f func(Details) estimate.Value) column[Details] {
		return of(name, func(r Details) field { return number(f(r)) })
	}
	type m = *journal.Measurement
	mean := func(name string, f func(m) *float64) column[Details] {
		return value(name, func(r Details) estimate.Value { return d.mean(r.Summary, f) })
	}
	// measured is a count, which is unknown rather than 0 where there is nothing to count.
	measured := func(name string, f func(Details) int) column[Details] {
		return of(name, func(r Details) field {
			if r.Seconds.N == 0 {
				return field{number: true}
			}
			return whole(f(r))
		})
	}
	return []column[Details]{
		of("good_trials", func(r Details) field { return whole(r.Seconds.N) }),
		of("median_ci95_low_seconds", func(r Details) field { return low(r.Seconds.MedianCI) }),
		of("median_ci95_high_seconds", func(r Details) field { return high(r.Seconds.MedianCI) }),
		measured("outliers", func(r Details) int { return r.Seconds.Outliers }),
		measured("far_outliers", func(r Details) int { return r.Seconds.FarOutliers }),
		of("pairs", func(r Details) field {
			if r.IsBaseline() || r.Baseline == "" {
				return field{number: true}
			}
			return whole(r.Speedup.Pairs)
		}),
		value("p_signed_rank", func(r Details) estimate.Value { return r.Speedup.Rank }),
		value("serial_fraction", func(r Details) estimate.Value { return r.Serial }),
		mean("startup_seconds", func(m m) *float64 { return m.Startup }),
		mean("cached_fraction", func(m m) *float64 { return m.CachedFraction }),
		mean("stored_bytes", func(m m) *float64 { return asFloat(m.Stored) }),
		mean("steal_fraction", func(m m) *float64 { return m.StealFraction }),
		mean("others_cpus", func(m m) *float64 { return m.Others }),
		mean("throttled_fraction", func(m m) *float64 { return m.Throttled }),
		mean("pressure_cpu", func(m m) *float64 { return m.PressureCPU }),
		mean("pressure_io", func(m m) *float64 { return m.PressureIO }),
		mean("pressure_memory", func(m m) *float64 { return m.PressureMemory }),
		measured("noisy_trials", func(r Details) int { return r.Noisy }),
		value("baseline_drift", func(r Details) estimate.Value { return r.Drift.Change }),
		of("baseline_drift_ci95_low", func(r Details) field { return low(r.Drift.CI) }),
		of("baseline_drift_ci95_high", func(r Details) field { return high(r.Drift.CI) }),
	}
}

func asFloat(n *int64) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}
