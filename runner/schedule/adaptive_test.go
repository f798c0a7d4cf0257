package schedule

import (
	"math/rand/v2"
	"slices"
	"testing"

	"iosweep/journal"
)

// none is of a plan whose cells are all run.
func none(int) bool { return false }

const adaptiveCells = `
name: adaptive
workload: {files: 2}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: threads, workers: [2, 3]}
`

// measure books a good trial, as a run would.
func (l *Ledger) measure(round, cell int, seconds float64) []int {
	l.Record(round, cell, &journal.Trial{
		Phase: l.plan.Round(round).Phase, Round: l.plan.Round(round).Number, Attempt: 1,
		Status: journal.OK, Measurement: &journal.Measurement{Seconds: seconds},
	})
	return l.UpdatePrecise(round, cell)
}

// TestACellStopsWhenItIsKnownWellEnough: one cell runs steadily against the
// baseline, one scatters.
func TestACellStopsWhenItIsKnownWellEnough(t *testing.T) {
	const baseline, steady, wild = 0, 1, 2
	l := NewLedger(NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 5, max: 40, ci: 4%}, warmup: 1, order: listed}\n")), none)
	random := rand.New(rand.NewPCG(1, 2))
	stopped := map[int]int{} // by cell: after how many trials
	counts := map[int]int{}
	for round := range l.plan.Rounds {
		for cell, spread := range []float64{baseline: 0.001, steady: 0.001, wild: 0.2} {
			if !l.IsWanted(round, cell) {
				continue
			}
			counts[cell]++
			for _, c := range l.measure(round, cell, 1+spread*random.NormFloat64()) {
				stopped[c] = counts[c]
			}
		}
	}
	if stopped[steady] < 6 || stopped[steady] > 12 { // with its warm-up
		t.Errorf("the steady cell stopped after %d trials, want few and no fewer than the minimum", stopped[steady])
	}
	if counts[steady] != stopped[steady] {
		t.Errorf("it got %d trials and was enough after %d", counts[steady], stopped[steady])
	}
	if stopped[wild] != 0 || counts[wild] != 41 || counts[baseline] != 41 {
		t.Errorf("the wild cell stopped after %d of %d trials, its baseline has %d; want all 41 of both", stopped[wild], counts[wild], counts[baseline])
	}
}

// TestABaselineGoesOnAsLongAsItIsNeeded and no longer.
func TestABaselineGoesOnAsLongAsItIsNeeded(t *testing.T) {
	l := NewLedger(NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 3, max: 12, ci: 50%}, warmup: 0, order: listed}\n")), none)
	const rounds = 6
	for round := range rounds {
		l.measure(round, 1, 1+0.001*float64(round))
		l.measure(round, 0, 1+0.001*float64(round))
		l.measure(round, 2, []float64{1, 9, 2, 30}[round%4])
	}
	if !l.precise[1] || l.precise[2] {
		t.Fatalf("precise: %v, want the steady cell alone", l.precise)
	}
	if !l.IsWanted(rounds, 0) || l.IsWanted(rounds, 1) || !l.IsWanted(rounds, 2) {
		t.Error("the next round is to have the baseline and the wild cell")
	}
	for range l.plan.Experiment.Trials.Quarantine {
		l.failures[2]++
	}
	if l.IsWanted(rounds, 0) {
		t.Error("the baseline goes on for a cell that is left alone")
	}
	if l.Remaining(0) != 0 || l.Remaining(1) != 0 {
		t.Errorf("left are %d and %d trials, want none", l.Remaining(0), l.Remaining(1))
	}
}

// TestABaselineByItselfStopsToo, by the interval of its mean.
func TestABaselineByItselfStopsToo(t *testing.T) {
	l := NewLedger(NewPlan(parse(t, "name: x\nworkload: {files: 2}\ngrid: {operation: write, strategy: sequential}\ntrials: {repeats: {min: 3, max: 30, ci: 5%}, warmup: 0}\n")), none)
	n := 0
	for round := range l.plan.Rounds {
		if l.IsWanted(round, 0) {
			n++
			l.measure(round, 0, 1+0.001*float64(round%3))
		}
	}
	if n < 3 || n > 10 {
		t.Errorf("it got %d trials of something that hardly varies", n)
	}
}

// TestAResumedRunStopsWhereItWouldHave: what is settled follows from the journal
// alone.
func TestAResumedRunStopsWhereItWouldHave(t *testing.T) {
	plan := NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 4, max: 30, ci: 6%}, warmup: 1}\n"))
	random := rand.New(rand.NewPCG(3, 4))
	live, log := NewLedger(plan, none), &journal.Log{}
	for round := range plan.Rounds {
		at := plan.Round(round)
		for _, cell := range plan.Order(round) {
			if !live.IsWanted(round, cell) {
				continue
			}
			log.Trials = append(log.Trials, journal.Trial{
				Phase: at.Phase, Round: at.Number, Attempt: 1, Cell: cell, Status: journal.OK,
				Measurement: &journal.Measurement{Seconds: 1 + 0.03*random.NormFloat64()},
			})
			live.Record(round, cell, &log.Trials[len(log.Trials)-1])
			live.UpdatePrecise(round, cell)

			again := NewLedger(plan, none)
			again.Replay(log, func(cell int) int { return cell })
			again.UpdateAllPrecise()
			if !slices.Equal(again.precise, live.precise) {
				t.Fatalf("after %d trials a resumed run takes %v for settled, the one that went on %v", len(log.Trials), again.precise, live.precise)
			}
		}
	}
	if live.precise[1] == live.precise[2] && !live.precise[1] {
		t.Error("nothing was settled: the test shows nothing")
	}
}

// TestWithoutABaselineTheMeanDecides: no speed-up can be had against what is not run,
// or is left alone, and to wait for one would take all repeats there may be.
func TestWithoutABaselineTheMeanDecides(t *testing.T) {
	plan := NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 3, max: 30, ci: 5%}, warmup: 0, order: listed}\n"))
	steady := func(l *Ledger, rounds int) {
		for round := range rounds {
			if l.IsWanted(round, 1) {
				l.measure(round, 1, 1+0.0001*float64(round%3))
			}
		}
	}
	skipped := NewLedger(plan, func(cell int) bool { return cell == 0 })
	steady(skipped, 30)
	if n := 30 - skipped.Remaining(1); !skipped.precise[1] || skipped.Remaining(1) != 0 {
		t.Errorf("with a baseline that is skipped it goes on, after %d rounds", n)
	}

	failing := NewLedger(plan, none)
	for round := range 3 {
		failing.Record(round, 0, &journal.Trial{Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.Failed})
		failing.UpdatePrecise(round, 0)
	}
	if !failing.IsQuarantined(0) {
		t.Fatal("the baseline is not quarantined, so this shows nothing")
	}
	steady(failing, 30)
	if !failing.precise[1] || failing.Remaining(1) != 0 {
		t.Error("with a baseline that is left alone it goes on")
	}
}

// TestARepeatedTrialIsLookedAtAgain: what was certain may not be once a trial that had
// failed is there, too.
func TestARepeatedTrialIsLookedAtAgain(t *testing.T) {
	l := NewLedger(NewPlan(parse(t, adaptiveCells+"trials: {repeats: {min: 3, max: 30, ci: 5%}, warmup: 0, order: listed}\n")), none)
	for round := range 8 {
		l.measure(round, 0, 1)
		if round == 2 {
			l.Record(round, 1, &journal.Trial{Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.Failed})
			continue
		}
		l.measure(round, 1, 1+0.0001*float64(round%3))
	}
	if !l.precise[1] {
		t.Fatal("it is not precise before, so this shows nothing")
	}
	l.Forgive()
	if !l.IsWanted(2, 1) {
		t.Fatal("what failed is not tried again")
	}
	l.measure(2, 1, 3)
	if l.precise[1] || !l.IsWanted(8, 1) {
		t.Error("it is precise still, with a trial that took three times as long")
	}
}
