//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner"
)

// TestResultsName: without --out the directory is one that does not exist. With --out it is that
// directory in any case.
func TestResultsName(t *testing.T) {
	base := filepath.Join(t.TempDir(), "x-20260102-030405")
	name := resultsName{base: base}
	for _, want := range []string{base, base + "-2", base + "-3", base + "-4"} {
		if got := name.unused(); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		if want == base+"-2" {
			writeFile(t, want, "a file, not a directory")
		} else {
			noError(t, os.Mkdir(want, 0o755))
		}
	}
	if got := (resultsName{out: base, base: base}).unused(); got != base {
		t.Errorf("got %s, want the value of --out", got)
	}
}

// TestResultsNameTogether: several runs begin with the same unused directory, and each gets another
// one.
func TestResultsNameTogether(t *testing.T) {
	const runs = 6
	name := resultsName{base: filepath.Join(t.TempDir(), "x-20260102-030405")}
	first := name.unused()
	var wait, locked sync.WaitGroup
	locked.Add(runs)
	got := make([]string, runs)
	for i := range runs {
		wait.Go(func() {
			show := newProgress(os.Stderr, progressNone)
			var err error
			got[i], _, err = name.run(first, show, func(dir string) (runner.Ending, error) {
				if err := workspace.CreateResults(dir); err != nil {
					return runner.Ending{}, err
				}
				lock, err := journal.Lock(dir)
				if err != nil {
					return runner.Ending{}, err
				}
				locked.Done()
				locked.Wait() // every run keeps its lock until all runs have one
				return runner.Ending{Kind: journal.NoteFinished}, lock.Release()
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	slices.Sort(got)
	if len(slices.Compact(got)) != runs {
		t.Errorf("got %q, want %d directories", got, runs)
	}
}

// oneSecond is an experiment that takes less than a second.
const oneSecond = `
name: one
workload: {files: 1, content: bytes, size: 1}
grid: {operation: write, strategy: sequential}
trials: {repeats: 1, warmup: 0}
workspace: ws
published:
  baseline: one
  rows:
    - {method: one, seconds: [1], cells: [{strategy: sequential}]}
`

// TestRunsOfOneSecond starts commands without --out, one after the other and at once. Several begin
// in one second, and each gets its own results directory.
func TestRunsOfOneSecond(t *testing.T) {
	const together = 6
	apart := 6
	if testing.Short() {
		apart = 2
	}
	for _, test := range []struct {
		args    []string
		results string
	}{
		{[]string{"run", "x.yaml", "-q"}, "results/one-2*"},
		{[]string{"reproduce", "x.yaml", "-q"}, "results/one-2*"},
		{[]string{"plan", "x.yaml", "--probe"}, "results/one-probe-2*"},
	} {
		t.Run(test.args[0], func(t *testing.T) {
			if test.args[0] != "run" {
				skipIfShort(t)
			}
			dir := experimentDir(t, oneSecond)
			var live []*liveRun
			for range together {
				live = append(live, launch(t, dir, test.args...))
			}
			for _, l := range live {
				l.exitsWith(t, exitGood)
			}
			for range apart {
				launch(t, dir, test.args...).exitsWith(t, exitGood)
			}
			dirs, err := filepath.Glob(filepath.Join(dir, test.results))
			noError(t, err)
			for _, results := range dirs {
				log, err := journal.ReadDir(results)
				if err != nil || !log.Finished() || len(log.Trials) != 1 {
					t.Errorf("%s: %v, %+v", results, err, log)
				}
			}
			if len(dirs) != together+apart {
				t.Errorf("got %d results directories, want %d: %q", len(dirs), together+apart, dirs)
			}
		})
	}
}
