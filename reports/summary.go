package reports

import (
	"cmp"
	"io"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// writeSummaryCSV writes one row per cell.
func writeSummaryCSV(w io.Writer, d *Content) error {
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
	value := func(name, doc string, f func(*analysis.Summary) analysis.Value) table.Column[*analysis.Summary] {
		return table.New(name, doc, func(s *analysis.Summary) table.Value { return table.Number(f(s)) })
	}
	of := table.New[*analysis.Summary]
	return []table.Column[*analysis.Summary]{
		of("cell", "name of the cell; the axes follow", func(s *analysis.Summary) table.Value { return table.Words(s.Cell.Name) }),
		of("files", "items in one trial", func(s *analysis.Summary) table.Value { return table.Whole(s.Cell.Files) }),
		of("bytes", "content of these items", func(s *analysis.Summary) table.Value { return table.Whole(s.Cell.Bytes) }),
		of("trials", "rounds in which it was measured, well or badly, however often it was tried; not those that met a fault", func(s *analysis.Summary) table.Value { return table.Whole(s.Trials) }),
		of("failed", "those of them that failed: the last attempt did, or any had a wrong outcome", func(s *analysis.Summary) table.Value { return table.Whole(s.Failed) }),
		of("status", "`ok`, `failed` (at least one trial did, or the cell is quarantined), `skipped` (never run), `incomplete` (fewer trials than planned)", func(s *analysis.Summary) table.Value { return table.Words(s.Status) }),
		of("reason", "why it is not ok: the first error, or what is missing", func(s *analysis.Summary) table.Value { return table.Words(s.Reason) }),
		value("mean_seconds", "mean", func(s *analysis.Summary) analysis.Value { return s.Seconds.Mean }).As("mean", 10, func(s *analysis.Summary) string { return format.MeanSeconds(s.Seconds) }),
		value("variance_seconds2", "variance of the sample, in square seconds", func(s *analysis.Summary) analysis.Value { return s.Seconds.Variance }),
		value("stddev_seconds", "its root", func(s *analysis.Summary) analysis.Value { return s.Seconds.StdDev }),
		value("cv", "standard deviation / mean", func(s *analysis.Summary) analysis.Value { return s.Seconds.CV }),
		value("median_seconds", "median", func(s *analysis.Summary) analysis.Value { return s.Seconds.Median }).As("median", 1, func(s *analysis.Summary) string { return format.Seconds(s.Seconds.Median) }),
		value("min_seconds", "fastest trial", func(s *analysis.Summary) analysis.Value { return s.Seconds.Min }),
		value("max_seconds", "slowest trial", func(s *analysis.Summary) analysis.Value { return s.Seconds.Max }),
		of("ci95_low_seconds", "lower end of the mean's 95% interval", func(s *analysis.Summary) table.Value { return low(s.Seconds.CI) }),
		of("ci95_high_seconds", "upper end", func(s *analysis.Summary) table.Value { return high(s.Seconds.CI) }),
		of("baseline", "name of the cell that the speed-up is against", func(s *analysis.Summary) table.Value { return table.Words(s.Baseline) }),
		value("speedup", "mean of the baseline / mean of the cell, over the rounds that both have", func(s *analysis.Summary) analysis.Value { return s.Speedup.Value }).As("speed-up", 10, func(s *analysis.Summary) string { return format.Times(s.Speedup.Value) }).Where(isCompared),
		of("speedup_ci95_low", "lower end of its 95% interval; empty if open", func(s *analysis.Summary) table.Value { return low(s.Speedup.CI) }).As("95% interval", 7, func(s *analysis.Summary) string { return format.TimesInterval(s.Speedup.CI) }).Where(isCompared),
		of("speedup_ci95_high", "upper end; empty if open", func(s *analysis.Summary) table.Value { return high(s.Speedup.CI) }),
		value("p_value", "of the paired t-test", func(s *analysis.Summary) analysis.Value { return s.Speedup.P }),
		value("p_adjusted", "adjusted by Holm over the cells with this baseline", func(s *analysis.Summary) analysis.Value { return s.Adjusted }),
		of("verdict", "`faster`, `slower`, `equivalent`, `inconclusive`; empty for a baseline, a failed cell, one that did not do its work as was expected, and fewer than two rounds", func(s *analysis.Summary) table.Value { return table.Words(s.Verdict) }).As("verdict", 9, verdictText).Painted(verdictTone),
		value("efficiency", "speed-up / workers that can have a processor; empty where nobody knows how many work, or where the baseline is more than one worker", func(s *analysis.Summary) analysis.Value { return s.Efficiency }).As("efficiency", 2, func(s *analysis.Summary) string { return format.Percent(s.Efficiency) }).Where(func(s *analysis.Summary) bool { return s.Efficiency.OK }),
		value("files_per_second", "all items / all time", func(s *analysis.Summary) analysis.Value { return s.FilesPerSecond }).As("files/s", 3, func(s *analysis.Summary) string { return format.TrimRate(s.FilesPerSecond) }),
		value("bytes_per_second", "all bytes / all time", func(s *analysis.Summary) analysis.Value { return s.BytesPerSecond }).As("rate", 4, func(s *analysis.Summary) string { return format.ByteRate(s.BytesPerSecond) }).Where(func(s *analysis.Summary) bool { return s.BytesPerSecond.OK && s.BytesPerSecond.X > 0 }),
		value("user_seconds", "mean", func(s *analysis.Summary) analysis.Value { return s.User }),
		value("system_seconds", "mean", func(s *analysis.Summary) analysis.Value { return s.System }),
		value("max_rss_bytes", "of the worst trial", func(s *analysis.Summary) analysis.Value { return s.MaxRSS }),
		value("latency_p50_seconds", "over the items of all trials", func(s *analysis.Summary) analysis.Value { return s.Latency.P50 }),
		value("latency_p99_seconds", "over the items of all trials", func(s *analysis.Summary) analysis.Value { return s.Latency.P99 }),
		value("latency_max_seconds", "over the items of all trials", func(s *analysis.Summary) analysis.Value { return s.Latency.Max }),
		of("stop_reason", "why there are no more trials: `repeats` (there are all), `ci` or `max` (repeats adapt: the width was reached, or was not with as many as may be), `budget`, `interrupted`, `fail-fast`, `fault` (the machine would not), `killed` (the journal has no end), `quarantined`, `retired`, `skipped` (it can no longer be run)", func(s *analysis.Summary) table.Value { return table.Words(s.StopReason) }),

		table.Text("blocked", 6, func(s *analysis.Summary) string { return format.Seconds(s.Blocked) }).Where(func(s *analysis.Summary) bool { return s.Blocked.OK }),
		table.Text("corrupt", 8, corruptText).Where(func(s *analysis.Summary) bool { return s.Corrupt.OK }),
	}
}

// summarySheet is the table of a group for people.
func summarySheet(factors []string, cells []*analysis.Summary) table.Sheet {
	columns := table.Pick(summaryFields(), "mean", "blocked", "median", "speed-up", "95% interval", "efficiency", "files/s", "rate", "corrupt", "verdict")
	return table.Of(keys(factors, func(s *analysis.Summary) journal.Cell { return s.Cell }), columns, cells)
}

func isCompared(s *analysis.Summary) bool { return s.Speedup.Value.OK && !s.IsBaseline() }

// verdictTone is how good the verdict of a cell is.
func verdictTone(s *analysis.Summary) table.Tone {
	switch {
	case s.Status == analysis.StatusFailed:
		return table.Bad
	case s.Status != analysis.StatusOK, s.Verdict == analysis.Inconclusive:
		return table.Doubtful
	case s.Verdict == analysis.Faster:
		return table.Good
	case s.Verdict == analysis.Slower:
		return table.Worse
	}
	return table.Plain
}

// verdictText says how a cell came out.
func verdictText(s *analysis.Summary) string {
	verdict := string(s.Verdict)
	if s.IsBaseline() {
		verdict = "baseline"
	}
	switch {
	case s.Status == analysis.StatusOK && s.Undone > 0:
		return "not done"
	case s.Cell.Retired && verdict != "" && s.Seconds.N > 0 && s.Status != analysis.StatusFailed:
		return verdict + " (retired)"
	case s.Status == analysis.StatusIncomplete && verdict != "" && s.Seconds.N > 0:
		return verdict + " (incomplete)" // what its trials say holds all the same
	case s.Status != analysis.StatusOK && s.Cell.Retired:
		return string(s.Status) + " (retired)"
	case s.Status != analysis.StatusOK:
		return string(s.Status)
	}
	return cmp.Or(verdict, format.Undefined)
}

// corruptText is how many items came out wrong, where that is a result.
func corruptText(s *analysis.Summary) string {
	if !s.Corrupt.OK {
		return format.Undefined
	}
	return format.Average(s.Corrupt.X)
}
