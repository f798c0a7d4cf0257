package analysis

import (
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// splitWarnings returns the warnings about cells measured in another session.
func splitWarnings(d *Data) (list []string) {
	for _, w := range d.Warnings {
		if strings.Contains(w, "another session") {
			list = append(list, w)
		}
	}
	return list
}

func TestWarningForSplitRounds(t *testing.T) {
	const allRounds = "write: measured in another session than the baseline: threads (3 of 3 rounds). Changes between the sessions are part of these speed-ups, because pairing by round does not cancel them. If this affects most rounds of a cell, its verdict is inconclusive."
	for _, test := range []struct {
		name  string
		write func(*analysistest.Builder)
		want  string
	}{
		{"one session", func(w *analysistest.Builder) { w.In(1).Good(0, 1).In(2).Good(0, 1).In(3).Good(0, 1) }, ""},
		{"interrupted within a round", func(w *analysistest.Builder) { w.In(1).Good(0, 1).In(2).Good(0).Resume(1).Good(1).In(3).Good(0, 1) }, ""},
		{"interrupted between rounds", func(w *analysistest.Builder) { w.In(1).Good(0, 1).Resume(1).In(2).Good(0, 1).In(3).Good(0, 1) }, ""},
		{"extended", func(w *analysistest.Builder) {
			w.In(1).Good(0).In(2).Good(0).In(3).Good(0).Resume(1).In(1).Good(1).In(2).Good(1).In(3).Good(1)
		}, allRounds},
		{"interrupted in two rounds", func(w *analysistest.Builder) {
			w.In(1).Good(0).Resume(1).Good(1).In(2).Good(0).Resume(1).Good(1).In(3).Good(0, 1)
		}, strings.Replace(allRounds, "3 of 3", "2 of 3", 1)},
		{"repeated later", func(w *analysistest.Builder) {
			w.In(1).Good(0).Bad(1, journal.Timeout, "1m").In(2).Good(0).Bad(1, journal.Timeout, "1m").In(3).Good(0, 1)
			w.Resume(1).In(1).Good(1).In(2).Good(1)
		}, strings.Replace(allRounds, "3 of 3", "2 of 3", 1)},
		{"repeated later and failed again", func(w *analysistest.Builder) {
			w.In(1).Good(0).Bad(1, journal.Timeout, "1m").In(2).Good(0).Bad(1, journal.Timeout, "1m").In(3).Good(0, 1)
			w.Resume(1).In(1).Bad(1, journal.Timeout, "1m").In(2).Bad(1, journal.Timeout, "1m")
		}, ""},
	} {
		w := analysistest.NewPair(3)
		test.write(w)
		w.Note(journal.NoteFinished, "")
		d := New(w.Log)
		if got := strings.Join(splitWarnings(d), "\n"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if verdict := d.Summaries[1].Verdict; test.want != "" && verdict != estimate.Inconclusive || test.name == "one session" && verdict != estimate.Faster {
			t.Errorf("%s: the verdict is %q", test.name, verdict)
		}
	}
}

// TestClockJumpDoesNotSplitRounds sets the clock back by a day before the second session.
func TestClockJumpDoesNotSplitRounds(t *testing.T) {
	w := analysistest.NewPair(3)
	w.In(1).Good(0, 1).Resume(1)
	w.Now = analysistest.StartTime.AddDate(0, 0, -1)
	w.In(2).Good(0, 1).In(3).Good(0, 1).Note(journal.NoteFinished, "")
	if got := splitWarnings(New(w.Log)); got != nil {
		t.Errorf("the warnings are %q", got)
	}
}

func TestSuspendedTrialsAreCounted(t *testing.T) {
	w := analysistest.NewPair(1)
	w.Good(0, 1).Note(journal.NoteRepeated, "x").Note(journal.NoteRepeated, "y").Note(journal.NoteFinished, "")
	wantWarning(t, New(w.Log), "2 trials were suspended and done again.")
}
