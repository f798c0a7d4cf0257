package runner

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// limitDescriptors sets the limit of descriptors of this process and its children. Only root could
// raise it again.
func limitDescriptors(t *testing.T, n uint64) {
	t.Helper()
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: n}); err != nil {
		t.Fatal(err)
	}
}

// TestDescriptors checks that a cell passes with exactly the number of descriptors that it needs
// according to preflight, and is skipped with one less. If workers keep their descriptors open
// during the whole trial, a slightly lower limit must make the trial fail.
func TestDescriptors(t *testing.T) {
	if testing.Short() {
		t.Skip("the test tries many limits of descriptors")
	}
	nested := t.TempDir()
	for i := range 60 {
		dir := fmt.Sprintf("%s/%02d", nested, i)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for k := range 4 {
			if err := os.WriteFile(fmt.Sprintf("%s/%d", dir, k), []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	// A trial whose workers keep their descriptors open must fail with this many less.
	const spare = 8
	for _, test := range []struct {
		cell  string
		exact bool
	}{
		{"workload: {files: 200, lines: 2}\ngrid: {operation: copy, strategy: threads, workers: 60}", false},
		{"workload: {files: 200, lines: 2}\ngrid: {operation: write, strategy: async, workers: 60, layout: per-worker}", false},
		{"workload: {files: 200, lines: 2}\ngrid: {operation: append, strategy: threads, workers: 60, sink: unlocked}", false},
		{"workload: {files: 200, lines: 2}\ngrid: {operation: copy, strategy: processes, workers: 20}", true},
		{"workload: {files: 200, lines: 2}\ngrid: {operation: write, strategy: processes+threads, workers: 2, threads: 60}", false},
		{"workload: {from: " + nested + "}\ngrid: {operation: move, strategy: async, workers: 40}", false},
		{"workload: {from: " + nested + "}\ngrid: {operation: zip, strategy: pipeline, workers: 20}", false},
	} {
		t.Run(test.cell[strings.Index(test.cell, "grid"):], func(t *testing.T) {
			_, strategy, _ := strings.Cut(test.cell, "strategy: ")
			strategy = strings.TrimRight(strings.SplitN(strategy, ",", 2)[0], "}")
			source := "name: x\ntrials: {repeats: 2, warmup: 0}\nbaseline: {strategy: " + strategy + "}\n" + test.cell
			need := neededBy(t, source)
			log := runLimited(t, source, need, need)
			if log.Run.Cells[0].Skip != "" || len(log.Trials) != 2 || log.Trials[0].Status != journal.OK || log.Trials[1].Status != journal.OK {
				t.Errorf("with the %d descriptors that it needs: got skipped %q, trials %+v; want two good trials", need, log.Run.Cells[0].Skip, log.Trials)
			}
			skip := runLimited(t, source, need-1, need-1).Run.Cells[0].Skip
			if want := fmt.Sprintf("needs up to %d descriptors", need); !strings.Contains(skip, want) || !strings.Contains(skip, fmt.Sprintf("the limit is %d", need-1)) {
				t.Errorf("with one less: got skipped for %q, want %q", skip, want)
			}
			if !test.exact {
				return
			}
			for _, trial := range runLimited(t, source, 1000, need-spare).Trials {
				if trial.Status == journal.OK {
					t.Errorf("a trial passed with %d descriptors although preflight requires %d", need-spare, need)
				}
			}
		})
	}
}

// runLimited prepares and runs an experiment in a separate process under limits of descriptors.
func runLimited(t *testing.T, source string, preparing, running uint64) *journal.Log {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command(os.Args[0], "-test.run=^TestLimitedRun$")
	cmd.Env = append(os.Environ(), "LIMITED_OUT="+out, "LIMITED_SOURCE="+source, fmt.Sprintf("LIMITED=%d %d", preparing, running))
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	log, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// TestLimitedRun is the process that runLimited starts.
func TestLimitedRun(t *testing.T) {
	var preparing, running uint64
	if _, err := fmt.Sscan(os.Getenv("LIMITED"), &preparing, &running); err != nil {
		t.Skip("only other tests start it")
	}
	source, space := os.Getenv("LIMITED_SOURCE"), t.TempDir()
	opt := Options{Origin: journal.Origin{Source: source, Dir: space}, Here: space, Out: os.Getenv("LIMITED_OUT"), Progress: &silent{}}
	limitDescriptors(t, preparing)
	prep, err := preflight.Prepare(t.Context(), schedule.NewPlan(parse(t, source, "workspace="+space)), preflight.Base{Here: space, Dir: space}, opt.Progress.Preparing)
	if err != nil {
		t.Fatal(err)
	}
	limitDescriptors(t, running)
	if _, err := Run(t.Context(), prep, opt); err != nil {
		t.Fatal(err)
	}
}

// neededBy returns the number of descriptors that the only cell of an experiment needs.
func neededBy(t *testing.T, source string) uint64 {
	t.Helper()
	space := t.TempDir()
	p, err := preflight.Prepare(t.Context(), schedule.NewPlan(parse(t, source, "workspace="+space)), preflight.Base{Here: space, Dir: space}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	need, _ := p.Descriptors(0)
	return uint64(need)
}
