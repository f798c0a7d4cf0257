package main

import (
	"strings"
	"testing"

	"iosweep/journal"
	"iosweep/runner"
)

// TestLargeOldRunCanBeResumed: an earlier version began a run with more trials than are
// allowed now. The run can be resumed and edited, but an edit must not add trials.
func TestLargeOldRunCanBeResumed(t *testing.T) {
	const begun = `name: x
workload: {files: 1}
grid: {operation: write, strategy: [sequential, threads], workers: {from: 1, to: 11, step: 1}}
trials: {repeats: 1000000, warmup: 0}
`
	previous := &runner.PreviousRun{Dir: "old", Log: &journal.Log{Run: journal.Run{
		Repeats: 1_000_000, Cells: make([]journal.Cell, 12), Origin: journal.Origin{Source: begun},
	}}}
	for _, test := range []struct{ name, source, refused string }{
		{"as it was begun", begun, ""},
		{"with a title", begun + "title: x\n", ""},
		{"with fewer trials", strings.Replace(begun, "1000000", "999999", 1), ""},
		{"with a cell more", strings.Replace(begun, "to: 11", "to: 12", 1), "13,000,000 trials, more than 12,000,000"},
	} {
		_, _, err := (&resumeOptions{}).parse(previous, sourceOf(previous, []byte(test.source)))
		if test.refused == "" && err != nil || test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.refused)
		}
	}
}
