package schedule

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/experiments"
	"iosweep/journal"
)

// Metrics returns the metrics of an experiment, for a journal.
func Metrics(e *experiments.Experiment) (list []journal.Metric) {
	for _, m := range e.Metrics {
		list = append(list, journal.Metric(m))
	}
	return list
}

// metricChanges lists the metrics that were removed, added or redefined, and another judge. A unit is
// a text for reports, which may change.
func metricChanges(previous, planned *journal.Run) (list []string) {
	find := func(metrics []journal.Metric, name string) int {
		return slices.IndexFunc(metrics, func(m journal.Metric) bool { return m.Name == name })
	}
	for _, was := range previous.Metrics {
		at := find(planned.Metrics, was.Name)
		if at < 0 {
			list = append(list, "- metrics."+was.Name)
			continue
		}
		if before, now := describeMetric(was), describeMetric(planned.Metrics[at]); before != now {
			list = append(list, fmt.Sprintf("~ metrics.%s: %s, now %s", was.Name, before, now))
		}
	}
	for _, is := range planned.Metrics {
		if find(previous.Metrics, is.Name) < 0 {
			list = append(list, "+ metrics."+is.Name)
		}
	}
	if previous.Judge != planned.Judge {
		list = append(list, fmt.Sprintf("~ judge: %s, now %s", cmp.Or(previous.Judge, "seconds"), cmp.Or(planned.Judge, "seconds")))
	}
	return list
}

func describeMetric(m journal.Metric) string {
	if m.Stderr != "" {
		return fmt.Sprintf("stderr %q, better %s", m.Stderr, m.Better)
	}
	return fmt.Sprintf("stdout %q, better %s", m.Stdout, m.Better)
}
