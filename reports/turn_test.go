package reports

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// pair is a diary of a baseline and a cell, with so many repeats.
func pair(repeats int) *diary {
	w := newDiary(repeats,
		sampleCell{levels: "operation=write strategy=sequential", seconds: []float64{8}},
		sampleCell{levels: "operation=write strategy=threads workers=4", seconds: []float64{2}},
	)
	w.Run.Warmup = 0
	w.phase = journal.Measured
	return w
}

func TestOnlyTheLastAttemptCounts(t *testing.T) {
	for _, test := range []struct {
		name   string
		write  func(*diary)
		status Status
		failed int
		good   int
		reason string
	}{
		{"repeated after a timeout", func(w *diary) { w.bad(1, journal.Timeout, "10m").good(1) }, StatusOK, 0, 2, ""},
		{"repeated after a crash", func(w *diary) { w.bad(1, journal.Crashed, "killed").good(1) }, StatusOK, 0, 2, ""},
		{"repeated after a bad exit", func(w *diary) { w.bad(1, journal.Failed, "exit status 1").good(1) }, StatusOK, 0, 2, ""},
		{"repeated in vain", func(w *diary) { w.bad(1, journal.Timeout, "10m").bad(1, journal.Crashed, "killed") }, StatusFailed, 1, 1, "killed"},
		{"repeated after a wrong outcome", func(w *diary) {
			w.bad(1, journal.Failed, journal.Unverified+"a file is missing").good(1)
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: a file is missing"},
		{"repeated often after a wrong outcome", func(w *diary) {
			w.bad(1, journal.Timeout, "10m").bad(1, journal.Failed, journal.Unverified+"gone").bad(1, journal.Timeout, "10m").good(1)
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: gone"},
		{"wrong, and not repeated", func(w *diary) { w.bad(1, journal.Failed, journal.Unverified+"gone") }, StatusFailed, 1, 1, "verification: gone"},
		{"void, and done again", func(w *diary) { w.void(1, "disk full").good(1) }, StatusOK, 0, 2, ""},
		{"void with a wrong outcome, and done again", func(w *diary) {
			w.void(1, journal.Unverified+"half of it, as the disk was full").good(1)
		}, StatusOK, 0, 2, ""},
		{"void", func(w *diary) { w.void(1, "disk full") }, StatusIncomplete, 0, 1, "1 of 2 trials: fault in trial 4: disk full"},
		{"void after a timeout", func(w *diary) { w.bad(1, journal.Timeout, "10m").void(1, "disk full") }, StatusIncomplete, 0, 1, "1 of 2 trials: fault in trial 5: disk full"},
		{"void after a wrong outcome", func(w *diary) {
			w.bad(1, journal.Failed, journal.Unverified+"gone").void(1, "disk full")
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: gone"},
	} {
		w := pair(2)
		w.in(1).good(0, 1).in(2).good(0)
		test.write(w)
		w.note(journal.NoteFinished, "")
		s := New(w.Log).Summaries[1]
		if s.Status != test.status || s.Failed != test.failed || s.Seconds.N != test.good || s.Speedup.Pairs != test.good || s.Reason != test.reason {
			t.Errorf("%s: %s (%q), %d failed, %d good, %d pairs; want %+v", test.name, s.Status, s.Reason, s.Failed, s.Seconds.N, s.Speedup.Pairs, test)
		}
	}
}

func TestAWrongWarmUpIsNotMadeGood(t *testing.T) {
	w := pair(2)
	w.Run.Warmup = 1
	w.phase = journal.Warmup
	w.good(0).bad(1, journal.Failed, journal.Unverified+"gone").good(1)
	w.in(1).good(0, 1).in(2).good(0, 1).note(journal.NoteFinished, "")
	s := New(w.Log).Summaries[1]
	if want := "warm-up: an attempt failed and was repeated: verification: gone"; s.Status != StatusFailed || s.Reason != want || s.Verdict != "" {
		t.Errorf("%s because of %q with the verdict %q, want %q and none", s.Status, s.Reason, s.Verdict, want)
	}
}

// TestARepeatedTrialIsPairedInItsRound: what a resumed run does again, long after,
// still stands beside the baseline of the same round.
func TestARepeatedTrialIsPairedInItsRound(t *testing.T) {
	w := pair(2)
	w.in(1).good(0).bad(1, journal.Timeout, "10m").in(2).good(0, 1)
	w.resume(1).in(1).good(1).note(journal.NoteFinished, "")
	for i, seconds := range []float64{10, 0, 100, 50, 5} {
		if m := w.Trials[i].Measurement; m != nil {
			m.Seconds = seconds
		}
	}
	d := New(w.Log)
	if s := d.Summaries[1]; s.Speedup.Value != estimate.Of(2) || s.Speedup.Pairs != 2 || s.Status != StatusOK {
		t.Errorf("speed-up %v of %d pairs, %s", s.Speedup.Value, s.Speedup.Pairs, s.Status)
	}
	if rows := records(t, trialsCSV{}, d); len(rows) != 1+5 {
		t.Errorf("trials.csv has %d lines, want one for every record", len(rows))
	}
	if md := markdownOf(t, d); !strings.Contains(md, ": 4 of 4 measured trials done.") {
		t.Errorf("report.md says %s", md)
	}
	wantWarning(t, d.Data, "1 attempt of 1 cell failed and was repeated; the first is trial 2, of write/strategy=threads/workers=4: 10m.")
}

// TestWhatIsMarkedAsFailed: not the timeout that was made good, and not the full disk.
func TestWhatIsMarkedAsFailed(t *testing.T) {
	want := [][]int{4: {13, 23}, 5: {14}, 8: nil}
	if diff := cmp.Diff(want, New(night()).failures()); diff != "" {
		t.Errorf("by cell (-want +got):\n%s", diff)
	}
}

func TestRowsSayWhatIsWrong(t *testing.T) {
	d := New(night())
	for cell, want := range map[int]string{0: "sequential", 1: "threads (retired)", 4: "python-threads (2 of 2 failed)", 5: "async (1 of 5 failed)"} {
		if got := rowLabel(&d.Summaries[cell], []string{"strategy"}); got != want {
			t.Errorf("cell %d is %q, want %q", cell, got, want)
		}
	}
	d = New(until(night(), journal.NoteFault, cellsAtFirst))
	if got := rowLabel(&d.Summaries[1], []string{"strategy"}); got != "threads (incomplete)" {
		t.Errorf("an unfinished cell is %q", got)
	}
}
