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
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: a file is missing"},
		{"repeated often after a wrong outcome", func(w *analysistest.Builder) {
			w.Bad(1, journal.Timeout, "10m").Bad(1, journal.Failed, journal.Unverified+"gone").Bad(1, journal.Timeout, "10m").Good(1)
		}, StatusFailed, 1, 1, "an attempt failed and was repeated: verification: gone"},
		{"wrong, and not repeated", func(w *analysistest.Builder) { w.Bad(1, journal.Failed, journal.Unverified+"gone") }, StatusFailed, 1, 1, "verification: gone"},
		{"void, and repeated", func(w *analysistest.Builder) { w.Void(1, "disk full").Good(1) }, StatusOK, 0, 2, ""},
		{"void with a wrong outcome, and repeated", func(w *analysistest.Builder) {
			w.Void(1, journal.Unverified+"half of it, as the disk was full").Good(1)
		}, StatusOK, 0, 2, ""},
		{"void", func(w *analysistest.Builder) { w.Void(1, "disk full") }, StatusIncomplete, 0, 1, "1 of 2 trials: fault in trial 4: disk full"},
		{"void after a timeout", func(w *analysistest.Builder) { w.Bad(1, journal.Timeout, "10m").Void(1, "disk full") }, StatusIncomplete, 0, 1, "1 of 2 trials: fault in trial 5: disk full"},
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
