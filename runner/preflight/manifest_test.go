package preflight_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
	"iosweep/runner/trial"
)

// TestMain lets this test binary serve as the process of a trial: a run starts os.Executable()
// with the argument "trial".
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "trial" {
		if err := trial.Trial(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestRunReloadsManifests checks that a run loads a manifest again after it was freed.
func TestRunReloadsManifests(t *testing.T) {
	e, err := experiments.Parse([]byte(`
name: several
workload: {files: 2, lines: 1}
grid: {operation: [write, copy], strategy: sequential, files: [2, 3, 4]}
trials: {repeats: 1, warmup: 0}
`), experiments.Options{File: "test.yaml", Catalogue: catalogue.New(), CPUs: 2, Set: []string{"workspace=" + t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := preflight.Prepare(t.Context(), schedule.NewPlan(e), preflight.Base{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	prepared.DropManifests()
	if prepared.Places[0].Manifest != nil {
		t.Fatal("a manifest was not freed")
	}
	ending, err := runner.Run(t.Context(), prepared, runner.Options{Out: filepath.Join(t.TempDir(), "out"), Progress: silent{}})
	if err != nil || ending.Kind != journal.NoteFinished || ending.Failed != 0 || ending.Trials != 6 {
		t.Errorf("the run ended with %+v, %v; want 6 good trials", ending, err)
	}
}

// silent is a Progress that discards all events.
type silent struct{}

func (silent) Preparing(string)                      {}
func (silent) Begun(runner.TrialInfo)                {}
func (silent) Ended(runner.TrialInfo, journal.Trial) {}
func (silent) Noted(journal.Note)                    {}
