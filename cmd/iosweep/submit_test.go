package main

import (
	"path/filepath"
	"testing"

	"iosweep/cluster"
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
