package reports

import (
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/journal"
	"iosweep/reports/table"
)

// trialMetrics returns the columns of the metrics in trials.csv.
func trialMetrics(run journal.Run) (list []table.Column[trialRow]) {
	for _, m := range run.Metrics {
		list = append(list, table.New("metric_"+m.Name, "value of the metric in a trial; empty for a built-in strategy", func(r trialRow) table.Value {
			if r.Measurement == nil {
				return table.Value{Number: true}
			}
			if x, ok := r.Measurement.Figure(m); ok {
				return pointer(&x)
			}
			return table.Value{Number: true}
		}))
	}
	return list
}

// summaryMetrics returns the columns of the metrics in summary.csv. A run without metrics has none.
func summaryMetrics(run journal.Run) (list []table.Column[*analysis.Summary]) {
	column := table.New[*analysis.Summary]
	for _, f := range analysis.MetricsOf(&run) {
		name := "metric_" + f.Key()
		list = append(list,
			column(name+"_mean", "mean of the metric", func(s *analysis.Summary) table.Value { return table.Number(s.Estimates(f).Mean) }).As(f.Name(), 5, func(s *analysis.Summary) string { return s.Estimates(f).MeanText() }).Where(func(s *analysis.Summary) bool { return s.Estimates(f).N > 0 }),
			column(name+"_variance", "variance of the sample, in the square of the unit", func(s *analysis.Summary) table.Value { return table.Number(s.Estimates(f).Variance) }),
			column(name+"_ci95_low", "lower end of the 95% interval of the mean; empty if open", func(s *analysis.Summary) table.Value { return low(s.Estimates(f).CI) }),
			column(name+"_ci95_high", "upper end of the 95% interval of the mean", func(s *analysis.Summary) table.Value { return high(s.Estimates(f).CI) }))
	}
	if len(list) > 0 || run.Judge != "" {
		list = append(list, column("judge", "the figure that speed-ups and verdicts are about: `seconds`, `latency_p99`, `latency_max` or the name of a metric", func(s *analysis.Summary) table.Value { return table.Words(s.Judged.Key()) }))
	}
	return list
}

// anyMetric is a run with a metric whose name stands for any. The documentation describes its columns.
var anyMetric = journal.Run{Metrics: []journal.Metric{{Name: "NAME"}}}

// figureColumns returns the columns with the means of the figures, for people. The judged figure comes
// first and is the last to be hidden. Only the time has a median.
func figureColumns(run journal.Run) []table.Column[*analysis.Summary] {
	ofTime := table.Pick(summaryFields(), "mean", "blocked", "median")
	metrics := slices.DeleteFunc(summaryMetrics(run), func(c table.Column[*analysis.Summary]) bool { return c.Title == "" })
	at := slices.IndexFunc(run.Metrics, func(m journal.Metric) bool { return m.Name == run.Judge })
	if metric, ok := run.JudgedMetric(); ok && at < 0 { // a tail
		at = 0
		metrics = slices.Insert(metrics, 0, table.Pick(tailFields(), strings.TrimPrefix(metric.Name, "latency_")+" latency")...)
	}
	if at < 0 {
		return slices.Concat(ofTime, metrics)
	}
	judged := metrics[at]
	judged.Weight = ofTime[0].Weight
	ofTime[0].Title, ofTime[0].Weight = "mean time", 4
	return slices.Concat([]table.Column[*analysis.Summary]{judged}, slices.Delete(metrics, at, at+1), ofTime[:2])
}

// judgedColumns changes the meanings of the columns that are about the judged figure, if it is not the
// time.
func judgedColumns(run journal.Run, columns []table.Column[*analysis.Summary]) []table.Column[*analysis.Summary] {
	metric, ok := run.JudgedMetric()
	if !ok {
		return columns
	}
	ratio := "mean of the baseline / mean of the cell"
	if metric.Better == journal.BetterHigher {
		ratio = "mean of the cell / mean of the baseline"
	}
	meanings := map[string]string{
		"speedup":        ratio + ", of " + metric.Name + ", over the rounds in which both succeeded",
		"p_value":        "p value of the paired t-test on the logarithms of the ratios of " + metric.Name,
		"baseline_drift": "only for a baseline: change of " + metric.Name + " from the first round to the last, by a line fitted to all rounds, as a fraction of the mean",
	}
	for i := range columns {
		if meaning := meanings[columns[i].Name]; meaning != "" {
			columns[i].Doc = meaning
		}
	}
	return columns
}

// notExportedTimes describes what an export of times leaves out.
func notExportedTimes(d *Content) []string {
	list := notExported(d)
	if d.Judge.IsTail() {
		list = append(list, "The run is judged by its "+d.Judge.Name()+", which is left out, because the format has only times.")
	}
	for _, m := range d.Run.Metrics {
		list = append(list, "The metric "+m.Name+" is left out, because the format has only times.")
	}
	return list
}
