package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/journal"
)

// slowed writes a copy of a run's journal in which every trial took so many times as
// long, in a directory of its own.
func slowed(t *testing.T, dir string, factor float64) string {
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

// TestASlowedCopyIsFound: the same run, of which every trial took 10% longer, is
// slower in every cell, and the other way round faster.
func TestASlowedCopyIsFound(t *testing.T) {
	long(t)
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
	want(t, exitGood, "run", file, "-o", base, "--workspace", t.TempDir(), "--quiet")
	if s := want(t, exitGood, "compare", base, base, "--fail-on", "slower,faster,inconclusive"); !strings.Contains(s.out, "6 equivalent of 6 cells") {
		t.Errorf("a run against itself:\n%s", s.out)
	}
	longer := slowed(t, base, 1.1)
	s := want(t, exitFound, "compare", base, longer, "--fail-on", "slower")
	if !strings.Contains(s.out, "6 slower of 6 cells") || strings.Count(s.out, "+10.0%") != 6 {
		t.Errorf("every trial took 10%% longer:\n%s", s.out)
	}
	if !strings.Contains(s.err, "6 slower: ") || !strings.HasSuffix(s.err, ", and 1 more\n") {
		t.Errorf("the cells are not named: %s", s.err)
	}
	if s := want(t, exitGood, "compare", longer, base, "--fail-on", "slower"); !strings.Contains(s.out, "6 faster of 6 cells") {
		t.Errorf("the other way round:\n%s", s.out)
	}
	if s := want(t, exitGood, "compare", base, longer, "--margin", "15%", "--fail-on", "slower"); !strings.Contains(s.out, "6 equivalent of 6 cells") {
		t.Errorf("by a margin of 15%%:\n%s", s.out)
	}
}

// TestComparingOverAFullDevice: that the results could not be written is not the same
// as that nothing was found.
func TestComparingOverAFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 2}\ngrid: {operation: write, strategy: sequential}\ntrials: {repeats: 2}\n")
	base := filepath.Join(dir, "base")
	want(t, exitGood, "run", file, "-o", base, "--workspace", t.TempDir(), "--quiet")
	for _, format := range comparisonFormats {
		var err strings.Builder
		code := execute([]string{"compare", base, base, "--format", format}, streams{strings.NewReader(""), full, &err})
		if code == exitGood || !strings.Contains(err.String(), "no space left on device") {
			t.Errorf("%s: exit code %d: %s", format, code, &err)
		}
	}
}
