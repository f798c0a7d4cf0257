package main

import (
	"path/filepath"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// TestNoisyControl: a control that is called slower comes before a slower cell of NEW, and before
// the gate.
func TestNoisyControl(t *testing.T) {
	for _, test := range []struct {
		control float64
		code    int
		stderr  string
	}{
		{1, exitFound, "--fail-on found 1 of "},
		{1.3, exitFailures, "The machine is too noisy: the control "},
	} {
		b := analysistest.NewBuilder(8,
			analysistest.Cell{Levels: "operation=copy strategy=save revision=main", Seconds: []float64{1}},
			analysistest.Cell{Levels: "operation=copy strategy=save revision=slow", Seconds: []float64{1.2}},
			analysistest.Cell{Levels: "operation=copy strategy=save revision=control", Seconds: []float64{test.control}},
		)
		b.Run.AB = &journal.AB{Base: "main", New: "slow"}
		for round := 1; round <= 8; round++ {
			b.In(round).Good(0, 1, 2)
		}
		b.Note(journal.NoteFinished, "done")
		dir := t.TempDir()
		w, err := journal.Create(filepath.Join(dir, journal.FileName))
		noError(t, err)
		noError(t, w.Append(journal.Entry{Run: &b.Run}))
		for i := range b.Trials {
			noError(t, w.Append(journal.Entry{Trial: &b.Trials[i]}))
		}
		for i := range b.Notes {
			noError(t, w.Append(journal.Entry{Note: &b.Notes[i]}))
		}
		noError(t, w.Close())
		got := wantExit(t, test.code, "report", dir, "--fail-on", "slower")
		if !strings.Contains(got.err, test.stderr) || !strings.Contains(got.out, "NEW compared with BASE: slower.") {
			t.Errorf("control %v: stderr %q, stdout %q", test.control, got.err, got.out)
		}
	}
}
