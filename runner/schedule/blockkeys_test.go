package schedule

import (
	"slices"
	"testing"
)

const unevenCells = `
name: uneven
workload: {files: 2}
trials: {repeats: 3, warmup: 1}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: threads, workers: 2, repeats: 1}
  - {operation: write, strategy: threads, workers: 3, repeats: 5}
`

// TestRepeatsOfBlocks runs a plan whose cells have different repeats. Each cell has its trials in
// the first rounds, and a baseline as many as its cells.
func TestRepeatsOfBlocks(t *testing.T) {
	plan := NewPlan(parse(t, unevenCells))
	if plan.Rounds != 6 || plan.Trials() != 6+2+6 {
		t.Fatalf("the plan has %d rounds and %d trials, want 6 and 14", plan.Rounds, plan.Trials())
	}
	tr := NewTracker(plan, none)
	for _, want := range [][]int{{6, 2, 6}, {5, 1, 5}, {4, 0, 4}, {3, 0, 3}, {2, 0, 2}, {1, 0, 1}, {0, 0, 0}} {
		var got []int
		forecast := NewForecast(tr)
		for cell := range plan.Experiment.Cells {
			got = append(got, tr.Remaining(cell))
			if tr.ExpectedTrials(cell) != got[cell] || forecast.pending[cell] != got[cell] {
				t.Errorf("cell %d has %d remaining, %d expected and %d pending trials", cell, got[cell], tr.ExpectedTrials(cell), forecast.pending[cell])
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v remaining trials, want %v", got, want)
		}
		round := -1
		for slot := range tr.Slots() {
			if round >= 0 && slot.Round != round {
				break
			}
			if !tr.IsDone(slot) {
				round = slot.Round
				tr.measure(slot.Round, slot.Cell, 1)
			}
		}
	}
}

// TestRepeatsInPlanHash checks that the hash depends on the repeats of each cell, and not on the
// way in which the file sets them.
func TestRepeatsInPlanHash(t *testing.T) {
	const start = "name: x\nworkload: {files: 2}\ntrials: {repeats: 3}\ngrid:\n  - {operation: write, strategy: sequential}\n  - {operation: write, strategy: threads, workers: 2"
	plain := NewPlan(parse(t, start+"}\n")).Hash
	if same := NewPlan(parse(t, start+", repeats: 3, timeout: 3s, only: {strategy: threads}}\n")).Hash; same != plain {
		t.Errorf("the hash of the same plan is %.12s, want %.12s", same, plain)
	}
	if other := NewPlan(parse(t, start+", repeats: 2}\n")).Hash; other == plain {
		t.Error("the hash does not depend on the repeats of a block")
	}
}
