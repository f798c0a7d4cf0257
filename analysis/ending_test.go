package analysis

import (
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

const killed = "the run was ended without a word (killed, or power lost), or is still under way"

func TestStopReasonOfLastSession(t *testing.T) {
	for _, test := range []struct {
		name   string
		write  func(*analysistest.Builder)
		stop   string
		reason string
	}{
		{"no note at all", func(*analysistest.Builder) {}, "killed", "1 of 3 trials; " + killed},
		{"a warning is no end", func(w *analysistest.Builder) { w.Note(journal.NoteWarning, "odd") }, "killed", "1 of 3 trials; " + killed},
		{"interrupted", func(w *analysistest.Builder) { w.Note(journal.NoteInterrupted, "") }, "interrupted", "1 of 3 trials; the run was interrupted"},
		{"resumed and killed", func(w *analysistest.Builder) { w.Note(journal.NoteInterrupted, "").Resume(1) }, "killed", "1 of 3 trials; " + killed},
		{"resumed and out of budget", func(w *analysistest.Builder) { w.Resume(1).Note(journal.NoteBudget, "") }, "budget", "1 of 3 trials; the budget was spent"},
		{"a note after the end", func(w *analysistest.Builder) { w.Note(journal.NoteBudget, "").Note(journal.NoteKept, "/w") }, "budget", "1 of 3 trials; the budget was spent"},
		{"fail-fast", func(w *analysistest.Builder) { w.Note(journal.NoteFailFast, "") }, "fail-fast", "1 of 3 trials; --fail-fast stopped the run"},
		{"fault without a trial", func(w *analysistest.Builder) { w.Note(journal.NoteFault, "") }, "fault", "1 of 3 trials; the machine failed"},
		{"fault in another cell", func(w *analysistest.Builder) { w.In(2).Void(0, "disk full").Note(journal.NoteFault, "") }, "fault", "1 of 3 trials; fault in trial 3: disk full"},
		{"fault, resumed, interrupted", func(w *analysistest.Builder) {
			w.In(2).Void(0, "disk full").Note(journal.NoteFault, "").Resume(1).Note(journal.NoteInterrupted, "")
		}, "interrupted", "1 of 3 trials; the run was interrupted"},
		{"fault in this cell, resumed, interrupted", func(w *analysistest.Builder) {
			w.In(2).Void(1, "disk full").Note(journal.NoteFault, "").Resume(1).Note(journal.NoteInterrupted, "")
		}, "fault", "1 of 3 trials; fault in trial 3: disk full"},
		{"an earlier fault, and another without a trial", func(w *analysistest.Builder) {
			w.In(2).Void(0, "disk full").Note(journal.NoteFault, "").Resume(1).Good(0).Note(journal.NoteFault, "")
		}, "fault", "1 of 3 trials; the machine failed"},
		{"retired", func(w *analysistest.Builder) {
			w.Run.Cells[1].Retired = true
			w.Note(journal.NoteFinished, "")
		}, "retired", "1 of 3 trials; no longer in the experiment"},
		{"can no longer run", func(w *analysistest.Builder) {
			w.Run.Cells[1].Skip = "python3 is not installed"
			w.Note(journal.NoteFinished, "")
		}, "skipped", "1 of 3 trials; python3 is not installed"},
	} {
		w := analysistest.NewPair(3)
		w.In(1).Good(0, 1)
		test.write(w)
		s := New(w.Log).Summaries[1]
		if s.StopReason != test.stop || s.Reason != test.reason || s.Status != StatusIncomplete {
			t.Errorf("%s: %s, stopped by %q: %q; want %q: %q", test.name, s.Status, s.StopReason, s.Reason, test.stop, test.reason)
		}
	}
}

func TestCompleteRetiredCellIsOK(t *testing.T) {
	w := analysistest.NewPair(2)
	w.In(1).Good(0, 1).In(2).Good(0, 1).Note(journal.NoteFinished, "")
	w.Run.Cells[1].Retired = true
	s := New(w.Log).Summaries[1]
	if s.Status != StatusOK || s.Seconds.N != 2 || s.StopReason != "retired" {
		t.Errorf("%s with %d good trials, stopped by %q", s.Status, s.Seconds.N, s.StopReason)
	}
}

// TestPlanMayShrink checks that trials of rounds beyond the present plan keep their
// figures and do not replace missing ones.
func TestPlanMayShrink(t *testing.T) {
	w := analysistest.NewPair(2)
	w.In(1).Good(0).In(2).Good(0, 1).In(3).Good(0, 1).Note(journal.NoteFinished, "")
	d := New(w.Log)
	if s := d.Summaries[0]; s.Status != StatusOK || s.Trials != 3 || s.Seconds.N != 3 {
		t.Errorf("the baseline is %s with %d trials, %d good", s.Status, s.Trials, s.Seconds.N)
	}
	if s := d.Summaries[1]; s.Status != StatusIncomplete || remaining(d) != 1 {
		t.Errorf("the cell without round 1 is %s, %d trials remain", s.Status, remaining(d))
	}
}
