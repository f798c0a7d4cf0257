package schedule

import (
	"math/rand/v2"
	"slices"
	"testing"

	"iosweep/journal"
)

// none skips no cell.
func none(int) bool { return false }

const adaptiveCells = `
name: adaptive
workload: {files: 2}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: threads, workers: [2, 3]}
`

// measure records a good trial, as a run does.
func (tr *Tracker) measure(round, cell int, seconds float64) []int {
	tr.Record(round, cell, &journal.Trial{
		Phase: tr.plan.Round(round).Phase, Round: tr.plan.Round(round).Number, Attempt: 1,
		Status: journal.OK, Measurement: &journal.Measurement{Seconds: seconds},
	})
	return tr.UpdatePrecise(round, cell)
}

// TestCellStopsWhenPrecise compares a steady and a noisy cell with a steady baseline.
func TestCellStopsWhenPrecise(t *testing.T) {
	const baseline, steady, noisy = 0, 1, 2
	tr := NewTracker(NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 5, max: 40, ci: 4%}, warmup: 1, order: listed}\n")), none)
	random := rand.New(rand.NewPCG(1, 2))
	stopped := map[int]int{} // by cell: after how many trials
	counts := map[int]int{}
	for round := range tr.plan.Rounds {
		for cell, spread := range []float64{baseline: 0.001, steady: 0.001, noisy: 0.2} {
			if !tr.NeedsTrial(round, cell) {
				continue
			}
			counts[cell]++
			for _, c := range tr.measure(round, cell, 1+spread*random.NormFloat64()) {
				stopped[c] = counts[c]
			}
		}
	}
	if stopped[steady] < 6 || stopped[steady] > 12 { // with its warm-up
		t.Errorf("the steady cell stopped after %d trials, want 6 to 12", stopped[steady])
	}
	if counts[steady] != stopped[steady] {
		t.Errorf("the steady cell got %d trials and was precise after %d", counts[steady], stopped[steady])
	}
	if stopped[noisy] != 0 || counts[noisy] != 41 || counts[baseline] != 41 {
		t.Errorf("the noisy cell stopped after %d of %d trials, its baseline has %d; want all 41 of both", stopped[noisy], counts[noisy], counts[baseline])
	}
}

// TestBaselineRunsAsLongAsNeeded checks that a baseline gets trials while an active cell that
// is compared with it is not precise, and no longer.
func TestBaselineRunsAsLongAsNeeded(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 3, max: 12, ci: 50%}, warmup: 0, order: listed}\n")), none)
	const rounds = 6
	for round := range rounds {
		tr.measure(round, 1, 1+0.001*float64(round))
		tr.measure(round, 0, 1+0.001*float64(round))
		tr.measure(round, 2, []float64{1, 9, 2, 30}[round%4])
	}
	if !tr.precise[1] || tr.precise[2] {
		t.Fatalf("got the precise cells %v, want only the steady one", tr.precise)
	}
	if !tr.NeedsTrial(rounds, 0) || tr.NeedsTrial(rounds, 1) || !tr.NeedsTrial(rounds, 2) {
		t.Error("the next round must contain the baseline and the noisy cell, and no other")
	}
	for range tr.plan.Experiment.Trials.Quarantine {
		tr.failures[2]++
	}
	if tr.NeedsTrial(rounds, 0) {
		t.Error("the baseline continues although the only cell that needs it is quarantined")
	}
	if tr.Remaining(0) != 0 || tr.Remaining(1) != 0 {
		t.Errorf("%d and %d trials remain, want none", tr.Remaining(0), tr.Remaining(1))
	}
}

// TestBaselineWithoutComparisonStops checks that a baseline with no other cells stops by the
// interval of its mean.
func TestBaselineWithoutComparisonStops(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, "name: x\nworkload: {files: 2}\ngrid: {operation: write, strategy: sequential}\ntrials: {repeats: {min: 3, max: 30, ci: 5%}, warmup: 0}\n")), none)
	n := 0
	for round := range tr.plan.Rounds {
		if tr.NeedsTrial(round, 0) {
			n++
			tr.measure(round, 0, 1+0.001*float64(round%3))
		}
	}
	if n < 3 || n > 10 {
		t.Errorf("a cell with hardly any spread got %d trials, want 3 to 10", n)
	}
}

// TestResumedRunStopsInSameRound checks that the precise cells depend on the journal alone.
func TestResumedRunStopsInSameRound(t *testing.T) {
	plan := NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 4, max: 30, ci: 6%}, warmup: 1}\n"))
	random := rand.New(rand.NewPCG(3, 4))
	live, log := NewTracker(plan, none), &journal.Log{}
	for round := range plan.Rounds {
		at := plan.Round(round)
		for _, cell := range plan.Order(round) {
			if !live.NeedsTrial(round, cell) {
				continue
			}
			log.Trials = append(log.Trials, journal.Trial{
				Phase: at.Phase, Round: at.Number, Attempt: 1, Cell: cell, Status: journal.OK,
				Measurement: &journal.Measurement{Seconds: 1 + 0.03*random.NormFloat64()},
			})
			live.Record(round, cell, &log.Trials[len(log.Trials)-1])
			live.UpdatePrecise(round, cell)

			again := NewTracker(plan, none)
			again.Replay(log, func(cell int) int { return cell })
			again.UpdateAllPrecise()
			if !slices.Equal(again.precise, live.precise) {
				t.Fatalf("after %d trials the precise cells of a resumed run are %v, and of the live run %v", len(log.Trials), again.precise, live.precise)
			}
		}
	}
	if live.precise[1] == live.precise[2] && !live.precise[1] {
		t.Error("no cell became precise, so the test shows nothing")
	}
}

// TestMeanDecidesWithoutBaseline checks cells whose baseline is skipped or quarantined. They
// have no speed-up, and waiting for one would use up all repeats.
func TestMeanDecidesWithoutBaseline(t *testing.T) {
	plan := NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 3, max: 30, ci: 5%}, warmup: 0, order: listed}\n"))
	steady := func(tr *Tracker, rounds int) {
		for round := range rounds {
			if tr.NeedsTrial(round, 1) {
				tr.measure(round, 1, 1+0.0001*float64(round%3))
			}
		}
	}
	skipped := NewTracker(plan, func(cell int) bool { return cell == 0 })
	steady(skipped, 30)
	if n := 30 - skipped.Remaining(1); !skipped.precise[1] || skipped.Remaining(1) != 0 {
		t.Errorf("the cell continues after %d rounds although its baseline is skipped", n)
	}

	failing := NewTracker(plan, none)
	for round := range 3 {
		failing.Record(round, 0, &journal.Trial{Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.Failed})
		failing.UpdatePrecise(round, 0)
	}
	if !failing.IsQuarantined(0) {
		t.Fatal("the baseline is not quarantined, so the test shows nothing")
	}
	steady(failing, 30)
	if !failing.precise[1] || failing.Remaining(1) != 0 {
		t.Error("the cell continues although its baseline is quarantined")
	}
}

// TestRepeatedTrialUpdatesPrecision checks that a cell stops being precise when the repetition
// of a failed trial widens its interval.
func TestRepeatedTrialUpdatesPrecision(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 3, max: 30, ci: 5%}, warmup: 0, order: listed}\n")), none)
	for round := range 8 {
		tr.measure(round, 0, 1)
		if round == 2 {
			tr.Record(round, 1, &journal.Trial{Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.Failed})
			continue
		}
		tr.measure(round, 1, 1+0.0001*float64(round%3))
	}
	if !tr.precise[1] {
		t.Fatal("the cell is not precise before the repetition, so the test shows nothing")
	}
	tr.ResetFailures()
	if !tr.NeedsTrial(2, 1) {
		t.Fatal("the failed trial is not repeated")
	}
	tr.measure(2, 1, 3)
	if tr.precise[1] || !tr.NeedsTrial(8, 1) {
		t.Error("the cell is still precise after a trial that took three times as long")
	}
}

// TestJudgedMetricDecides checks that cells are precise by the metric that is judged, whatever their
// times are, and that the speed-up has its direction.
func TestJudgedMetricDecides(t *testing.T) {
	const experiment = `
name: metric
workload: {files: 2}
grid: {operation: copy, strategy: cp, workers: [1, 2]}
commands: {cp: {operation: copy, run: [cp, "{workers}"]}}
baseline: {workers: 1}
judge: rate
trials: {repeats: {min: 5, max: 40, ci: 4%}, warmup: 0, order: listed}
metrics: {rate: {stdout: '(\d+)', better: `
	for _, better := range []string{"higher", "lower"} {
		tr := NewTracker(NewPlan(parse(t, experiment+better+"}}\n")), none)
		for round := range 12 {
			for cell, rate := range []float64{10, 20} {
				tr.Record(round, cell, &journal.Trial{
					Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.OK,
					Measurement: &journal.Measurement{Seconds: float64(1 + round%5), Metrics: map[string]float64{"rate": rate + 0.001*float64(round%3)}},
				})
			}
		}
		tr.UpdateAllPrecise()
		x, y := tr.pairs(0, 1)
		if ratio := x[0] / y[0]; !tr.precise[1] || (better == "higher") != (ratio == 2) {
			t.Errorf("%s: precise %v, with the ratio %v", better, tr.precise[1], ratio)
		}
	}
}
