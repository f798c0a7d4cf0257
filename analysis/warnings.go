package analysis

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
)

// warnings returns all warnings about a run. torn is the number of bytes of a cut-off
// last line of the journal, unread the number of damaged latency histograms.
func warnings(d *Data, torn, unread int) []string {
	list := alike(d.Notes, len(d.Run.Nodes) > 0)
	if torn > 0 {
		list = append(list, fmt.Sprintf("The last line of the journal, of %s, was not written completely and is not counted.", format.Count(torn, "byte")))
	}
	if unread > 0 {
		list = append(list, fmt.Sprintf("The latencies of %s could not be read and are left out.", format.Count(unread, "trial")))
	}
	list = append(list, repeatWarning(d), maxRepeatsWarning(d), suspendedWarning(d.Notes), noiseWarning(d), othersWarning(d), outlierWarning(d))
	var doubtful, drifting, divided []string
	for _, g := range d.Tables {
		doubtful = append(doubtful, doubtWarning(g))
		drifting = append(drifting, d.driftWarning(g))
		divided = append(divided, splitWarning(d, g))
	}
	list = slices.Concat(nonEmpty(list), atMost(1, nonEmpty(doubtful), "further baselines are failed or unfinished too; summary.csv has all of them"),
		atMost(1, nonEmpty(drifting), "further baselines drifted too; details.csv has all of them"), atMost(1, nonEmpty(divided), "further tables were measured in several sessions, too; trials.csv has the start times of all trials"))
	for i := range list {
		list[i] = oneline.Of(list[i]) // some warnings quote the output of programs
	}
	return list
}

// nonEmpty returns the sentences that are not empty. Most checks return an empty
// sentence.
func nonEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// atMost returns the first sentences of a longer list, and a sentence that counts the others.
// rest describes the others and names the file that shows them. A run that ended early has an
// unfinished baseline in every table.
func atMost(first int, list []string, rest string) []string {
	if len(list) <= first+1 {
		return list
	}
	return append(list[:first:first], fmt.Sprintf("%d %s.", len(list)-first, rest))
}

// beforeRun begins the warnings of the checks before a session. Each session of a run has its own.
const beforeRun = "Before the run "

// alike returns the texts of the warnings among notes. Of more than two texts that differ only in
// numbers it returns the first, with their count. Of several sessions with the same problem it
// returns the first, with the number of the others, whatever their figures and programs are. In a merged
// run, the first words of a warning can name its nodes.
func alike(notes []journal.Note, merged bool) (list []string) {
	again := "later session"
	if merged {
		again = "other attempt"
	}
	texts := map[string][]string{}
	var kinds []string
	for _, n := range notes {
		if n.Kind != journal.NoteWarning {
			continue
		}
		kind := number().ReplaceAllString(n.Text, "0")
		if nodes, rest, ok := strings.Cut(kind, ": "); merged && ok && strings.HasPrefix(nodes, "On ") {
			kind = rest
		}
		if strings.HasPrefix(kind, beforeRun) {
			kind, _, _ = strings.Cut(kind, "0")
		}
		if texts[kind] == nil {
			kinds = append(kinds, kind)
		}
		texts[kind] = append(texts[kind], n.Text)
	}
	for _, kind := range kinds {
		if more := len(texts[kind]) - 1; more > 0 && strings.HasPrefix(kind, beforeRun) {
			list = append(list, fmt.Sprintf("%s This was so before %s too; trials.jsonl has all warnings.", texts[kind][0], format.Count(more, again)))
			continue
		}
		list = append(list, atMost(1, texts[kind], "further warnings are of this kind; trials.jsonl has all of them")...)
	}
	return list
}

// repeatWarning counts the attempts that failed and were repeated.
func repeatWarning(d *Data) string {
	attempts, cells := 0, 0
	var first *journal.Trial
	for _, s := range d.Cells() {
		before := attempts
		for _, r := range s.results {
			for _, t := range r.before {
				attempts++
				if first == nil || t.Trial < first.Trial {
					first = t
				}
			}
		}
		if attempts > before {
			cells++
		}
	}
	if attempts == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %s failed and %s repeated; the first is trial %d, of %s: %s.",
		format.Count(attempts, "attempt"), format.Count(cells, "cell"), were(attempts), first.Trial, d.Run.Cells[first.Cell].Name, strings.TrimRight(format.OneLine(errorOf(first)), "."))
}

// suspendedWarning counts the trials that were suspended and therefore not recorded.
func suspendedWarning(notes []journal.Note) string {
	n := 0
	for _, note := range notes {
		if note.Kind == journal.NoteRepeated {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s suspended and done again.", format.Count(n, "trial"), were(n))
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// measured yields the measured trials that count, good or failed, if they have a
// measurement.
func (d *Data) measured() iter.Seq[*journal.Trial] {
	return func(yield func(*journal.Trial) bool) {
		for _, s := range d.Cells() {
			for _, r := range s.results {
				if r.Phase == journal.Measured && r.Measurement != nil && !yield(r.Trial) {
					return
				}
			}
		}
	}
}

// noiseWarning counts the measured trials during which the machine was not quiet.
func noiseWarning(d *Data) string {
	measured, noisy := 0, 0
	var first *journal.Trial
	for t := range d.measured() {
		measured++
		if t.Measurement.Noise == "" {
			continue
		}
		noisy++
		if first == nil || t.Trial < first.Trial {
			first = t
		}
	}
	if noisy == 0 {
		return ""
	}
	machine, on := "The machine was", ""
	if first.Node != "" {
		machine, on = "The nodes were", " on "+first.Node
	}
	return fmt.Sprintf("%s not quiet in %s of %s; the first is trial %d%s: %s.", machine, format.Thousands(int64(noisy)), format.Count(measured, "measured trial"), first.Trial, on, first.Measurement.Noise)
}

// doubtWarning reports a baseline with too few good trials, or one that did not do its work.
func doubtWarning(g Table) string {
	b := g.Baseline
	if b == nil || b.Status == StatusOK || b.Trials == 0 && len(g.Cells) == 1 {
		return ""
	}
	if b.ExpectedFailures > 0 {
		return fmt.Sprintf("The baseline %s failed, as expected (%s): no cell is judged against it.", b.Cell.Name, b.Finding)
	}
	return fmt.Sprintf("The baseline %s is %s (%s): speed-ups against it rest on %s.",
		b.Cell.Name, b.Status, b.Reason, format.Count(b.Seconds.N, "good trial"))
}

// driftWarning reports a baseline that drifted from round to round, on one node if several measured it.
func (d *Data) driftWarning(g Table) string {
	b, machine, where := g.Baseline, "machine", ""
	if b == nil {
		return ""
	}
	for _, part := range d.ResultsByNode(b) {
		if machine, where = "node", " on "+part.Node.Name; part.Drift.Drifts() {
			b = part.Summary
			break
		}
	}
	if !b.Drift.Drifts() {
		return ""
	}
	subject := "The baseline"
	if !g.Judge.IsTime() {
		subject = "The " + g.Judge.Name() + " of the baseline"
	}
	return fmt.Sprintf("%s %s drifted by %s%s from its first round to its last (95%% interval %s to %s): the %s changed during the run. Speed-ups are paired by round, absolute %s are not.",
		subject, b.Cell.Name, format.SignedPercent(b.Drift.Change.X), where, format.SignedPercent(b.Drift.CI.Low), format.SignedPercent(b.Drift.CI.High), machine, g.Judge.ValuesName())
}

// A warning appears if the load of other processes reaches both limits. The load is
// computed over all trials together, but the limits equal the limits for a single trial.
const (
	maxOthersCPUs    = 0.10  // mean number of busy processors
	minOthersSeconds = 0.030 // processor time
)

// othersWarning reports the load of other processes over all measured trials. The kernel
// counts in ticks of 10 ms, so the load shows only over many short trials.
func othersWarning(d *Data) string {
	var took, others float64
	trials := 0
	for t := range d.measured() {
		trials++
		m := t.Measurement
		took += m.Seconds
		if m.Others != nil { // it is unknown for a trial shorter than a tick
			others += *m.Others * m.Seconds
		}
	}
	if took <= 0 || others < minOthersSeconds || others/took < maxOthersCPUs {
		return ""
	}
	return fmt.Sprintf("Other processes kept at least %.2f cpus busy while %s %s measured. This also disturbed trials that are too short to be marked as noisy.",
		others/took, format.Count(trials, "trial"), were(trials))
}
