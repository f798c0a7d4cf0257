package reports

import (
	"io"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// summaryCSV is summary.csv: one row per cell.
type summaryCSV struct{}

var _ Report = summaryCSV{}

func (summaryCSV) Name() string      { return "summary" }
func (summaryCSV) Extension() string { return "csv" }

func (summaryCSV) Write(w io.Writer, d *Content) error {
	return writeCSV(w, summaryColumns(d.Run), d.rows())
}

// summaryColumns is the layout of summary.csv, axes included. People's scripts
// depend on the names, and on nothing else.
func summaryColumns(run journal.Run) []column[*Summary] {
	fields := summaryFields()
	axes := axisColumns(run, func(s *Summary) journal.Cell { return s.Cell })
	return append(append(fields[:1:1], axes...), fields[1:]...)
}

// summaryFields are the columns that are no axis; the first stands before the
// axes.
func summaryFields() []column[*Summary] {
	value := func(name string, f func(*Summary) estimate.Value) column[*Summary] {
		return newColumn(name, func(s *Summary) field { return number(f(s)) })
	}
	of := newColumn[*Summary]
	return []column[*Summary]{
		of("cell", func(s *Summary) field { return words(s.Cell.Name) }),
		of("files", func(s *Summary) field { return whole(s.Cell.Files) }),
		of("bytes", func(s *Summary) field { return whole(s.Cell.Bytes) }),
		of("trials", func(s *Summary) field { return whole(s.Trials) }),
		of("failed", func(s *Summary) field { return whole(s.Failed) }),
		of("status", func(s *Summary) field { return words(s.Status) }),
		of("reason", func(s *Summary) field { return words(s.Reason) }),
		value("mean_seconds", func(s *Summary) estimate.Value { return s.Seconds.Mean }),
		value("variance_seconds2", func(s *Summary) estimate.Value { return s.Seconds.Variance }),
		value("stddev_seconds", func(s *Summary) estimate.Value { return s.Seconds.StdDev }),
		value("cv", func(s *Summary) estimate.Value { return s.Seconds.CV }),
		value("median_seconds", func(s *Summary) estimate.Value { return s.Seconds.Median }),
		value("min_seconds", func(s *Summary) estimate.Value { return s.Seconds.Min }),
		value("max_seconds", func(s *Summary) estimate.Value { return s.Seconds.Max }),
		of("ci95_low_seconds", func(s *Summary) field { return low(s.Seconds.CI) }),
		of("ci95_high_seconds", func(s *Summary) field { return high(s.Seconds.CI) }),
		of("baseline", func(s *Summary) field { return words(s.Baseline) }),
		value("speedup", func(s *Summary) estimate.Value { return s.Speedup.Value }),
		of("speedup_ci95_low", func(s *Summary) field { return low(s.Speedup.CI) }),
		of("speedup_ci95_high", func(s *Summary) field { return high(s.Speedup.CI) }),
		value("p_value", func(s *Summary) estimate.Value { return s.Speedup.P }),
		value("p_adjusted", func(s *Summary) estimate.Value { return s.Adjusted }),
		of("verdict", func(s *Summary) field { return words(s.Verdict) }),
		value("efficiency", func(s *Summary) estimate.Value { return s.Efficiency }),
		value("files_per_second", func(s *Summary) estimate.Value { return s.FilesPerSecond }),
		value("bytes_per_second", func(s *Summary) estimate.Value { return s.BytesPerSecond }),
		value("user_seconds", func(s *Summary) estimate.Value { return s.User }),
		value("system_seconds", func(s *Summary) estimate.Value { return s.System }),
		value("max_rss_bytes", func(s *Summary) estimate.Value { return s.MaxRSS }),
		value("latency_p50_seconds", func(s *Summary) estimate.Value { return s.Latency.P50 }),
		value("latency_p99_seconds", func(s *Summary) estimate.Value { return s.Latency.P99 }),
		value("latency_max_seconds", func(s *Summary) estimate.Value { return s.Latency.Max }),
		of("stop_reason", func(s *Summary) field { return words(s.StopReason) }),
	}
}
