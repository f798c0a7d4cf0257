package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"iosweep/cluster"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// TestSweepIsParsedAgain checks that a node finds the plan that was submitted, with all flags that change a plan.
func TestSweepIsParsedAgain(t *testing.T) {
	experiment := `name: again
workload: {files: 3, content: bytes, size: 10}
grid:
  - {operation: [write, read], strategy: sequential}
  - {operation: [write, read], strategy: [threads, processes], workers: [1, cpus]}
exclude: {strategy: processes, workers: 1}
profiles:
  large: {workload: {files: 5}}
trials: {repeats: 3}
`
	for _, test := range []struct {
		name  string
		flags []string
		cells int
	}{
		{"plain", nil, 8},
		{"cpus", []string{"--cpus", "31"}, 8},
		{"only", []string{"--only", "operation=read"}, 4},
		{"set", []string{"--set", "trials.repeats=2", "--profile", "large", "--seed", "7", "--budget", "1h"}, 8},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := experimentDir(t, experiment)
			out := filepath.Join(dir, "sweep")
			wantExit(t, 0, append([]string{"submit", filepath.Join(dir, "x.yaml"), "--print", "--workspace", dir, "-o", out}, test.flags...)...)
			sweep, err := cluster.Open(out)
			noError(t, err)
			e, err := parseSweep(sweep)
			noError(t, err)
			if plan := schedule.NewPlan(e); plan.Hash != sweep.Run.PlanHash || len(e.Cells) != test.cells {
				t.Errorf("the plan has the hash %s and %d cells, want %s and %d", plan.Hash, len(e.Cells), sweep.Run.PlanHash, test.cells)
			}
		})
	}
}

// TestSweepOnOneMachine runs a sweep by the commands that submit prints. Merging it has the trials, the exit code and
// the sections of a run.
func TestSweepOnOneMachine(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := experimentDir(t, strings.Replace(small, "workspace: ws", "workspace: "+strconv.Quote(t.TempDir()), 1))
	x, out, single, program := filepath.Join(dir, "x.yaml"), filepath.Join(dir, "sweep"), filepath.Join(dir, "run"), build(t)
	run := func(code int, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		text, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != code {
			t.Fatalf("iosweep %q: %v, want the exit code %d\n%s", args, err, code, text)
		}
		return string(text)
	}
	run(exitFailures, "run", x, "-o", single)
	lines := run(exitGood, "submit", x, "--print", "-o", out)
	if want := fmt.Sprintf("%s shard %s 0\n", filepath.Join(out, "iosweep"), out); !strings.Contains(lines, want) {
		t.Errorf("submit printed %q, want %q", lines, want)
	}
	run(exitIncomplete, "merge", out)
	run(exitGood, "shard", out, "0")
	if text := run(exitGood, "shard", out, "0"); !strings.Contains(text, "shard 0 is done") {
		t.Errorf("again, the shard prints %q", text)
	}
	if text := run(exitFailures, "merge", out); !strings.Contains(text, "2 failed") {
		t.Errorf("merge prints %q, want the failed trials", text)
	}
	want, err := journal.ReadDir(single)
	noError(t, err)
	got, err := journal.ReadDir(out)
	noError(t, err)
	if len(got.Trials) != len(want.Trials) || !got.Finished() {
		t.Errorf("the merged journal has %d trials, and the run %d", len(got.Trials), len(want.Trials))
	}
	run(exitGood, "report", "--check", out)
	writeFile(t, filepath.Join(out, "experiment.yaml"), small+"# edited\n")
	run(exitIncomplete, "shard", out, "0")
}

func TestTimeLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "1": time.Minute, "90": 90 * time.Minute, "1:30": 90 * time.Second, "2:00:00": 2 * time.Hour, "2h": 2 * time.Hour, "1-0": 24 * time.Hour,
		"1-2:3": 26*time.Hour + 3*time.Minute, "1-2:3:4": 26*time.Hour + 3*time.Minute + 4*time.Second, "525600": 365 * 24 * time.Hour,
	} {
		if got, err := parseTimeLimit(text); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1", "59s", "1:", ":1", "1-", "1:2:3:4", "1-2:3:4:5", "UNLIMITED", "300000-0", "999999999", "99999999999999999999", "10000000h", "2h "} {
		if got, err := parseTimeLimit(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// TestSubmitTwiceAtOnce checks that a second submit does nothing while the first one works, and that --print, which
// submits nothing, does not wait.
func TestSubmitTwiceAtOnce(t *testing.T) {
	dir := experimentDir(t, strings.Replace(small, "workspace: ws", "workspace: "+strconv.Quote(t.TempDir()), 1))
	out, bin := filepath.Join(dir, "sweep"), t.TempDir()
	wantExit(t, exitGood, "submit", filepath.Join(dir, "x.yaml"), "--print", "-o", out)
	noError(t, os.WriteFile(filepath.Join(bin, "sbatch"), []byte("#!/bin/sh\nexit 1\n"), 0o755))
	t.Setenv("PATH", bin)
	sweep, err := cluster.Open(out)
	noError(t, err)
	lock, err := journal.Lock(sweep.Arrays())
	noError(t, err)
	if result := wantExit(t, exitIncomplete, "submit", out); !strings.Contains(result.err, "another iosweep submit is working on this sweep") {
		t.Errorf("it prints %q", result.err)
	}
	wantExit(t, exitGood, "submit", out, "--print")
	noError(t, lock.Release())
}

// TestPrintNeedsOneLine checks that --print refuses a directory with a line break in its name.
func TestPrintNeedsOneLine(t *testing.T) {
	dir := experimentDir(t, small)
	result := wantExit(t, exitUsage, "submit", filepath.Join(dir, "x.yaml"), "--print", "-o", filepath.Join(dir, "two\nlines"))
	if !strings.Contains(result.err, "line break") {
		t.Errorf("it prints %q", result.err)
	}
}
