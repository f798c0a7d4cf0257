package reports

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
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
	return slices.Concat(fields[:1], axes, fields[1:])
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
	case s.Status != analysis.StatusOK:
		return table.Doubtful
	}
	return verdictTones[s.Verdict]
}

// verdictTones are how good verdicts are; none is plain.
var verdictTones = map[analysis.Verdict]table.Tone{
	analysis.Faster: table.Good, analysis.Slower: table.Worse, analysis.Inconclusive: table.Doubtful,
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

// writeJSON writes the summaries as a JSON array of objects. Their keys are the columns
// of summary.csv in the same order, and then those of details.csv; what is undefined is
// null. Of a run that is held against a published table it is an object: "published" has
// the lines of published.csv, "findings" the sentences on it, "cells" that array.
func writeJSON(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.JSON(w)) // its first error sticks until Flush
	if d.Published != nil {
		if err := writePublishedJSON(out, d.Published); err != nil {
			return err
		}
	}
	if err := table.WriteJSON(out, slices.Concat(summaryColumns(d.Run), detailFields()), d.Cells()); err != nil {
		return err
	}
	if d.Published != nil {
		out.WriteString("}\n")
	}
	return out.Flush()
}

// writePublishedJSON writes the object up to its cells.
func writePublishedJSON(out *bufio.Writer, r *reproduce.Reproduction) error {
	out.WriteString("{\n\"published\": ")
	if err := table.WriteJSON(out, publishedColumns(), r.Pairings()); err != nil {
		return err
	}
	findings, err := json.MarshalIndent(append([]string{}, r.Findings...), "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, ", \"findings\": %s,\n\"cells\": ", findings)
	return err
}

func orNull(v analysis.Value) *float64 {
	if !v.OK {
		return nil
	}
	return &v.X
}
