package schedule

import (
	"fmt"
	"slices"
	"testing"

	"iosweep/journal"
)

// tables has two tables of three cells. The cells of the second block have fewer repeats.
const tables = `
name: tables
workload: {lines: 1}
grid:
  - {operation: write, strategy: sequential, files: [1, 2]}
  - {operation: write, strategy: threads, workers: 2, files: [1, 2]}
  - {operation: write, strategy: threads, workers: 3, files: [1, 2], repeats: 3}
trials: {repeats: 7, warmup: 2`

// TestPartsAreTheWhole checks that parts of a plan have each measured trial of the plan once, in its order, and all
// warm-up rounds.
func TestPartsAreTheWhole(t *testing.T) {
	whole := NewPlan(parse(t, tables+"}\n"))
	ofCell := func(cell int) int { return whole.Experiment.Baseline[cell] }
	want := map[string][]int{} // by baseline and round: the order of the cells
	key := func(baseline int, r Round) string { return fmt.Sprint(baseline, r) }
	var baselines []int
	for cell := range whole.Experiment.Cells {
		if b := ofCell(cell); !slices.Contains(baselines, b) {
			baselines = append(baselines, b)
		}
	}
	for n := range whole.Rounds {
		for _, cell := range whole.Order(n) {
			if n < whole.RoundsOf(cell) {
				k := key(ofCell(cell), whole.Round(n))
				want[k] = append(want[k], cell)
			}
		}
	}
	for _, b := range baselines {
		var cells []int
		for cell := range whole.Experiment.Cells {
			if ofCell(cell) == b {
				cells = append(cells, cell)
			}
		}
		measured := 0
		for _, limits := range [][2]int{{1, 2}, {3, 3}, {4, 7}} {
			part := whole.Part(cells, limits[0], limits[1])
			if part.Hash != whole.Hash || part.Rounds != 2+limits[1]-limits[0]+1 {
				t.Errorf("rounds %v: got %d rounds and the hash %s", limits, part.Rounds, part.Hash)
			}
			trials := 0
			for n := range part.Rounds {
				r := part.Round(n)
				if part.indexOf(r) != n {
					t.Errorf("rounds %v: %v has the index %d, want %d", limits, r, part.indexOf(r), n)
				}
				var got []int
				for _, cell := range part.Order(n) {
					if n < part.RoundsOf(cell) {
						got = append(got, cells[cell])
					}
				}
				if trials += len(got); r.Phase == journal.Measured {
					measured += len(got)
				}
				if !slices.Equal(got, want[key(b, r)]) {
					t.Errorf("rounds %v, %v: got the cells %v, want %v", limits, r, got, want[key(b, r)])
				}
			}
			if part.Trials() != trials {
				t.Errorf("rounds %v: got %d trials, want %d", limits, part.Trials(), trials)
			}
			for _, other := range []Round{{journal.Measured, limits[0] - 1}, {journal.Measured, limits[1] + 1}, {journal.Warmup, 3}, {journal.Warmup, 0}} {
				if part.indexOf(other) != -1 {
					t.Errorf("rounds %v: %v has the index %d, want none", limits, other, part.indexOf(other))
				}
			}
		}
		if measured != 7+7+3 {
			t.Errorf("the parts have %d measured trials, want 17", measured)
		}
	}
}

// TestClosedRoundsGetNoTrials continues after rounds in which a cell has no trial. It gets none there, but in the
// rounds after them.
func TestClosedRoundsGetNoTrials(t *testing.T) {
	plan := NewPlan(parse(t, twoCells+"}\n"))
	plan.Experiment.Trials.Warmup, plan.Rounds = 1, 5
	tr := NewTracker(plan, none)
	log := &journal.Log{}
	for round := 1; round <= 2; round++ {
		log.Trials = append(log.Trials, journal.Trial{Phase: journal.Measured, Round: round, Cell: 0, Attempt: 1, Status: journal.OK, Measurement: &journal.Measurement{Seconds: 1}})
	}
	tr.Replay(log, func(cell int) int { return cell })
	tr.CloseMeasured()
	var got []Slot
	for slot := range tr.Slots() {
		if !tr.IsDone(slot) {
			got = append(got, slot)
		}
	}
	want := []Slot{{0, 0}, {1, 0}, {0, 3}, {1, 3}, {0, 4}, {1, 4}}
	if !slices.Equal(got, want) || tr.Remaining(0) != 3 || tr.Remaining(1) != 3 {
		t.Errorf("got %v, with %d and %d trials remaining; want %v, 3 and 3", got, tr.Remaining(0), tr.Remaining(1), want)
	}
}
