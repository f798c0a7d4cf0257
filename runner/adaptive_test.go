package runner

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iosweep/journal"
)

// TestAdaptiveRunSaysWhyItStopped, for real: two programs that take the same time are, on any
// but a very noisy machine, known well long before there are as many trials as there may be.
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
	if trials[0] < 3 || trials[1] < 3 || trials[0] > most || trials[1] > most {
		t.Errorf("trials of each cell: %v", trials)
	}
	// How many trials it takes is the machine's; a cell that stopped early has a note.
	said := slices.DeleteFunc(slices.Clone(log.Notes), func(n journal.Note) bool { return n.Kind != journal.NotePrecise })
	if early := trials[1] < most; early != (len(said) == 1) {
		t.Errorf("trials of each cell: %v, notes: %+v", trials, said)
	}
	for _, n := range said {
		if n.Cell == nil || *n.Cell != 1 || !strings.Contains(n.Text, "requested: at most 100%") {
			t.Errorf("the note %+v does not say of the second cell, and why", n)
		}
	}
}
