package runner

import (
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iosweep/journal"
)

// TestAdaptiveRunNotesWhyItStopped runs two programs that take the same time. On any machine that
// is not very noisy, their interval is narrow enough long before the maximum of repeats.
func TestAdaptiveRunNotesWhyItStopped(t *testing.T) {
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
		t.Errorf("the journal has the repeats %+v, at most %d; want min 3, width 1, at most %d", a, log.Run.Repeats, most)
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
	// The number of trials depends on the machine. A cell that stopped early has a note.
	notes := slices.DeleteFunc(slices.Clone(log.Notes), func(n journal.Note) bool { return n.Kind != journal.NotePrecise })
	if early := trials[1] < most; early != (len(notes) == 1) {
		t.Errorf("trials of each cell: %v, notes: %+v", trials, notes)
	}
	for _, n := range notes {
		if n.Cell == nil || *n.Cell != 1 || !strings.Contains(n.Text, "requested: at most 100%") {
			t.Errorf("the note %+v does not name the second cell and the requested width", n)
		}
	}
}
