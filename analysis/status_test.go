package analysis

import (
	"fmt"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// TestExpectedFailureHasItsOwnStatus checks all cells that failed as expected: alone, mixed with
// trials that passed, with an unexpected failure, and with too few trials.
func TestExpectedFailureHasItsOwnStatus(t *testing.T) {
	const finding = `verification: item 0 "data-0000.csv": missing; 200 of 200 items wrong`
	mixed := 0
	d := New(analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8, 8, 8}},
		analysistest.Cell{Levels: "operation=write strategy=loses", Seconds: []float64{0.3, 0.3, 0.3}, Change: analysistest.AsExpectedFailure},
		analysistest.Cell{Levels: "operation=write strategy=mixed", Seconds: []float64{2, 2, 2}, Change: func(tr *journal.Trial) {
			if mixed++; mixed > 1 {
				analysistest.AsExpectedFailure(tr)
			}
		}},
		analysistest.Cell{Levels: "operation=write strategy=fails", Seconds: []float64{2, 2, 0}, Change: func(tr *journal.Trial) {
			if tr.Status == journal.OK {
				analysistest.AsExpectedFailure(tr)
			}
		}},
		analysistest.Cell{Levels: "operation=write strategy=stops", Seconds: []float64{2, 2}, Change: analysistest.AsExpectedFailure},
	))
	for i, want := range []struct {
		status   Status
		reason   string
		failed   int
		expected int
	}{
		{StatusOK, "", 0, 0},
		{StatusXFail, finding, 0, 3},
		{StatusXFail, finding, 0, 2},
		{StatusFailed, "file-00017.csv", 1, 2},
		{StatusIncomplete, "2 of 3 trials", 0, 2},
	} {
		s := d.Summaries[i]
		if s.Status != want.status || !strings.HasPrefix(s.Reason, want.reason) || (s.Reason == "") != (want.reason == "") || s.Failed != want.failed || s.ExpectedFailures != want.expected {
			t.Errorf("%s: %s (%s), %d failed and %d expected failures; want %+v", s.Cell.Name, s.Status, s.Reason, s.Failed, s.ExpectedFailures, want)
		}
		if i > 0 && (s.Verdict != "" || s.FilesPerSecond.OK || !s.Seconds.Mean.OK) {
			t.Errorf("%s: verdict %q, %v files/s and mean %v; want only a mean", s.Cell.Name, s.Verdict, s.FilesPerSecond, s.Seconds.Mean)
		}
	}
	var troubles []Status
	for _, g := range d.Troubles.Groups {
		troubles = append(troubles, g.Cells[0].Status)
	}
	if fmt.Sprint(troubles) != "[failed incomplete]" {
		t.Errorf("the troubles are %v, want the failed cell and the incomplete one", troubles)
	}
}

func TestNoCellIsJudgedAgainstAnExpectedFailure(t *testing.T) {
	d := New(analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=loses", Seconds: []float64{1, 1, 1}, Change: analysistest.AsExpectedFailure},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2, 2, 2}},
	))
	if s := d.Summaries[1]; s.Status != StatusOK || s.Verdict != "" || s.Speedup.Value != estimate.Of(0.5) {
		t.Errorf("%s, speed-up %v, verdict %q; want ok, 0.5 and none", s.Status, s.Speedup.Value, s.Verdict)
	}
	wantWarning(t, d, `The baseline write/strategy=loses failed, as expected (verification: item 0 "data-0000.csv": missing; 200 of 200 items wrong): no cell is judged against it.`)
}
