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

// TestMain makes this test binary its own child processes: a trial is
// os.Executable() with the argument "trial", and a worker likewise.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "trial":
			exitWith(trial.Trial(context.Background(), os.Stdin, os.Stdout))
		case "worker":
			exitWith(trial.Worker(context.Background(), os.Stdin, os.Stdout))
		}
	}
	// A program with the race detector sleeps a second before it ends.
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

// parse is an experiment that must be right.
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

// silent is a Progress that keeps what was said for tests.
type silent struct{ kept []string }

func (*silent) Preparing(string)               {}
func (*silent) Begun(TrialInfo)                {}
func (*silent) Ended(TrialInfo, journal.Trial) {}

func (s *silent) Noted(n journal.Note) {
	if n.Kind == journal.NoteKept {
		s.kept = append(s.kept, n.Text)
	}
}

// runIt runs an experiment in a workspace of its own and returns the journal.
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

// empty checks that nothing is left in a workspace.
func empty(t *testing.T, space string) {
	t.Helper()
	left, err := os.ReadDir(space)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("left behind: %s", e.Name())
	}
}

func TestARunFollowsItsPlan(t *testing.T) {
	ending, log, space := runIt(t, t.Context(), small)
	if ending.Kind != journal.NoteFinished || ending.Failed != 0 || ending.Trials != 24 || ending.Remaining != 0 {
		t.Errorf("it ended with %+v", ending)
	}
	empty(t, space)
	var at int
	plan := schedule.NewPlan(parse(t, small))
	for n := range plan.Rounds {
		round := plan.Round(n)
		for _, cell := range plan.Order(n) {
			trial := log.Trials[at]
			if trial.Cell != cell || trial.Phase != round.Phase || trial.Round != round.Number || trial.Trial != at+1 {
				t.Errorf("trial %d is of cell %d in %s %d, planned was cell %d in %s %d",
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
			t.Errorf("%s: a cold pool whose start is not counted: %+v", trial.Name, m)
		}
	}
}

func TestAWarmPoolDoesNotCountItsStart(t *testing.T) {
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
			t.Errorf("seconds %v, work %v, startup %v", m.Seconds, m.Work, *m.Startup)
		}
	}
}

func TestAnInterruptedTrialIsNotRecorded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	here := t.TempDir()
	ending, log, space := runIt(t, ctx, strings.ReplaceAll(held, "HERE", here), func(o *Options) {
		o.Progress = &cancelling{after: 3, begun: filepath.Join(here, "begun"), cancel: cancel}
	})
	if ending.Kind != journal.NoteInterrupted || ending.Remaining != 1 {
		t.Errorf("it ended with %+v", ending)
	}
	if len(log.Trials) != 3 {
		t.Errorf("%d trials are in the journal, want the 3 that ended", len(log.Trials))
	}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			t.Errorf("trial %d is %s: %s", trial.Trial, trial.Status, trial.Error)
		}
	}
	empty(t, space)
}

// A run that is interrupted while a trial is prepared, or guarded, is interrupted too: the
// machine is not at fault.
func TestAnInterruptionIsNoFault(t *testing.T) {
	for at := range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ending, log, space := runIt(t, ctx, strings.ReplaceAll(held, "HERE", t.TempDir()), func(o *Options) {
			o.Progress = &cancelsAtOnce{at: at + 1, cancel: cancel}
		})
		if ending.Kind != journal.NoteInterrupted || len(log.Trials) != at {
			t.Errorf("interrupted at trial %d: %d trials, it ended with %+v", at+1, len(log.Trials), ending)
		}
		empty(t, space)
	}
}

// cancelsAtOnce ends the run when a trial is about to begin.
type cancelsAtOnce struct {
	silent
	at     int
	cancel func()
}

func (c *cancelsAtOnce) Begun(t TrialInfo) {
	if t.Number == c.at {
		c.cancel()
	}
}

// held has a contender that begins and does not end, after three trials that do.
const held = `
name: held
workload: {files: 5, lines: 3}
grid: {operation: copy, strategy: [sequential, threads, once, held], workers: 2}
commands:
  once: {operation: copy, run: [sh, -c, 'cp "$1"/* "$2"', sh, '{input}', '{output}']}
  held: {operation: copy, run: [sh, -c, ': >HERE/begun; sleep 1000']}
trials: {repeats: 1, warmup: 0, order: listed}
`

// cancelling ends the run while the trial after so many is under way, which has made a
// file.
type cancelling struct {
	silent
	after  int
	begun  string
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
