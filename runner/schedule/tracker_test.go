package schedule

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"iosweep/journal"
)

const twoCells = `
name: two
workload: {files: 2}
grid: {operation: write, strategy: [sequential, threads], workers: 2}
trials: {repeats: 4, warmup: 0, order: listed`

// recordOf returns a record of a trial with a status. Two more values stand for failures:
// "wrong" for a wrong outcome, and "void" for a failure of the machine.
func recordOf(attempt int, status string) *journal.Trial {
	trial := &journal.Trial{Phase: journal.Measured, Attempt: attempt, Status: journal.Status(status)}
	switch status {
	case "wrong":
		trial.Status, trial.Error = journal.Failed, journal.Unverified+"item 0 is missing"
	case "void":
		trial.Status, trial.Void = journal.Failed, true
	}
	return trial
}

func TestRetriesAndQuarantine(t *testing.T) {
	for _, test := range []struct {
		name        string
		settings    string
		records     []string // of the first cell, in each round while it needs a trial
		rounds      int      // the number of rounds that the records reach
		needed      bool     // the last of these rounds needs another trial
		quarantined bool
		failed      int
	}{
		{"one good trial", "", []string{"ok"}, 1, false, false, 0},
		{"failure without retries", "", []string{"failed"}, 1, false, false, 1},
		{"three failures in a row", "", []string{"failed", "timeout", "crashed"}, 3, false, true, 3},
		{"good trial between failures", "", []string{"failed", "failed", "ok", "failed"}, 4, false, false, 3},
		{"failure with two retries left", ", retries: 2", []string{"failed"}, 1, true, false, 1},
		{"failure with one retry left", ", retries: 2", []string{"failed", "crashed"}, 1, true, false, 1},
		{"failure without a retry left", ", retries: 2", []string{"failed", "crashed", "failed"}, 1, false, true, 1},
		{"good retry after a crash", ", retries: 2", []string{"crashed", "ok"}, 1, false, false, 0},
		{"good retry after an error", ", retries: 2", []string{"failed", "ok"}, 1, false, false, 0},
		{"good retry after a wrong outcome", ", retries: 2", []string{"wrong", "ok"}, 1, false, false, 1},
		{"quarantine never", ", retries: 1, quarantine: never", []string{"failed", "failed", "failed", "failed"}, 2, false, false, 2},
		{"quarantine after two rounds", ", retries: 1, quarantine: 2", []string{"failed", "failed", "failed"}, 2, true, false, 2},
		{"void trial is repeated", "", []string{"void"}, 1, true, false, 0},
		{"two void trials are repeated", "", []string{"void", "void", "ok"}, 1, false, false, 0},
		{"void trial is no retry", ", retries: 1", []string{"failed", "void"}, 1, true, false, 0},
	} {
		plan := NewPlan(parse(t, twoCells+test.settings+"}\n"))
		tr := NewTracker(plan, none)
		round, attempt := 0, 0
		for _, status := range test.records {
			if !tr.NeedsTrial(round, 0) {
				round, attempt = round+1, 0
			}
			attempt++
			record := recordOf(attempt, status)
			record.Round = round + 1
			tr.Record(round, 0, record)
		}
		if round+1 != test.rounds || tr.NeedsTrial(round, 0) != test.needed || tr.IsQuarantined(0) != test.quarantined || tr.Failed() != test.failed {
			t.Errorf("%s: %v reach round %d, trial needed %v, quarantined %v, %d failed; want %d, %v, %v, %d", test.name, test.records,
				round+1, tr.NeedsTrial(round, 0), tr.IsQuarantined(0), tr.Failed(), test.rounds, test.needed, test.quarantined, test.failed)
		}
		if tr.IsQuarantined(1) || !tr.NeedsTrial(0, 1) {
			t.Errorf("%s: the other cell is affected", test.name)
		}
	}
}

// TestLastAttemptIsPaired checks that adaptive repeats use the last attempt of a round, whatever the
// earlier attempts were. They leave out a round whose last attempt is void.
func TestLastAttemptIsPaired(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, twoCells+", retries: 2}\n")), none)
	record := func(round, cell int, seconds float64, statuses ...string) {
		for i, status := range statuses {
			trial := recordOf(i+1, status)
			trial.Round, trial.Measurement = round+1, &journal.Measurement{Seconds: seconds + float64(i)}
			tr.Record(round, cell, trial)
		}
	}
	for round, statuses := range [][]string{{"ok"}, {"crashed", "ok"}, {"wrong", "ok"}, {"wrong", "void"}} {
		record(round, 0, 10, "ok")
		record(round, 1, 20, statuses...)
	}
	x, y := tr.pairs(0, 1)
	if !slices.Equal(x, []float64{10, 10, 10}) || !slices.Equal(y, []float64{20, 21, 21}) {
		t.Errorf("got the pairs %v and %v", x, y)
	}
	if tr.Remaining(1) != 1 || tr.Failed() != 2 {
		t.Errorf("%d trials remain, %d failed; want 1 and 2", tr.Remaining(1), tr.Failed())
	}
}

func TestResetFailures(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, twoCells+", retries: 1}\n")), none)
	for i, status := range []string{"failed", "failed"} {
		tr.Record(0, 0, recordOf(i+1, status))
	}
	tr.Record(0, 1, recordOf(1, "ok"))
	if !tr.IsQuarantined(0) || tr.Remaining(0) != 0 {
		t.Fatal("the cell is not quarantined")
	}
	tr.ResetFailures()
	if tr.IsQuarantined(0) || tr.Remaining(0) != 4 || tr.Remaining(1) != 3 || tr.result(0, 0).attempts != 2 {
		t.Errorf("%d and %d trials remain after %d attempts, want 4 and 3 after 2", tr.Remaining(0), tr.Remaining(1), tr.result(0, 0).attempts)
	}
}

// TestResetIsReplayed checks a trial that met a fault after its failures were reset. A later
// session that does not reset failures must still repeat the trial, because the journal
// contains the earlier reset.
func TestResetIsReplayed(t *testing.T) {
	plan := NewPlan(parse(t, twoCells+", retries: 1}\n"))
	var records []journal.Trial
	for i, status := range []string{"failed", "failed", "void"} {
		record := recordOf(i+1, status)
		record.Round = 1
		records = append(records, *record)
	}
	tr := NewTracker(plan, none)
	tr.Replay(&journal.Log{Trials: records, Notes: []journal.Note{{Kind: journal.NoteResumed, RetryFailed: true, After: 2}}}, func(cell int) int { return cell })
	if !tr.NeedsTrial(0, 0) || tr.IsQuarantined(0) || tr.Remaining(0) != 4 {
		t.Errorf("got trial needed %v, quarantined %v, %d remaining; want true, false, 4", tr.NeedsTrial(0, 0), tr.IsQuarantined(0), tr.Remaining(0))
	}
}

// TestReplayEqualsLiveTracker checks on random runs that Replay restores the state of the
// process that wrote the journal.
func TestReplayEqualsLiveTracker(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 0))
		settings := []string{"", ", retries: 1", ", retries: 2, quarantine: 2", ", quarantine: never"}[random.IntN(4)]
		plan := NewPlan(parse(t, twoCells+settings+"}\n"))
		live, log := NewTracker(plan, none), &journal.Log{}
		for range 40 {
			round, cell := random.IntN(4), random.IntN(2)
			if random.IntN(12) == 0 {
				live.ResetFailures()
				log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteResumed, RetryFailed: true, After: len(log.Trials)})
			}
			if !live.NeedsTrial(round, cell) || live.IsQuarantined(cell) {
				continue
			}
			record := recordOf(int(live.result(round, cell).attempts)+1, []string{"ok", "failed", "wrong", "crashed", "void"}[random.IntN(5)])
			record.Cell, record.Round, record.Measurement = cell, round+1, &journal.Measurement{Seconds: random.Float64()}
			live.Record(round, cell, record)
			log.Trials = append(log.Trials, *record)
		}
		replayed := NewTracker(plan, none)
		replayed.Replay(log, func(cell int) int { return cell })
		if !reflect.DeepEqual(live, replayed) {
			t.Fatalf("seed %d: the live tracker is %+v, the replayed one %+v", seed, live, replayed)
		}
	}
}

// TestFewerRetriesCauseNoQuarantine checks that three attempts in one round count as one
// failed round, although the plan no longer allows retries.
func TestFewerRetriesCauseNoQuarantine(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, twoCells+", quarantine: 2}\n")), none)
	for i := range 3 {
		tr.Record(0, 0, recordOf(i+1, "crashed"))
	}
	if tr.IsQuarantined(0) || tr.NeedsTrial(0, 0) || tr.Remaining(0) != 3 {
		t.Errorf("got quarantined %v, %d remaining; want false, 3", tr.IsQuarantined(0), tr.Remaining(0))
	}
}
