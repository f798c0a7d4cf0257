package schedule

import (
	"testing"
	"time"

	"iosweep/journal"
)

// TestMostInformative selects trials for the last ten seconds of a budget, in the middle of a
// round.
func TestMostInformative(t *testing.T) {
	const baseline, certain, uncertain, long = 0, 1, 2, 3
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
		measured(round, certain, 1+0.1*float64(round)+0.01*float64(round*round)) // varies nearly as the baseline does
		measured(round, uncertain, 1+0.3*float64(round*round))
		measured(round, long, 20+20*float64(round*round))
	}
	f := NewForecast(tr)
	fits := func(cell int) bool { return f.Trial(cell) <= 10*time.Second }
	expect := func(why string, cell int) {
		t.Helper()
		got, ok := tr.MostInformative(fits)
		if !ok || got.Cell != cell || got.Round != 3 {
			t.Fatalf("got cell %d in round %d (found: %v), want cell %d in round 3: %s", got.Cell, got.Round, ok, cell, why)
		}
	}
	expect("without the baseline no trial of the round has a pair", baseline)
	measured(3, baseline, 1.3)
	expect("it is the least certain cell that fits", uncertain)
	measured(3, uncertain, 4)
	expect("it is the only other cell that fits", certain)
	measured(3, certain, 1.3)
	if got, ok := tr.MostInformative(fits); ok {
		t.Errorf("got cell %d, want none: only the long cell remains, and it does not fit", got.Cell)
	}
	if n := tr.Remaining(long); n != 1 {
		t.Errorf("%d trials of the long cell remain, want 1", n)
	}
}

// TestLeaveOutWarmups checks that only the first warm-up round and the measured rounds remain.
func TestLeaveOutWarmups(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, small, "trials.warmup=3")), none)
	cells := len(tr.plan.Experiment.Cells)
	for cell := range cells {
		tr.measure(0, cell, 1)
	}
	tr.LeaveOutWarmups()
	if n := tr.Remaining(0); n != 3 {
		t.Errorf("%d trials of a cell remain, want 3", n)
	}
	if slot, ok := tr.MostInformative(func(int) bool { return true }); !ok || slot.Round != 3 {
		t.Errorf("the most useful trial is %+v, %v; want one of round 3", slot, ok)
	}
	var rounds []int
	for slot := range tr.Slots() {
		if !tr.IsDone(slot) {
			rounds = append(rounds, slot.Round)
		}
		tr.measure(slot.Round, slot.Cell, 1)
	}
	if len(rounds) != 3*cells || rounds[0] != 3 || rounds[len(rounds)-1] != 5 {
		t.Errorf("the rounds %v remain", rounds)
	}
}
