package runner

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iosweep/journal"
)

// TestAdaptiveRunSaysWhyItStopped, for real: two programs that take the same time are
// known well long before there are as many trials as there may be.
func TestAdaptiveRunSaysWhyItStopped(t *testing.T) {
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	const most = 25
	ending, log, _ := runIt(t, t.Context(), `
name: adaptive
workload: {files: 1, lines: 1}
grid: {operation: write, strategy: [one, other]}
baseline: {strategy: one}
commands:
  one: {operation: write, run: [sleep, "0.03"], expect: failure}
  other: {operation: write, run: [sleep, "0.03"], expect: failure}
trials: {repeats: {min: 3, max: `+strconv.Itoa(most)+`, ci: 100%}, warmup: 1}
`)
	if ending.Kind != journal.NoteFinished || ending.Remaining != 0 {
		t.Fatalf("%+v", ending)
	}
	if a := log.Run.Adaptive; a == nil || a.Min != 3 || a.Width != 1 || log.Run.Repeats != most {
		t.Errorf("the journal says %+v, at most %d", a, log.Run.Repeats)
	}
	trials := map[int]int{}
	for _, trial := range log.Trials {
		if trial.Phase == journal.Measured {
			trials[trial.Cell]++
		}
	}
	for cell := range 2 {
		if n := trials[cell]; n < 3 || n >= most {
			t.Errorf("cell %d has %d trials", cell, n)
		}
	}
	said := slices.DeleteFunc(slices.Clone(log.Notes), func(n journal.Note) bool { return n.Kind != journal.NotePrecise })
	if len(said) != 1 || said[0].Cell == nil || *said[0].Cell != 1 || !strings.Contains(said[0].Text, "100% was asked for") {
		t.Errorf("the notes %+v do not say of the second cell, and why", said)
	}
}
