package analysis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

func TestLastAttemptCounts(t *testing.T) {
	for _, test := range []struct {
		name   string
		write  func(*analysistest.Builder)
		status Status
		failed int
		good   int
		reason string
	}{
		{"repeated after a timeout", func(w *analysistest.Builder) { w.Bad(1, journal.Timeout, "10m").Good(1) }, StatusOK, 0, 2, ""},
		{"repeated after a crash", func(w *analysistest.Builder) { w.Bad(1, journal.Crashed, "killed").Good(1) }, StatusOK, 0, 2, ""},
		{"repeated after a bad exit", func(w *analysistest.Builder) { w.Bad(1, journal.Failed, "exit status 1").Good(1) }, StatusOK, 0, 2, ""},
		{"repeated and failed again", func(w *analysistest.Builder) { w.Bad(1, journal.Timeout, "10m").Bad(1, journal.Crashed, "killed") }, StatusFailed, 1, 1, "killed"},
		{"repeated after a wrong outcome", func(w *analysistest.Builder) {
			w.Bad(1, journal.Failed, journal.Unverified+"a file is missing").Good(1)
		}, StatusFailed, 1, 2, "an attempt failed and was repeated: verification: a file is missing"},
		{"repeated often after a wrong outcome", func(w *analysistest.Builder) {
			w.Bad(1, journal.Timeout, "10m").Bad(1, journal.Failed, journal.Unverified+"gone").Bad(1, journal.Timeout, "10m").Good(1)
		}, StatusFailed, 1, 2, "an attempt failed and was repeated: verification: gone"},
		{"wrong, and repeated without success", func(w *analysistest.Builder) {
			w.Bad(1, journal.Failed, journal.Unverified+"gone").Bad(1, journal.Crashed, "killed")
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: gone"},
		{"wrong, and not repeated", func(w *analysistest.Builder) { w.Bad(1, journal.Failed, journal.Unverified+"gone") }, StatusFailed, 1, 1, "verification: gone"},
		{"void, and repeated", func(w *analysistest.Builder) { w.Void(1, "disk full").Good(1) }, StatusOK, 0, 2, ""},
		{"void with a wrong outcome, and repeated", func(w *analysistest.Builder) {
			w.Void(1, journal.Unverified+"half of it, as the disk was full").Good(1)
		}, StatusOK, 0, 2, ""},
		{"void", func(w *analysistest.Builder) { w.Void(1, "disk full") }, StatusIncomplete, 0, 1, "1 of 2 trials; fault in trial 4: disk full"},
		{"void after a timeout", func(w *analysistest.Builder) { w.Bad(1, journal.Timeout, "10m").Void(1, "disk full") }, StatusIncomplete, 0, 1, "1 of 2 trials; fault in trial 5: disk full"},
		{"void after a wrong outcome", func(w *analysistest.Builder) {
			w.Bad(1, journal.Failed, journal.Unverified+"gone").Void(1, "disk full")
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: gone"},
	} {
		w := analysistest.NewPair(2)
		w.In(1).Good(0, 1).In(2).Good(0)
		test.write(w)
		w.Note(journal.NoteFinished, "")
		s := New(w.Log).Summaries[1]
		if s.Status != test.status || s.Failed != test.failed || s.Seconds.N != test.good || s.Speedup.Pairs != test.good || s.Reason != test.reason {
			t.Errorf("%s: %s (%q), %d failed, %d good, %d pairs; want %+v", test.name, s.Status, s.Reason, s.Failed, s.Seconds.N, s.Speedup.Pairs, test)
		}
	}
}

// TestEstimatesUseLastAttempts checks that all figures of a cell come from the last attempt of each
// round, whatever the earlier attempts were. The cell with a wrong outcome gets no verdict.
func TestEstimatesUseLastAttempts(t *testing.T) {
	timed := func(w *analysistest.Builder, cell int, seconds float64) {
		w.Add(cell, journal.OK, "").Measurement = analysistest.Measurement(seconds)
	}
	for earlier, want := range map[string]Verdict{"exit status 1": Faster, journal.Unverified + "gone": ""} {
		w := analysistest.NewPair(3)
		for round := 1; round <= 3; round++ {
			w.In(round)
			timed(w, 0, 8)
			w.Add(1, journal.Failed, earlier).Measurement = analysistest.Measurement(0.1)
			timed(w, 1, 2+float64(round)/4)
		}
		w.Note(journal.NoteFinished, "")
		d := New(w.Log)
		s := d.Summaries[1]
		if s.Seconds.N != 3 || s.Seconds.Mean != ValueOf(2.5) || s.Seconds.Min != ValueOf(2.25) || s.Speedup.Pairs != 3 || s.Speedup.Value != ValueOf(3.2) || !s.Speedup.CI.OK || !s.FilesPerSecond.OK {
			t.Errorf("after %q: %+v, %+v", earlier, s.Seconds, s.Speedup)
		}
		if s.Verdict != want || (s.Status == StatusFailed) != (want == "") {
			t.Errorf("after %q: status %s, verdict %q, want %q", earlier, s.Status, s.Verdict, want)
		}
		wantWarning(t, d, "3 attempts of 1 cell failed and were repeated; the first is trial 2, of write/strategy=threads/workers=4: "+earlier+".")
	}
}

func TestRepeatedWarmUpDoesNotReplaceWrongOne(t *testing.T) {
	w := analysistest.NewPair(2)
	w.Run.Warmup = 1
	w.Phase = journal.Warmup
	w.Good(0).Bad(1, journal.Failed, journal.Unverified+"gone").Good(1)
	w.In(1).Good(0, 1).In(2).Good(0, 1).Note(journal.NoteFinished, "")
	s := New(w.Log).Summaries[1]
	if want := "warm-up: an attempt failed and was repeated: verification: gone"; s.Status != StatusFailed || s.Reason != want || s.Verdict != "" {
		t.Errorf("%s because of %q with the verdict %q, want %q and none", s.Status, s.Reason, s.Verdict, want)
	}
}

// TestFailures checks that a repeated timeout and a full disk do not count as failures.
func TestFailures(t *testing.T) {
	want := [][]int{4: {13, 23}, 5: {14}, 8: nil}
	var got [][]int
	for _, s := range New(analysistest.Eventful()).Cells() {
		got = append(got, s.Failures())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("by cell (-want +got):\n%s", diff)
	}
}
