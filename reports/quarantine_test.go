package reports

import (
	"testing"

	"iosweep/journal"
)

func TestQuarantine(t *testing.T) {
	const text = "exit status 1"
	inARow := func(w *diary) {
		w.in(1).good(0).bad(1, journal.Failed, "odd").in(2).good(0).bad(1, journal.Failed, text).quarantine(1)
	}
	for _, test := range []struct {
		name   string
		write  func(*diary)
		status Status
		stop   string
		reason string
	}{
		{"two in a row", inARow, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: exit status 1"},
		{"a warm-up among them", func(w *diary) {
			w.phase = journal.Warmup
			w.bad(1, journal.Crashed, "killed").in(1).bad(1, journal.Timeout, "10m").quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: 10m"},
		{"a warm-up alone", func(w *diary) {
			w.phase = journal.Warmup
			w.bad(1, journal.Crashed, "killed").quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 1 failed trial: killed"},
		{"with retries", func(w *diary) {
			w.in(1).bad(1, journal.Failed, "a").bad(1, journal.Failed, "b").bad(1, journal.Failed, "c").quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 1 failed trial (3 attempts): c"},
		{"a good one before", func(w *diary) {
			w.in(1).bad(1, journal.Failed, "old").in(2).good(1).in(3).bad(1, journal.Failed, text).quarantine(1)
		}, StatusFailed, "repeats", "quarantined after 1 failed trial: exit status 1"},
		{"the disk was full meanwhile", func(w *diary) {
			w.in(1).bad(1, journal.Failed, "a").in(2).void(1, "full").bad(1, journal.Failed, "b").quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: b"},
		{"and was never tried again", func(w *diary) {
			w.in(1).bad(1, journal.Failed, "a").in(2).void(1, "full").in(3).bad(1, journal.Failed, "b").quarantine(1)
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: b"},
		{"lifted by a further trial", func(w *diary) {
			inARow(w)
			w.resume(1).in(1).good(1).note(journal.NoteInterrupted, "")
		}, StatusFailed, "interrupted", "exit status 1"},
		{"and made good", func(w *diary) {
			inARow(w)
			w.resume(1).in(1).good(1).in(2).good(1).note(journal.NoteInterrupted, "")
		}, StatusIncomplete, "interrupted", "2 of 3 trials: interrupted"},
		{"resumed, and left alone all the same", func(w *diary) {
			inARow(w)
			w.note(journal.NoteBudget, "").resume(1).in(3).good(0).note(journal.NoteFinished, "")
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row: exit status 1"},
		{"again", func(w *diary) {
			inARow(w)
			w.resume(1).in(1).bad(1, journal.Failed, "still").quarantine(1).note(journal.NoteFinished, "")
		}, StatusFailed, "quarantined", "quarantined after 2 failed trials in a row (3 attempts): still"},
		{"for what it left", func(w *diary) {
			w.in(1).good(1).quarantine(1).Notes[0].Text = "copy gets no more trials: its last trial left what cannot be removed (x); remove it by hand"
		}, StatusFailed, "quarantined", "quarantined: its last trial left what cannot be removed (x); remove it by hand"},
		{"of a cell that there is not", func(w *diary) { w.in(1).good(1).quarantine(1).Notes[0].Cell = new(17) }, StatusIncomplete, "killed", "1 of 3 trials: " + killed},
	} {
		w := pair(3)
		test.write(w)
		s := New(w.Log).Summaries[1]
		if s.Status != test.status || s.StopReason != test.stop || s.Reason != test.reason {
			t.Errorf("%s: %s, stopped by %q: %q; want %s, %q: %q", test.name, s.Status, s.StopReason, s.Reason, test.status, test.stop, test.reason)
		}
	}
}
