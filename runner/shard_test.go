package runner

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// twoRounds has two cells and three rounds.
const twoRounds = `
name: shard
workload: {files: 1, lines: 1}
grid: {operation: write, strategy: [sequential, threads], workers: 2}
trials: {repeats: 3, warmup: 1}
`

// runShard runs the plan as a shard, and returns its ending and its journal.
func runShard(t *testing.T, source string, shard Shard) (Ending, *journal.Log) {
	t.Helper()
	space, out := t.TempDir(), t.TempDir()
	shard.Journal = filepath.Join(out, "attempt.jsonl")
	shard.Check = func(*journal.Run) error { return nil }
	opt := Options{Origin: journal.Origin{Source: source, Dir: space}, Here: space, Out: out, Progress: &silent{}, Shard: &shard}
	prep, err := preflight.Prepare(t.Context(), schedule.NewPlan(parse(t, source, "workspace="+space)), preflight.Base{Here: space, Dir: space}, opt.Progress.Preparing)
	if err != nil {
		t.Fatal(err)
	}
	ending, err := Run(t.Context(), prep, opt)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(out, "*"))
	if len(files) != 1 {
		t.Errorf("the directory of the sweep has %q, want the journal only", files)
	}
	log, err := journal.ReadFile(shard.Journal)
	if err != nil {
		t.Fatal(err)
	}
	checkEmpty(t, space)
	return ending, log
}

// TestShardContinues runs the rounds that no earlier attempt has. It asks before each round if it must yield.
func TestShardContinues(t *testing.T) {
	earlier := &journal.Log{}
	for cell := range 2 {
		earlier.Trials = append(earlier.Trials, journal.Trial{Phase: journal.Measured, Round: 2, Cell: cell, Attempt: 1, Status: journal.OK, Measurement: &journal.Measurement{Seconds: 1}})
	}
	asked := 0
	ending, log := runShard(t, twoRounds, Shard{Earlier: earlier, Yield: func() string { asked++; return "" }})
	if ending.Kind != journal.NoteFinished || asked != 3 || len(log.Trials) != 3*2 {
		t.Errorf("got %+v with %d trials, asked %d times; want 6 trials of 3 rounds", ending, len(log.Trials), asked)
	}
	for i := range log.Trials {
		if trial := &log.Trials[i]; trial.Phase == journal.Measured && trial.Round == 2 {
			t.Errorf("round 2 was run again")
		}
	}
}

// TestShardEnds checks the reasons for which an attempt ends before its shard is done.
func TestShardEnds(t *testing.T) {
	asked := 0
	ending, log := runShard(t, twoRounds, Shard{Yield: func() string {
		if asked++; asked > 2 {
			return "a newer attempt runs"
		}
		return ""
	}})
	if ending.Kind != journal.NoteInterrupted || ending.Why != "a newer attempt runs" || len(log.Trials) != 2*2 {
		t.Errorf("got %+v with %d trials, want the end after 2 rounds", ending, len(log.Trials))
	}
	ending, log = runShard(t, twoRounds, Shard{Deadline: time.Now().Add(-time.Second)})
	if ending.Kind != journal.NoteBudget || len(log.Trials) > 0 {
		t.Errorf("after the deadline: got %+v with %d trials", ending, len(log.Trials))
	}
	if ending, _ = runShard(t, twoRounds, Shard{Deadline: time.Now().Add(24 * time.Hour)}); ending.Kind != journal.NoteFinished {
		t.Errorf("long before the deadline: got %+v", ending)
	}
}

// TestFailedSetupWritesNoPlan skips the cells of a setup that fails, and changes no file of the sweep.
func TestFailedSetupWritesNoPlan(t *testing.T) {
	_, log := runShard(t, `
name: setup
workload: {files: 1, lines: 1}
operations:
  own: {verify: none, setup: ["false"]}
commands:
  one: {operation: own, run: ["true"]}
grid: {operation: own, strategy: one}
baseline: {strategy: one}
trials: {repeats: 1, warmup: 0}
`, Shard{})
	if log.Run.Cells[0].Skip == "" || len(log.Trials) > 0 {
		t.Errorf("got %d trials of the cell %+v, want it skipped", len(log.Trials), log.Run.Cells[0])
	}
}

// TestAwaitSignal checks which trials wait for a signal: those that it may have ended.
func TestAwaitSignal(t *testing.T) {
	cause := func(status journal.Status, shard *Shard) (waited bool) {
		ctx, cancel := context.WithCancel(t.Context())
		r := &run{opt: Options{Shard: shard}}
		asked := make(chan struct{})
		watched := &watchedContext{Context: ctx, asked: asked}
		ended := make(chan struct{})
		go func() { r.awaitSignal(watched, &journal.Trial{Status: status}); close(ended) }()
		select {
		case <-asked:
			waited = true
		case <-ended:
		}
		cancel()
		<-ended
		return waited
	}
	for _, status := range []journal.Status{journal.Failed, journal.Crashed} {
		if !cause(status, &Shard{}) {
			t.Errorf("%s: the signal is not awaited", status)
		}
	}
	for _, status := range []journal.Status{journal.OK, journal.Timeout} {
		if cause(status, &Shard{}) {
			t.Errorf("%s: a signal is awaited", status)
		}
	}
	if cause(journal.Crashed, nil) {
		t.Error("a run of one machine awaits a signal")
	}
}

// A watchedContext tells when someone waits for its end.
type watchedContext struct {
	context.Context
	asked chan struct{}
}

func (c *watchedContext) Done() <-chan struct{} {
	close(c.asked)
	return c.Context.Done()
}
