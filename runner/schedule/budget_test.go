package schedule

import (
	"testing"
	"time"

	"iosweep/journal"
)

// TestTheRestOfABudgetGoesWhereItTellsMost: ten seconds are left of a budget, in
// the middle of a round.
func TestTheRestOfABudgetGoesWhereItTellsMost(t *testing.T) {
	const baseline, sure, unsure, long = 0, 1, 2, 3
	e := parse(t, `
name: rest
workload: {files: 2}
grid:
  - {operation: write, strategy: [sequential]}
  - {operation: write, strategy: threads, workers: [2, 3, 4]}
trials: {repeats: 4, warmup: 0, order: listed}
budget: 1m
`)
	plan := NewPlan(e)
	tr := NewTracker(plan, none)
	measured := func(round, cell int, seconds float64) {
		tr.Record(round, cell, &journal.Trial{
			Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.OK, Measurement: &journal.Measurement{Seconds: seconds},
		})
	}
	for round := range 3 {
		measured(round, baseline, 1+0.1*float64(round))
		measured(round, sure, 1+0.1*float64(round)+0.01*float64(round*round)) // varies nearly as the baseline does
		measured(round, unsure, 1+0.3*float64(round*round))
		measured(round, long, 20+20*float64(round*round))
	}
	f := NewForecast(tr)
	fits := func(cell int) bool { return f.Trial(cell) <= 10*time.Second }
	expect := func(what string, cell int) {
		t.Helper()
		got, ok := tr.MostInformative(fits)
		if !ok || got.Cell != cell || got.Round != 3 {
			t.Fatalf("%s: it would run cell %d in round %d (any: %v), want cell %d in round 3", what, got.Cell, got.Round, ok, cell)
		}
	}
	expect("without its baseline no trial of the round tells anything", baseline)
	measured(3, baseline, 1.3)
	expect("the least certain of those that fit; the long one does not", unsure)
	measured(3, unsure, 4)
	expect("then the next", sure)
	measured(3, sure, 1.3)
	if got, ok := tr.MostInformative(fits); ok {
		t.Errorf("only the long one is left, and it does not fit: it would run cell %d", got.Cell)
	}
	if n := tr.Remaining(long); n != 1 {
		t.Errorf("%d trials of the long one are said to be left, want 1", n)
	}
}
