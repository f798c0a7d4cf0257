package analysis

import (
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

func TestQuarantine(t *testing.T) {
	const text = "exit status 1"
	inARow := func(w *analysistest.Builder) {
		w.In(1).Good(0).Bad(1, journal.Failed, "odd").In(2).Good(0).Bad(1, journal.Failed, text).Quarantine(1)
	}
	for _, test := range []struct {
		name   string
		write  func(*analysistest.Builder)
		status Status
		stop   string
		reason string
	}{
		{"two in a row", inARow, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: exit status 1"},
		{"a warm-up among them", func(w *analysistest.Builder) {
			w.Phase = journal.Warmup
			w.Bad(1, journal.Crashed, "killed").In(1).Bad(1, journal.Timeout, "10m").Quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: 10m"},
		{"a warm-up alone", func(w *analysistest.Builder) {
			w.Phase = journal.Warmup
			w.Bad(1, journal.Crashed, "killed").Quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 1 failed trial: killed"},
		{"with retries", func(w *analysistest.Builder) {
			w.In(1).Bad(1, journal.Failed, "a").Bad(1, journal.Failed, "b").Bad(1, journal.Failed, "c").Quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 1 failed trial (3 attempts): c"},
		{"a good one before", func(w *analysistest.Builder) {
			w.In(1).Bad(1, journal.Failed, "old").In(2).Good(1).In(3).Bad(1, journal.Failed, text).Quarantine(1)
		}, StatusFailed, "repeats", "quarantined after 1 failed trial: exit status 1"},
		{"with a void trial between them", func(w *analysistest.Builder) {
			w.In(1).Bad(1, journal.Failed, "a").In(2).Void(1, "full").Bad(1, journal.Failed, "b").Quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: b"},
		{"with a void trial that was not repeated", func(w *analysistest.Builder) {
			w.In(1).Bad(1, journal.Failed, "a").In(2).Void(1, "full").In(3).Bad(1, journal.Failed, "b").Quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: b"},
		{"lifted by a further trial", func(w *analysistest.Builder) {
			inARow(w)
			w.Resume(1).In(1).Good(1).Note(journal.NoteInterrupted, "")
		}, StatusFailed, "interrupted", "exit status 1"},
		{"lifted by successful trials", func(w *analysistest.Builder) {
			inARow(w)
			w.Resume(1).In(1).Good(1).In(2).Good(1).Note(journal.NoteInterrupted, "")
		}, StatusIncomplete, "interrupted", "2 of 3 trials; the run was interrupted"},
		{"still in quarantine after a resume", func(w *analysistest.Builder) {
			inARow(w)
			w.Note(journal.NoteBudget, "").Resume(1).In(3).Good(0).Note(journal.NoteFinished, "")
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: exit status 1"},
		{"again", func(w *analysistest.Builder) {
			inARow(w)
			w.Resume(1).In(1).Bad(1, journal.Failed, "still").Quarantine(1).Note(journal.NoteFinished, "")
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row (3 attempts): still"},
		{"because of files that cannot be removed", func(w *analysistest.Builder) {
			w.In(1).Good(1).Quarantine(1).Notes[0].Text = "copy gets no more trials: its last trial left what cannot be removed (x); remove it by hand"
		}, StatusFailed, "quarantined", "quarantined: its last trial left what cannot be removed (x); remove it by hand"},
		{"of a cell that does not exist", func(w *analysistest.Builder) { w.In(1).Good(1).Quarantine(1).Notes[0].Cell = new(17) }, StatusIncomplete, "killed", "1 of 3 trials; " + killed},
	} {
		w := analysistest.NewPair(3)
		test.write(w)
		s := New(w.Log).Summaries[1]
		if s.Status != test.status || s.StopReason != test.stop || s.Reason != test.reason {
			t.Errorf("%s: %s, stopped by %q: %q; want %s, %q: %q", test.name, s.Status, s.StopReason, s.Reason, test.status, test.stop, test.reason)
		}
	}
}
