package reports

import (
	"fmt"

	"iosweep/internal/estimate"
	"iosweep/runner/journal"
)

// warnings says what is odd about a run. torn counts the bytes of a cut-off
// last line of the journal, unread the latency histograms that are damaged.
func warnings(d *Data, torn, unread int) []string {
	var list []string
	for _, n := range d.Notes {
		if n.Kind == journal.NoteWarning {
			list = append(list, n.Text)
		}
	}
	if torn > 0 {
		list = append(list, fmt.Sprintf("The last line of the journal, of %s, was cut off while it was written: its trial is not counted.", count(torn, "byte")))
	}
	if unread > 0 {
		list = append(list, fmt.Sprintf("The latencies of %s could not be read and are left out.", count(unread, "trial")))
	}
	list = append(list, noiseWarning(d.Trials)...)
	var doubtful, drifting []string
	for _, g := range d.Groups() {
		doubtful = append(doubtful, doubtWarning(g)...)
		drifting = append(drifting, driftWarning(d, g)...)
	}
	list = append(list, atMost(doubtful, "further baselines are failed or unfinished too")...)
	return append(list, atMost(drifting, "further baselines drifted too")...)
}

// mostAlike is how many warnings of a kind are printed one by one: a night that
// ended early has as many unfinished baselines as it has tables.
const mostAlike = 3

func atMost(list []string, rest string) []string {
	if len(list) <= mostAlike+1 {
		return list
	}
	return append(list[:mostAlike:mostAlike], fmt.Sprintf("%d %s; summary.csv has all of them.", len(list)-mostAlike, rest))
}

// noiseWarning counts the measured trials that something else ran beside.
func noiseWarning(trials []journal.Trial) []string {
	measured, noisy, first := 0, 0, ""
	for _, t := range trials {
		if t.Phase != journal.Measured || t.Measurement == nil {
			continue
		}
		measured++
		if t.Measurement.Noise != "" {
			noisy++
			if first == "" {
				first = fmt.Sprintf("trial %d: %s", t.Trial, t.Measurement.Noise)
			}
		}
	}
	if noisy == 0 {
		return nil
	}
	return []string{fmt.Sprintf("The machine was not quiet in %d of %s; the first is %s.", noisy, count(measured, "measured trial"), first)}
}

// doubtWarning says that the baseline of a table has too few good trials.
func doubtWarning(g Group) []string {
	b := g.Baseline
	if b == nil || b.Status == StatusOK || b.Trials == 0 && len(g.Cells) == 1 {
		return nil
	}
	return []string{fmt.Sprintf("The baseline %s is %s (%s): speed-ups against it rest on %s.",
		b.Cell.Name, b.Status, b.Reason, count(b.Seconds.N, "good trial"))}
}

// driftWarning says that the baseline of a table drifted from round to round.
func driftWarning(d *Data, g Group) []string {
	b := g.Baseline
	if b == nil {
		return nil
	}
	var rounds, seconds []float64
	for _, t := range d.good[b.Index] {
		rounds = append(rounds, float64(t.Round))
		seconds = append(seconds, t.Measurement.Seconds)
	}
	trend := estimate.TrendOf(rounds, seconds)
	if !trend.Drifts() {
		return nil
	}
	return []string{fmt.Sprintf("The baseline %s drifted by %+.1f%% from its first round to its last (95%% interval %+.1f%% to %+.1f%%): the machine changed while the run went on. Speed-ups are paired by round, absolute times are not.",
		b.Cell.Name, 100*trend.Change.X, 100*trend.CI.Low, 100*trend.CI.High)}
}
