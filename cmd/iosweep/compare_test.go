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
	return changedCopy(t, dir, func(trial *journal.Trial) { trial.Measurement.Seconds *= factor })
}

// changedCopy writes a copy of a run's journal to a new directory, with changed trials.
func changedCopy(t *testing.T, dir string, change func(*journal.Trial)) string {
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
		change(&trial)
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
	if strings.Count(s.err, "\n  slower: copy/")+strings.Count(s.err, "\n  slower: append/") != 6 {
		t.Errorf("the cells are not named: %s", s.err)
	}
	if s := wantExit(t, exitGood, "compare", longer, base, "--fail-on", "slower"); !strings.Contains(s.out, "6 faster of 6 cells") {
		t.Errorf("with swapped arguments:\n%s", s.out)
	}
	if s := wantExit(t, exitGood, "compare", base, longer, "--margin", "15%", "--fail-on", "slower"); !strings.Contains(s.out, "6 equivalent of 6 cells") {
		t.Errorf("with a margin of 15%%:\n%s", s.out)
	}
}

// TestGateOfReport: a cell that takes 1.08 to 1.12 times as long as its baseline is slower by 5%,
// but not by 10%. The baseline of a report decides.
func TestGateOfReport(t *testing.T) {
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "x.yaml"), "name: x\nworkload: {files: 2, lines: 2}\ngrid: {operation: copy, strategy: [sequential, processes, threads], workers: 2}\ntrials: {repeats: 5, warmup: 0}\n")
	wantExit(t, exitGood, "run", file, "-o", filepath.Join(dir, "out"), "--workspace", t.TempDir(), "--quiet")
	run := changedCopy(t, filepath.Join(dir, "out"), func(trial *journal.Trial) {
		trial.Measurement.Seconds = 1 + float64(trial.Round%3)/100
		switch {
		case strings.Contains(trial.Name, "threads"):
			trial.Measurement.Seconds *= 1.1 + float64(trial.Round%2)/100
		case strings.Contains(trial.Name, "processes"):
			trial.Measurement.Seconds *= 0.5 + float64(trial.Round%2)/100
		}
	})
	for _, test := range []struct {
		args string
		code int
		err  string
	}{
		{"--fail-on slower", exitFound, "found 1 of 3 cells:\n  slower: copy/strategy=threads/workers=2/chunk_size=1: 0.90"},
		{"--fail-on slower:5%", exitFound, "  slower:5%: copy/strategy=threads/"},
		{"--fail-on slower:20%", exitGood, ""},
		{"--fail-on faster:80%", exitFound, "  faster:80%: copy/strategy=processes/workers=2/chunk_size=1: 1.9"},
		{"--fail-on faster:99.9%", exitGood, ""},
		{"--fail-on inconclusive,equivalent,failed,missing", exitGood, ""},
		{"--fail-on slower --only strategy=processes", exitGood, ""},
		{"--fail-on slower --only strategy=threads", exitFound, "found 1 of 2 cells"},
		{"--fail-on slower --format json", exitFound, "found 1 of 3 cells"},
		{"--fail-on slower --rows 1 --baseline strategy=processes", exitFound, "found 2 of 3 cells:\n  slower: copy/strategy=threads/workers=2/chunk_size=1: 0.4"},
		{"--fail-on slower --baseline strategy=threads", exitGood, ""},
	} {
		s := wantExit(t, test.code, append([]string{"report", run}, strings.Fields(test.args)...)...)
		if !strings.Contains(s.err, test.err) || test.err == "" && strings.Contains(s.err, "--fail-on") {
			t.Errorf("%s: %s", test.args, s.err)
		}
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
