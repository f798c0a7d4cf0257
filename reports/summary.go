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

// summaryColumns returns the columns of summary.csv, including the axes. The names must not
// change, because scripts of users depend on them. The order may change.
func summaryColumns(run journal.Run) []table.Column[*analysis.Summary] {
	fields := summaryFields()
	axes := axisColumns(run, func(s *analysis.Summary) journal.Cell { return s.Cell })
	return judgedColumns(run, slices.Concat(fields[:1], axes, fields[1:], summaryMetrics(run)))
}

// summaryFields returns the columns that are not axes. The first goes before the axes, the
// others after them.
func summaryFields() []table.Column[*analysis.Summary] {
	value := func(name, doc string, f func(*analysis.Summary) analysis.Value) table.Column[*analysis.Summary] {
		return table.New(name, doc, func(s *analysis.Summary) table.Value { return table.Number(f(s)) })
	}
	column := table.New[*analysis.Summary]
	return []table.Column[*analysis.Summary]{
		column("cell", "name of the cell; the columns of the axes follow", func(s *analysis.Summary) table.Value { return table.Words(s.Cell.Name) }),
		column("files", "number of items in one trial", func(s *analysis.Summary) table.Value { return table.Whole(s.Cell.Files) }),
		column("bytes", "size of the content of these items", func(s *analysis.Summary) table.Value { return table.Whole(s.Cell.Bytes) }),
		column("trials", "number of rounds in which the cell was measured, successfully or not. All attempts of a round count once. Rounds in which the machine failed do not count", func(s *analysis.Summary) table.Value { return table.Whole(s.Trials) }),
		column("failed", "number of failed rounds among `trials`. A round fails if its last attempt failed, or if any attempt had a wrong outcome", func(s *analysis.Summary) table.Value { return table.Whole(s.Failed) }),
		column("status", "`ok`, `xfail` (failed as the experiment expects), `failed` (at least one trial failed, or the cell is quarantined), `skipped` (never run), or `incomplete` (fewer trials than planned)", func(s *analysis.Summary) table.Value { return table.Words(s.Status) }),
		column("reason", "why the status is not `ok`: the first error, the expected failure, why the cell was skipped, or how many trials are missing and why", func(s *analysis.Summary) table.Value { return table.Words(s.Reason) }),
		value("mean_seconds", "mean of the times", func(s *analysis.Summary) analysis.Value { return s.Seconds.Mean }).As("mean", 10, func(s *analysis.Summary) string { return format.MeanSeconds(s.Seconds) }),
		value("variance_seconds2", "variance of the sample, in square seconds", func(s *analysis.Summary) analysis.Value { return s.Seconds.Variance }),
		value("stddev_seconds", "standard deviation, the square root of the variance", func(s *analysis.Summary) analysis.Value { return s.Seconds.StdDev }),
		value("cv", "coefficient of variation: standard deviation / mean", func(s *analysis.Summary) analysis.Value { return s.Seconds.CV }),
		value("median_seconds", "median of the times", func(s *analysis.Summary) analysis.Value { return s.Seconds.Median }).As("median", 1, func(s *analysis.Summary) string { return format.Seconds(s.Seconds.Median) }),
		value("min_seconds", "time of the fastest trial", func(s *analysis.Summary) analysis.Value { return s.Seconds.Min }),
		value("max_seconds", "time of the slowest trial", func(s *analysis.Summary) analysis.Value { return s.Seconds.Max }),
		column("ci95_low_seconds", "lower end of the 95% interval of the mean; empty if open", func(s *analysis.Summary) table.Value { return low(s.Seconds.CI) }),
		column("ci95_high_seconds", "upper end of the 95% interval of the mean", func(s *analysis.Summary) table.Value { return high(s.Seconds.CI) }),
		column("baseline", "name of the cell that the speed-up compares with", func(s *analysis.Summary) table.Value { return table.Words(s.Baseline) }),
		value("speedup", "mean of the baseline / mean of the cell, over the rounds in which both succeeded; of a [race](measurement.md#racing) the geometric mean of the ratios", func(s *analysis.Summary) analysis.Value { return s.Speedup.Value }).As("speed-up", 10, func(s *analysis.Summary) string { return format.Times(s.Speedup.Value) }).Where(isCompared),
		column("speedup_ci95_low", "lower end of the 95% interval of the speed-up; empty if open", func(s *analysis.Summary) table.Value { return low(s.Speedup.CI) }).As("95% interval", 7, func(s *analysis.Summary) string { return format.TimesInterval(s.Speedup.CI) }).Where(isCompared),
		column("speedup_ci95_high", "upper end of the 95% interval of the speed-up; empty if open", func(s *analysis.Summary) table.Value { return high(s.Speedup.CI) }),
		value("p_value", "p value of the paired t-test on the logarithms of the time ratios; of a [race](measurement.md#racing), of its confidence sequence", func(s *analysis.Summary) analysis.Value { return s.Speedup.P }),
		value("p_adjusted", "p value adjusted by Holm's method over the cells with this baseline", func(s *analysis.Summary) analysis.Value { return s.Adjusted }),
		column("verdict", "`faster`, `slower`, `equivalent` or `inconclusive`. Empty for a baseline, and with fewer than two rounds. Also empty if the cell or its baseline failed, even if the experiment expects that", func(s *analysis.Summary) table.Value { return table.Words(s.Verdict) }).As("verdict", 9, verdictText).Painted(verdictTone),
		value("efficiency", "speed-up / n. Here n is the number of workers with all their threads and stages, but at most the number of cpus, because no more can run at once. Empty if the number of workers is unknown, or if the baseline has more than one worker", func(s *analysis.Summary) analysis.Value { return s.Efficiency }).As("efficiency", 2, func(s *analysis.Summary) string { return format.Percent(s.Efficiency) }).Where(func(s *analysis.Summary) bool { return s.Efficiency.OK }),
		value("files_per_second", "all items / total time", func(s *analysis.Summary) analysis.Value { return s.FilesPerSecond }).As("files/s", 3, func(s *analysis.Summary) string { return format.TrimRate(s.FilesPerSecond) }).Where(func(s *analysis.Summary) bool { return s.FilesPerSecond.OK || s.Cell.Files > 0 }),
		value("bytes_per_second", "all bytes / total time", func(s *analysis.Summary) analysis.Value { return s.BytesPerSecond }).As("rate", 4, func(s *analysis.Summary) string { return format.ByteRate(s.BytesPerSecond) }).Where(func(s *analysis.Summary) bool { return s.BytesPerSecond.OK && s.BytesPerSecond.X > 0 }),
		value("user_seconds", "mean cpu time outside the kernel", func(s *analysis.Summary) analysis.Value { return s.User }),
		value("system_seconds", "mean cpu time inside the kernel", func(s *analysis.Summary) analysis.Value { return s.System }),
		value("max_rss_bytes", "largest peak memory of any trial", func(s *analysis.Summary) analysis.Value { return s.MaxRSS }),
		value("latency_p50_seconds", "median latency of the items of all trials", func(s *analysis.Summary) analysis.Value { return s.Latency.P50 }),
		value("latency_p99_seconds", "99th percentile of the latency of the items of all trials", func(s *analysis.Summary) analysis.Value { return s.Latency.P99 }),
		value("latency_max_seconds", "highest latency of the items of all trials", func(s *analysis.Summary) analysis.Value { return s.Latency.Max }),
		column("stop_reason", "why the cell has no more trials. With all trials completed: `repeats`. With adaptive repeats: `ci` (the interval is narrow enough) or `max` (the maximum is reached, and the interval is too wide). In a race: `dropped` (another cell is better), `race` (the race has ended) or `max` (the race had not ended at the maximum). A beaten baseline, and cells that failed or corrupted items, stay to the end of a race. If the run ended early: `budget`, `interrupted`, `fail-fast`, `fault` (the machine failed) or `killed` (the journal has no final entry: the run was killed or is still running). For one cell: `quarantined`, `retired`, or `skipped` (the cell can no longer run)", func(s *analysis.Summary) table.Value { return table.Words(s.StopReason) }),
		value("sum_rss_bytes", "largest `sum_rss_bytes` of any trial: memory of all processes at one time", func(s *analysis.Summary) analysis.Value { return s.SumRSS }),
		column("verified", "`yes`, or `no` if the operation has no check of the work itself: only the exit code of the command was checked", func(s *analysis.Summary) table.Value { return table.Words(verifiedText(s)) }),

		column("rank", "place of the cell in its table, 1 for the best, by its effect in the model log time = cell + round. Empty for a cell that failed, even if the experiment expects that, and with fewer than two rounds", func(s *analysis.Summary) table.Value { return ranked(s, table.Whole(s.Standing.Rank)) }),
		column("best_set", "`yes` if no cell of the table is better by a paired t-test (in a race by its confidence sequence) at 0.05 / the number of others; else `no`. Empty if `rank` is", func(s *analysis.Summary) table.Value { return ranked(s, table.Words(yesNo(s.Standing.InBestSet))) }),
		value("behind_best", "time of the cell / time of the best - 1, from the same model. For a judged metric that is better when higher, the inverse: best / cell - 1", func(s *analysis.Summary) analysis.Value { return s.Standing.Behind }).As("behind best", 5, func(s *analysis.Summary) string { return format.Percent(s.Standing.Behind) }),
		column("behind_best_ci95_low", "lower end of the 95% interval of the distance to the best. The intervals of a table hold together", func(s *analysis.Summary) table.Value { return low(s.Standing.BehindCI) }),
		column("behind_best_ci95_high", "upper end of that interval", func(s *analysis.Summary) table.Value { return high(s.Standing.BehindCI) }),
		column("bound_by", "what [limits the cell](measurement.md#what-limits-a-cell): `cpu`, `device`, `waiting` (for locks, timers or other computers) or `mixed`; empty if unknown", func(s *analysis.Summary) table.Value { return table.Words(s.BoundBy) }),
		value("ceiling_fraction", "rate of the cell / [the measured limit](measurement.md#ceilings) of the machine that it comes closest to; empty if no limit is known that applies", func(s *analysis.Summary) analysis.Value { return s.Ceiling.Fraction }).As("of limit", 5, ceilingText).Where(func(s *analysis.Summary) bool { return s.Ceiling.Fraction.OK }),
		column("ceiling", "name of this limit", func(s *analysis.Summary) table.Value { return table.Words(s.Ceiling.Name) }),

		table.Text("blocked", 6, func(s *analysis.Summary) string { return format.Seconds(s.Blocked) }).Where(func(s *analysis.Summary) bool { return s.Blocked.OK }),
		table.Text("corrupt", 8, corruptText).Where(func(s *analysis.Summary) bool { return s.Corrupt.OK }),
	}
}

func verifiedText(s *analysis.Summary) string { return yesNo(!s.Unverified) }

// yesNo returns "yes" or "no".
func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// ranked returns a value about the rank of a cell, or an empty one if it has no rank.
func ranked(s *analysis.Summary, v table.Value) table.Value {
	if s.Standing.Rank == 0 {
		return table.Value{Number: v.Number}
	}
	return v
}

// ceilingText returns how much of a limit a cell reaches.
func ceilingText(s *analysis.Summary) string { return format.Percent(s.Ceiling.Fraction) }

// summarySheet returns the table for people.
func summarySheet(run journal.Run, factors []string, cells []*analysis.Summary) table.Sheet {
	columns := append(figureColumns(run), table.Pick(summaryFields(), "speed-up", "95% interval", "efficiency", "files/s", "rate", "of limit", "corrupt", "verdict")...)
	return table.Of(keys(factors, func(s *analysis.Summary) journal.Cell { return s.Cell }), columns, cells)
}

func isCompared(s *analysis.Summary) bool { return s.Speedup.Value.OK && !s.IsBaseline() }

// verdictTone returns the colour of the verdict of a cell.
func verdictTone(s *analysis.Summary) table.Tone {
	switch {
	case s.Status == analysis.StatusFailed:
		return table.Bad
	case s.Status != analysis.StatusOK:
		return table.Doubtful
	}
	return verdictTones[s.Verdict]
}

// verdictTones has the colours of the verdicts. Other verdicts have no colour.
var verdictTones = map[analysis.Verdict]table.Tone{
	analysis.Faster: table.Good, analysis.Slower: table.Worse, analysis.Inconclusive: table.Doubtful,
}

// verdictText returns the verdict of a cell, with its status if that is not ok.
func verdictText(s *analysis.Summary) string {
	verdict := string(s.Verdict)
	if s.IsBaseline() {
		verdict = "baseline"
	}
	switch {
	case !s.IsSound():
		return statusText(s)
	case s.Cell.Retired && verdict != "" && s.Seconds.N > 0:
		return verdict + " (retired)"
	case s.Status == analysis.StatusIncomplete && verdict != "" && s.Seconds.N > 0:
		return verdict + " (incomplete)" // the verdict is valid for the completed trials
	case s.Status != analysis.StatusOK:
		return statusText(s)
	}
	return cmp.Or(verdict, format.Undefined)
}

// statusText returns the status of a cell, and whether the cell is retired. A new cell may have
// the same name as a retired one.
func statusText(s *analysis.Summary) string {
	if s.Cell.Retired {
		return string(s.Status) + " (retired)"
	}
	return string(s.Status)
}

// corruptText returns the mean number of corrupt items, or a dash if the cell does not count them.
func corruptText(s *analysis.Summary) string {
	if !s.Corrupt.OK {
		return format.Undefined
	}
	return format.Average(s.Corrupt.X)
}

// writeDetailsCSV writes one row per cell, in the order of summary.csv, with more detailed
// numbers.
func writeDetailsCSV(w io.Writer, d *Content) error {
	name := summaryFields()[:1]
	return table.WriteCSV(w, slices.Concat(name, detailFields()), d.Cells())
}

// detailFields returns the columns after the cell. None has the name of a column of
// summary.csv, because JSON merges both into one object.
func detailFields() []table.Column[*analysis.Summary] { return append(otherDetails(), tailFields()...) }

// otherDetails returns the columns that are not about tails.
func otherDetails() []table.Column[*analysis.Summary] {
	column := table.New[*analysis.Summary]
	value := func(name, doc string, f func(*analysis.Summary) analysis.Value) table.Column[*analysis.Summary] {
		return column(name, doc, func(r *analysis.Summary) table.Value { return table.Number(f(r)) })
	}
	// measured returns a column of counts that is empty, and not 0, if the cell has no good trials.
	measured := func(name, doc string, f func(*analysis.Summary) int) table.Column[*analysis.Summary] {
		return column(name, doc, func(r *analysis.Summary) table.Value {
			if r.Seconds.N == 0 {
				return table.Value{Number: true}
			}
			return table.Whole(f(r))
		})
	}
	return []table.Column[*analysis.Summary]{
		column("good_trials", "number of good trials, on which the estimates are based", func(r *analysis.Summary) table.Value { return table.Whole(r.Seconds.N) }).As("good trials", 1, func(r *analysis.Summary) string { return format.Thousands(int64(r.Seconds.N)) }),
		column("median_ci95_low_seconds", "lower end of the 95% interval of the median, which assumes no distribution; empty with fewer than six trials", func(r *analysis.Summary) table.Value { return low(r.Seconds.MedianCI) }).As("95% interval", 1, func(r *analysis.Summary) string { return r.Judged.IntervalText(r.Judged.MedianCI) }),
		column("median_ci95_high_seconds", "upper end of the 95% interval of the median", func(r *analysis.Summary) table.Value { return high(r.Seconds.MedianCI) }),
		measured("outliers", "number of mild [outliers](measurement.md#statistics): trials between 1.5 and 3 interquartile ranges outside the middle half of the cell's trials. Estimates include them", func(r *analysis.Summary) int { return r.Judged.Outliers }).As("outliers", 1, outliersText),
		measured("far_outliers", "number of trials that are more than 3 interquartile ranges outside the middle half", func(r *analysis.Summary) int { return r.Judged.FarOutliers }),
		column("pairs", "number of rounds in which both the cell and its baseline succeeded; empty for a baseline", func(r *analysis.Summary) table.Value {
			if r.IsBaseline() || r.Baseline == "" {
				return table.Value{Number: true}
			}
			return table.Whole(r.Speedup.Pairs)
		}),
		value("p_signed_rank", "p value of Wilcoxon's signed-rank test of the same ratios as `p_value`; assumes no distribution; not adjusted", func(r *analysis.Summary) analysis.Value { return r.Speedup.Rank }).As("signed-rank p", 1, func(r *analysis.Summary) string { return format.Probability(r.Speedup.Rank) }).Where(isTested),
		value("serial_fraction", "estimated serial fraction of the work (Karp and Flatt), for the n of `efficiency`. Above 1 the cell is slower than its baseline; below 0 its speed-up is higher than n. Empty if `efficiency` is empty or n is 1", func(r *analysis.Summary) analysis.Value { return r.Serial }).As("serial", 1, func(r *analysis.Summary) string { return format.Percent(r.Serial) }).Where(func(r *analysis.Summary) bool { return r.Serial.OK }),
		value("startup_seconds", "mean time until every worker waits at the start gate", func(r *analysis.Summary) analysis.Value { return r.Startup }),
		value("cached_fraction", "mean fraction of the inputs that was in the page cache", func(r *analysis.Summary) analysis.Value { return r.CachedFraction }),
		value("stored_bytes", "mean number of bytes that the trial made the kernel write to storage", func(r *analysis.Summary) analysis.Value { return r.Stored }),
		value("steal_fraction", "mean fraction of the machine's cpu time that a hypervisor took", func(r *analysis.Summary) analysis.Value { return r.StealFraction }),
		value("others_cpus", "mean number of cpus that other processes kept busy", func(r *analysis.Summary) analysis.Value { return r.Others }),
		value("throttled_fraction", "mean fraction of the time in which the quota of the control group was used up", func(r *analysis.Summary) analysis.Value { return r.Throttled }),
		value("pressure_cpu", "mean fraction of the time in which some task waited for a cpu, including the tasks of the trial", func(r *analysis.Summary) analysis.Value { return r.PressureCPU }),
		value("pressure_io", "mean fraction of the time in which some task waited for storage, including the tasks of the trial", func(r *analysis.Summary) analysis.Value { return r.PressureIO }),
		value("pressure_memory", "mean fraction of the time in which some task waited for memory, including the tasks of the trial", func(r *analysis.Summary) analysis.Value { return r.PressureMemory }),
		measured("noisy_trials", "number of good trials in which `noise` is not empty", func(r *analysis.Summary) int { return r.Noisy }).As("noisy", 1, func(r *analysis.Summary) string { return format.Thousands(int64(r.Noisy)) }).Where(func(r *analysis.Summary) bool { return r.Noisy > 0 }),
		value("baseline_drift", "only for a baseline: change of its time from the first round to the last, by a line fitted to all rounds, as a fraction of the mean", func(r *analysis.Summary) analysis.Value { return r.Drift.Change }),
		column("baseline_drift_ci95_low", "lower end of the 95% interval of the drift", func(r *analysis.Summary) table.Value { return low(r.Drift.CI) }),
		column("baseline_drift_ci95_high", "upper end of the 95% interval of the drift; every report warns if the interval excludes 0 and the drift is at least 0.1%", func(r *analysis.Summary) table.Value { return high(r.Drift.CI) }),
		value("interpreter_startup_seconds", "measured start of the Python interpreter of a contender. It is the median of several starts of a program that does nothing, and part of the time of each trial", func(r *analysis.Summary) analysis.Value { return r.InterpreterStartup }),
		column("inconclusive_because", "the rule that makes the verdict inconclusive, with its figures; empty for another verdict", func(r *analysis.Summary) table.Value { return table.Words(r.OpenReason) }),
		column("programs", "programs that the contender starts, with their versions and the SHA-256 of their files; empty for a built-in strategy", func(r *analysis.Summary) table.Value { return table.Words(r.Programs) }),
		value("cpu_utilization", "mean cpu time / (time * usable cpus); see [What limits a cell](measurement.md#what-limits-a-cell)", func(r *analysis.Summary) analysis.Value { return r.CPUUtilization }).As("cpus busy", 1, func(r *analysis.Summary) string { return format.Percent(r.CPUUtilization) }).Where(func(r *analysis.Summary) bool { return r.CPUUtilization.OK }),
		value("device_busy_fraction", "mean fraction of the time in which the device below the workspace was busy", func(r *analysis.Summary) analysis.Value { return r.DeviceBusy }).As("device busy", 1, func(r *analysis.Summary) string { return format.Percent(r.DeviceBusy) }).Where(func(r *analysis.Summary) bool { return r.DeviceBusy.OK }),
		value("device_read_bytes", "mean number of bytes that were read from this device", func(r *analysis.Summary) analysis.Value { return r.DeviceRead }),
		value("device_write_bytes", "mean number of bytes that were written to it", func(r *analysis.Summary) analysis.Value { return r.DeviceWritten }),
		value("run_delay_seconds", "mean time for which threads waited for a cpu, summed over the threads; empty for a contender", func(r *analysis.Summary) analysis.Value { return r.RunDelay }),

		table.Text("bound by", 1, func(r *analysis.Summary) string { return cmp.Or(string(r.BoundBy), format.Undefined) }).Where(func(r *analysis.Summary) bool { return r.BoundBy != "" }),
		table.Text("median", 1, func(r *analysis.Summary) string { return r.Judged.MedianText() }),
		table.Text("CV", 1, func(r *analysis.Summary) string { return format.Percent(r.Judged.CV) }),
		table.Text("p", 1, func(r *analysis.Summary) string { return format.Probability(r.Speedup.P) }).Where(isTested),
		table.Text("adjusted p", 1, func(r *analysis.Summary) string { return format.Probability(r.Adjusted) }).Where(isTested),
	}
}

func isTested(r *analysis.Summary) bool { return r.Speedup.P.OK }

// detailsSheet returns the second table for people.
func detailsSheet(factors []string, rows []*analysis.Summary) table.Sheet {
	columns := table.Pick(detailFields(), "good trials", "median", "95% interval", "CV", "outliers", "noisy", "p", "adjusted p", "signed-rank p", "serial", "bound by", "cpus busy", "device busy")
	return table.Of(keys(factors, func(r *analysis.Summary) journal.Cell { return r.Cell }), columns, rows)
}

// outliersText returns the number of outliers, such as "2 mild, 1 far".
func outliersText(s *analysis.Summary) string {
	switch mild, far := s.Judged.Outliers, s.Judged.FarOutliers; {
	case s.Judged.N == 0:
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

// writeJSON writes the summaries as a JSON array of objects. Their keys are the columns of
// summary.csv, followed by the columns of details.csv, in the same order. Undefined values are
// null. For a run that is compared with a published table it writes one object instead. The key
// "published" contains the rows of published.csv. The key "findings" contains sentences about
// these rows. The key "cells" contains the array of the summaries.
func writeJSON(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.JSON(w)) // its first error sticks until Flush
	if d.Published != nil {
		if err := writePublishedJSON(out, d.Published); err != nil {
			return err
		}
	}
	if err := table.WriteJSON(out, slices.Concat(summaryColumns(d.Run), judgedColumns(d.Run, detailFields())), d.Cells()); err != nil {
		return err
	}
	if d.Published != nil {
		out.WriteString("}\n")
	}
	return out.Flush()
}

// writePublishedJSON writes the beginning of the object, up to the value of "cells".
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
