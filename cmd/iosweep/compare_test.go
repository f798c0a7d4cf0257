package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/journal"
)

// slowedCopy writes a copy of a run's journal to a new directory. The times of all trials
// are multiplied by factor.
func slowedCopy(t *testing.T, dir string, factor float64) string {
	t.Helper()
	log, err := journal.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	w, err := journal.Create(filepath.Join(copied, journal.FileName))
	if err != nil {
		t.Fatal(err)
	}
	entries := []journal.Entry{{Run: &log.Run}}
	for _, trial := range log.Trials {
		trial.Measurement.Seconds *= factor
		entries = append(entries, journal.Entry{Trial: &trial})
	}
	for _, note := range log.Notes {
		entries = append(entries, journal.Entry{Note: &note})
	}
	for _, e := range entries {
		if err := w.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return copied
}

// TestCompareFindsSlowedRun compares a run with a copy whose trials are 10% longer. Every
// cell is slower in the copy, and faster if the arguments are swapped.
func TestCompareFindsSlowedRun(t *testing.T) {
	skipIfShort(t)
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "x.yaml"), `
name: x
workload: {files: 20, lines: 20}
grid:
  - {operation: [copy, append], strategy: sequential}
  - {operation: [copy, append], strategy: threads, workers: [1, 2]}
trials: {repeats: 5, warmup: 1}
`)
	base := filepath.Join(dir, "base")
	wantExit(t, exitGood, "run", file, "-o", base, "--workspace", t.TempDir(), "--quiet")
	if s := wantExit(t, exitGood, "compare", base, base, "--fail-on", "slower,faster,inconclusive"); !strings.Contains(s.out, "6 equivalent of 6 cells") {
		t.Errorf("a run compared with itself:\n%s", s.out)
	}
	longer := slowedCopy(t, base, 1.1)
	s := wantExit(t, exitFound, "compare", base, longer, "--fail-on", "slower")
	if !strings.Contains(s.out, "6 slower of 6 cells") || strings.Count(s.out, "+10.0%") != 6 {
		t.Errorf("compared with 10%% longer trials:\n%s", s.out)
	}
	if !strings.Contains(s.err, "6 slower: ") || !strings.HasSuffix(s.err, ", and 1 more\n") {
		t.Errorf("the cells are not named: %s", s.err)
	}
	if s := wantExit(t, exitGood, "compare", longer, base, "--fail-on", "slower"); !strings.Contains(s.out, "6 faster of 6 cells") {
		t.Errorf("with swapped arguments:\n%s", s.out)
	}
	if s := wantExit(t, exitGood, "compare", base, longer, "--margin", "15%", "--fail-on", "slower"); !strings.Contains(s.out, "6 equivalent of 6 cells") {
		t.Errorf("with a margin of 15%%:\n%s", s.out)
	}
}

// TestCompareToFullDevice: if the output cannot be written, the exit code must not be 0.
func TestCompareToFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 2}\ngrid: {operation: write, strategy: sequential}\ntrials: {repeats: 2}\n")
	base := filepath.Join(dir, "base")
	wantExit(t, exitGood, "run", file, "-o", base, "--workspace", t.TempDir(), "--quiet")
	for _, format := range comparisonFormats {
		var err strings.Builder
		code := execute([]string{"compare", base, base, "--format", format}, streams{strings.NewReader(""), full, &err})
		if code == exitGood || !strings.Contains(err.String(), "no space left on device") {
			t.Errorf("%s: exit code %d: %s", format, code, &err)
		}
	}
}
