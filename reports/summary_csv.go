package reports

import (
	"io"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports/table"
)

// summaryCSV is summary.csv: one row per cell.
type summaryCSV struct{}

var _ Report = summaryCSV{}

func (summaryCSV) Name() string      { return "summary" }
func (summaryCSV) Extension() string { return "csv" }

func (summaryCSV) Write(w io.Writer, d *Content) error {
	return table.WriteCSV(w, summaryColumns(d.Run), d.Cells())
}

// summaryColumns is the layout of summary.csv, axes included. People's scripts
// depend on the names, and on nothing else.
func summaryColumns(run journal.Run) []table.Column[*analysis.Summary] {
	fields := summaryFields()
	axes := axisColumns(run, func(s *analysis.Summary) journal.Cell { return s.Cell })
	return append(append(fields[:1:1], axes...), fields[1:]...)
}

// summaryFields are the columns that are no axis; the first stands before the
// axes.
func summaryFields() []table.Column[*analysis.Summary] {
	value := func(name string, f func(*analysis.Summary) estimate.Value) table.Column[*analysis.Summary] {
		return table.NewColumn(name, func(s *analysis.Summary) table.Field { return table.Number(f(s)) })
	}
	of := table.NewColumn[*analysis.Summary]
	return []table.Column[*analysis.Summary]{
		of("cell", func(s *analysis.Summary) table.Field { return table.Words(s.Cell.Name) }),
		of("files", func(s *analysis.Summary) table.Field { return table.Whole(s.Cell.Files) }),
		of("bytes", func(s *analysis.Summary) table.Field { return table.Whole(s.Cell.Bytes) }),
		of("trials", func(s *analysis.Summary) table.Field { return table.Whole(s.Trials) }),
		of("failed", func(s *analysis.Summary) table.Field { return table.Whole(s.Failed) }),
		of("status", func(s *analysis.Summary) table.Field { return table.Words(s.Status) }),
		of("reason", func(s *analysis.Summary) table.Field { return table.Words(s.Reason) }),
		value("mean_seconds", func(s *analysis.Summary) estimate.Value { return s.Seconds.Mean }),
		value("variance_seconds2", func(s *analysis.Summary) estimate.Value { return s.Seconds.Variance }),
		value("stddev_seconds", func(s *analysis.Summary) estimate.Value { return s.Seconds.StdDev }),
		value("cv", func(s *analysis.Summary) estimate.Value { return s.Seconds.CV }),
		value("median_seconds", func(s *analysis.Summary) estimate.Value { return s.Seconds.Median }),
		value("min_seconds", func(s *analysis.Summary) estimate.Value { return s.Seconds.Min }),
		value("max_seconds", func(s *analysis.Summary) estimate.Value { return s.Seconds.Max }),
		of("ci95_low_seconds", func(s *analysis.Summary) table.Field { return table.Low(s.Seconds.CI) }),
		of("ci95_high_seconds", func(s *analysis.Summary) table.Field { return table.High(s.Seconds.CI) }),
		of("baseline", func(s *analysis.Summary) table.Field { return table.Words(s.Baseline) }),
		value("speedup", func(s *analysis.Summary) estimate.Value { return s.Speedup.Value }),
		of("speedup_ci95_low", func(s *analysis.Summary) table.Field { return table.Low(s.Speedup.CI) }),
		of("speedup_ci95_high", func(s *analysis.Summary) table.Field { return table.High(s.Speedup.CI) }),
		value("p_value", func(s *analysis.Summary) estimate.Value { return s.Speedup.P }),
		value("p_adjusted", func(s *analysis.Summary) estimate.Value { return s.Adjusted }),
		of("verdict", func(s *analysis.Summary) table.Field { return table.Words(s.Verdict) }),
		value("efficiency", func(s *analysis.Summary) estimate.Value { return s.Efficiency }),
		value("files_per_second", func(s *analysis.Summary) estimate.Value { return s.FilesPerSecond }),
		value("bytes_per_second", func(s *analysis.Summary) estimate.Value { return s.BytesPerSecond }),
		value("user_seconds", func(s *analysis.Summary) estimate.Value { return s.User }),
		value("system_seconds", func(s *analysis.Summary) estimate.Value { return s.System }),
		value("max_rss_bytes", func(s *analysis.Summary) estimate.Value { return s.MaxRSS }),
		value("latency_p50_seconds", func(s *analysis.Summary) estimate.Value { return s.Latency.P50 }),
		value("latency_p99_seconds", func(s *analysis.Summary) estimate.Value { return s.Latency.P99 }),
		value("latency_max_seconds", func(s *analysis.Summary) estimate.Value { return s.Latency.Max }),
		of("stop_reason", func(s *analysis.Summary) table.Field { return table.Words(s.StopReason) }),
	}
}
