package reproduce

import (
	"slices"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
)

// TestExpectedFailureHasOneName checks that the counts call an expected failure by its status.
func TestExpectedFailureHasOneName(t *testing.T) {
	r := New(analysis.New(analysistest.SaveFiles()))
	const want = "Programs: 2 limited, 4 inconclusive (1 xfail, 1 not run)."
	if got := r.OutcomeCounts(); !slices.Contains(got, want) {
		t.Errorf("got %q, want %q among them", got, want)
	}
	n := 0
	for _, a := range r.attempts() {
		if a.IsExpectedFailure() {
			n++
			if a.Cell.Status != analysis.StatusXFail || a.Outcome != Undecided {
				t.Errorf("%s has the status %s and the outcome %s", a.Contender, a.Cell.Status, a.Outcome)
			}
		}
	}
	if n != 1 {
		t.Errorf("got %d expected failures, want 1", n)
	}
}
