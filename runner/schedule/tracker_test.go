package schedule

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"iosweep/journal"
)

const twoCells = `
name: two
workload: {files: 2}
grid: {operation: write, strategy: [sequential, threads], workers: 2}
trials: {repeats: 4, warmup: 0, order: listed`

// A told is one record: how a trial ended. "wrong" is an outcome that is not what
// it has to be, "void" one that the machine is to blame for.
func told(attempt int, how string) *journal.Trial {
	trial := &journal.Trial{Phase: journal.Measured, Attempt: attempt, Status: journal.Status(how)}
	switch how {
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
		records     []string // of the first cell, each round as long as it is wanted
		rounds      int      // that they reach
		wanted      bool     // in the last of these rounds
		quarantined bool
		failed      int
	}{
		{"one good trial", "", []string{"ok"}, 1, false, false, 0},
		{"a failure without retries is done", "", []string{"failed"}, 1, false, false, 1},
		{"three failures in a row are enough", "", []string{"failed", "timeout", "crashed"}, 3, false, true, 3},
		{"a good one between", "", []string{"failed", "failed", "ok", "failed"}, 4, false, false, 3},
		{"a failure may be tried again", ", retries: 2", []string{"failed"}, 1, true, false, 1},
		{"and twice", ", retries: 2", []string{"failed", "crashed"}, 1, true, false, 1},
		{"and then its cell is left alone", ", retries: 2", []string{"failed", "crashed", "failed"}, 1, false, true, 1},
		{"a retry makes good what crashed", ", retries: 2", []string{"crashed", "ok"}, 1, false, false, 0},
		{"and what ended with an error", ", retries: 2", []string{"failed", "ok"}, 1, false, false, 0},
		{"but no wrong outcome", ", retries: 2", []string{"wrong", "ok"}, 1, false, false, 1},
		{"never", ", retries: 1, quarantine: never", []string{"failed", "failed", "failed", "failed"}, 2, false, false, 2},
		{"a later quarantine", ", retries: 1, quarantine: 2", []string{"failed", "failed", "failed"}, 2, true, false, 2},
		{"what the machine is to blame for is done again", "", []string{"void"}, 1, true, false, 0},
		{"however often", "", []string{"void", "void", "ok"}, 1, false, false, 0},
		{"and is no retry", ", retries: 1", []string{"failed", "void"}, 1, true, false, 0},
	} {
		plan := NewPlan(parse(t, twoCells+test.settings+"}\n"))
		tr := NewTracker(plan, none)
		round, attempt := 0, 0
		for _, how := range test.records {
			if !tr.NeedsTrial(round, 0) {
				round, attempt = round+1, 0
			}
			attempt++
			record := told(attempt, how)
			record.Round = round + 1
			tr.Record(round, 0, record)
		}
		if round+1 != test.rounds || tr.NeedsTrial(round, 0) != test.wanted || tr.IsQuarantined(0) != test.quarantined || tr.Failed() != test.failed {
			t.Errorf("%s: %v reach round %d, wanted again %v, quarantined %v, %d failed; want %d, %v, %v, %d", test.name, test.records,
				round+1, tr.NeedsTrial(round, 0), tr.IsQuarantined(0), tr.Failed(), test.rounds, test.wanted, test.quarantined, test.failed)
		}
		if tr.IsQuarantined(1) || !tr.NeedsTrial(0, 1) {
			t.Errorf("%s: the other cell is affected", test.name)
		}
	}
}

func TestForgivenTrialsAreWantedAgain(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, twoCells+", retries: 1}\n")), none)
	for i, how := range []string{"failed", "failed"} {
		tr.Record(0, 0, told(i+1, how))
	}
	tr.Record(0, 1, told(1, "ok"))
	if !tr.IsQuarantined(0) || tr.Remaining(0) != 0 {
		t.Fatal("the cell is not quarantined")
	}
	tr.ResetFailures()
	if tr.IsQuarantined(0) || tr.Remaining(0) != 4 || tr.Remaining(1) != 3 || tr.result(0, 0).attempts != 2 {
		t.Errorf("%d and %d trials are left, attempts %d", tr.Remaining(0), tr.Remaining(1), tr.result(0, 0).attempts)
	}
}

// TestAForgivenTrialThatMetAFault is still to be done for whoever resumes without
// forgiving: the journal alone says that it was let off.
func TestAForgivenTrialThatMetAFault(t *testing.T) {
	plan := NewPlan(parse(t, twoCells+", retries: 1}\n"))
	var records []journal.Trial
	for i, how := range []string{"failed", "failed", "void"} {
		record := told(i+1, how)
		record.Round = 1
		records = append(records, *record)
	}
	tr := NewTracker(plan, none)
	tr.Replay(&journal.Log{Trials: records, Notes: []journal.Note{{Kind: journal.NoteResumed, RetryFailed: true, After: 2}}}, func(cell int) int { return cell })
	if !tr.NeedsTrial(0, 0) || tr.IsQuarantined(0) || tr.Remaining(0) != 4 {
		t.Errorf("wanted %v, quarantined %v, %d left", tr.NeedsTrial(0, 0), tr.IsQuarantined(0), tr.Remaining(0))
	}
}

// TestReplayComesToTheSame: whatever happens to a run, who reads its journal knows
// what the process knew that wrote it.
func TestReplayComesToTheSame(t *testing.T) {
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
			record := told(int(live.result(round, cell).attempts)+1, []string{"ok", "failed", "wrong", "crashed", "void"}[random.IntN(5)])
			record.Cell, record.Round, record.Measurement = cell, round+1, &journal.Measurement{Seconds: random.Float64()}
			live.Record(round, cell, record)
			log.Trials = append(log.Trials, *record)
		}
		replayed := NewTracker(plan, none)
		replayed.Replay(log, func(cell int) int { return cell })
		if !reflect.DeepEqual(live, replayed) {
			t.Fatalf("seed %d: %+v, and replayed %+v", seed, live, replayed)
		}
	}
}

// TestFewerRetriesMeanNoQuarantine: a round that was tried three times, as was
// allowed then, is one round that failed.
func TestFewerRetriesMeanNoQuarantine(t *testing.T) {
	tr := NewTracker(NewPlan(parse(t, twoCells+", quarantine: 2}\n")), none)
	for i := range 3 {
		tr.Record(0, 0, told(i+1, "crashed"))
	}
	if tr.IsQuarantined(0) || tr.NeedsTrial(0, 0) || tr.Remaining(0) != 3 {
		t.Errorf("quarantined %v, %d left", tr.IsQuarantined(0), tr.Remaining(0))
	}
}
