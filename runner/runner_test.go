package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
	"iosweep/runner/trial"
)

// TestMain lets this test binary serve as its own child processes: a run starts os.Executable()
// with the argument "trial" or "worker".
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "trial":
			exitWith(trial.Trial(context.Background(), os.Stdin, os.Stdout))
		case "worker":
			exitWith(trial.Worker(context.Background(), os.Stdin, os.Stdout))
		}
	}
	// By default a program with the race detector sleeps a second before it ends.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// parse returns the experiment of a valid source.
func parse(t testing.TB, source string, set ...string) *experiments.Experiment {
	t.Helper()
	e, err := experiments.Parse([]byte(source), experiments.Options{
		File: "test.yaml", Catalogue: catalogue.New(), CPUs: 2, Set: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// silent is a Progress that discards all events except notes about kept directories.
type silent struct{ kept []string }

func (*silent) Preparing(string)               {}
func (*silent) Begun(TrialInfo)                {}
func (*silent) Ended(TrialInfo, journal.Trial) {}

func (s *silent) Noted(n journal.Note) {
	if n.Kind == journal.NoteKept {
		s.kept = append(s.kept, n.Text)
	}
}

// runIt runs an experiment in a new workspace and returns its ending, its journal and the
// workspace.
func runIt(t testing.TB, ctx context.Context, source string, change ...func(*Options)) (Ending, *journal.Log, string) {
	t.Helper()
	space := t.TempDir()
	opt := Options{Origin: journal.Origin{Source: source, Dir: space}, Here: space, Out: filepath.Join(t.TempDir(), "out"), Progress: &silent{}}
	for _, c := range change {
		c(&opt)
	}
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(parse(t, source, "workspace="+space)), preflight.Base{Here: space, Dir: space}, opt.Progress.Preparing)
	if err != nil {
		t.Fatal(err)
	}
	ending, err := Run(ctx, prep, opt)
	if err != nil {
		t.Fatal(err)
	}
	log, err := journal.ReadDir(opt.Out)
	if err != nil {
		t.Fatal(err)
	}
	return ending, log, space
}

// checkEmpty checks that a workspace contains nothing.
func checkEmpty(t *testing.T, space string) {
	t.Helper()
	left, err := os.ReadDir(space)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("the workspace still contains %s", e.Name())
	}
}

func TestRunFollowsPlan(t *testing.T) {
	ending, log, space := runIt(t, t.Context(), small)
	if ending.Kind != journal.NoteFinished || ending.Failed != 0 || ending.Trials != 24 || ending.Remaining != 0 {
		t.Errorf("the run ended with %+v, want 24 good trials", ending)
	}
	checkEmpty(t, space)
	var at int
	plan := schedule.NewPlan(parse(t, small))
	for n := range plan.Rounds {
		round := plan.Round(n)
		for _, cell := range plan.Order(n) {
			trial := log.Trials[at]
			if trial.Cell != cell || trial.Phase != round.Phase || trial.Round != round.Number || trial.Trial != at+1 {
				t.Errorf("trial %d is of cell %d in %s round %d, want cell %d in %s round %d",
					trial.Trial, trial.Cell, trial.Phase, trial.Round, cell, round.Phase, round.Number)
			}
			at++
		}
	}
	for _, trial := range log.Trials {
		m := trial.Measurement
		if m == nil || m.Seconds <= 0 || m.Files != 5 || m.Bytes <= 0 || m.MaxRSS == nil || m.LatencyMax == nil {
			t.Errorf("%s: %+v", trial.Name, m)
		}
		if started := *m.Startup > 0; strings.Contains(trial.Name, "processes") && (!started || m.Seconds < *m.Startup+m.Work) {
			t.Errorf("%s: the time of a cold pool does not include its start: %+v", trial.Name, m)
		}
	}
}

func TestWarmPoolExcludesStart(t *testing.T) {
	_, log, _ := runIt(t, t.Context(), `
name: warm
workload: {files: 3, lines: 1}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: processes, workers: 2, pool: warm}
trials: {repeats: 1, warmup: 0}
`)
	for _, trial := range log.Trials {
		if m := trial.Measurement; strings.Contains(trial.Name, "warm") && (m.Seconds != m.Work || *m.Startup <= 0) {
			t.Errorf("got seconds %v, work %v, startup %v; want seconds equal to work, and a positive startup", m.Seconds, m.Work, *m.Startup)
		}
	}
}

func TestInterruptedTrialIsNotRecorded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	here := t.TempDir()
	ending, log, space := runIt(t, ctx, strings.ReplaceAll(hanging, "HERE", here), func(o *Options) {
		o.Progress = &cancelling{after: 3, begun: filepath.Join(here, "begun"), cancel: cancel}
	})
	if ending.Kind != journal.NoteInterrupted || ending.Remaining != 1 {
		t.Errorf("the run ended with %+v, want an interruption with 1 remaining trial", ending)
	}
	if len(log.Trials) != 3 {
		t.Errorf("got %d trials in the journal, want the 3 that ended", len(log.Trials))
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			t.Errorf("trial %d is %s: %s", trial.Trial, trial.Status, trial.Error)
		}
	}
	checkEmpty(t, space)
}

// TestInterruptionIsNoFault interrupts a run before a trial starts, while its inputs and its
// snapshot are made. The run must end with an interruption and not with a fault of the machine.
func TestInterruptionIsNoFault(t *testing.T) {
	for at := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ending, log, space := runIt(t, ctx, strings.ReplaceAll(hanging, "HERE", t.TempDir()), func(o *Options) {
			o.Progress = &cancellingBefore{at: at + 1, cancel: cancel}
		})
		if ending.Kind != journal.NoteInterrupted || len(log.Trials) != at {
			t.Errorf("interrupted at trial %d: got %d trials and %+v, want %d trials and an interruption", at+1, len(log.Trials), ending, at)
		}
		checkEmpty(t, space)
	}
}

// cancellingBefore cancels the run just before a trial starts.
type cancellingBefore struct {
	silent
	at     int
	cancel func()
}

func (c *cancellingBefore) Begun(t TrialInfo) {
	if t.Number == c.at {
		c.cancel()
	}
}

// hanging has a contender that never ends, after three trials that do.
const hanging = `
name: hanging
workload: {files: 5, lines: 3}
grid: {operation: copy, strategy: [sequential, threads, once, hanging], workers: 2}
commands:
  once: {operation: copy, run: [sh, -c, 'cp "$1"/* "$2"', sh, '{input}', '{output}']}
  hanging: {operation: copy, run: [sh, -c, ': >HERE/begun; sleep 1000']}
trials: {repeats: 1, warmup: 0, order: listed}
`

// cancelling cancels the run during a trial, after the contender has created a file.
type cancelling struct {
	silent
	after  int    // number of trials before that trial
	begun  string // path of the file
	cancel func()
}

func (c *cancelling) Begun(t TrialInfo) {
	if t.Number <= c.after {
		return
	}
	go func() {
		defer c.cancel()
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if _, err := os.Stat(c.begun); err == nil {
				return
			}
		}
	}()
}

const small = `
name: small
workload: {files: 5, lines: 3}
grid:
  - {operation: [write, read], strategy: [sequential, threads, processes], workers: 2}
trials: {repeats: 3, warmup: 1}
`
