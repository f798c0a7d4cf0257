package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner"
)

// engineCells are the cells of the shipped experiment, as a run's journal has them.
func engineCells(t *testing.T) []journal.Cell {
	t.Helper()
	source, err := experiments.ReadShipped("engines")
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiments.Parse(source, experiments.Options{File: "engines.yaml", Catalogue: runner.Catalogue(), CPUs: 2})
	if err != nil {
		t.Fatal(err)
	}
	cells := make([]journal.Cell, len(e.Cells))
	for i, c := range e.Cells {
		cells[i] = journal.Cell{Name: c.String(), Levels: map[string]string{}, Files: e.WorkloadOf(c).Files}
		for _, f := range e.FactorsOf(c) {
			cells[i].Levels[f.Axis] = f.Level
		}
	}
	return cells
}

// TestEveryPromiseHasItsCells: an experiment that is edited takes no promise away
// unnoticed.
func TestEveryPromiseHasItsCells(t *testing.T) {
	r := resultsOf(&journal.Log{Run: journal.Run{Cells: engineCells(t)}})
	for _, p := range promised() {
		if n := len(r.matching(p.against)); n != 1 {
			t.Errorf("%d cells are %v, expected 1", n, p.against)
		}
		ours := r.matching(p.by)
		if len(ours) == 0 {
			t.Errorf("no cell is %v", p.by)
		}
		for _, cell := range ours {
			if l := r.cells[cell].Levels; l["workers"] != "2" || l["layout"] == "per-worker" {
				t.Errorf("%s may keep a promise of two workers in one directory", r.cells[cell].Name)
			}
		}
	}
}

// A sample is one cell with its seconds, round by round; 0 is a trial that failed.
type sample struct {
	strategy string
	seconds  []float64
}

func sampleRun(samples ...sample) *journal.Log {
	log := &journal.Log{}
	for i, s := range samples {
		log.Run.Cells = append(log.Run.Cells, journal.Cell{
			Levels: map[string]string{"operation": "copy", "strategy": s.strategy, "size": "10", "content": "bytes"}, Files: 7,
		})
		// A warm-up that would decide everything.
		log.Trials = append(log.Trials, journal.Trial{
			Cell: i, Round: 1, Phase: journal.Warmup, Status: journal.OK, Attempt: 1, Measurement: &journal.Measurement{Seconds: 1e-9},
		})
		for round, x := range s.seconds {
			t := journal.Trial{Cell: i, Round: round + 1, Phase: journal.Measured, Attempt: 1, Status: journal.OK, Measurement: &journal.Measurement{Seconds: x}}
			if x == 0 {
				t.Status, t.Error = journal.Failed, "it fell over"
			}
			log.Trials = append(log.Trials, t)
		}
	}
	return log
}

var (
	ours   = where{"strategy": "mine|slow"}
	theirs = where{"strategy": "theirs"}
)

func held(t *testing.T, p promise, log *journal.Log) line {
	t.Helper()
	p.by, p.against, p.figure = ours, theirs, seconds
	l, err := p.hold(resultsOf(log))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestTheFigureIsTheMedianOfRoundsInPairs: rounds slow down by a factor of 10, and the
// ratios do not.
func TestTheFigureIsTheMedianOfRoundsInPairs(t *testing.T) {
	log := sampleRun(
		sample{"slow", []float64{9, 9, 9, 9, 9, 90, 90}},
		sample{"mine", []float64{1, 1.1, 1.2, 1.3, 1.4, 15, 16}},
		sample{"theirs", []float64{2, 2, 2, 2, 2, 20, 20}},
	)
	l := held(t, promise{bound: 0.7}, log)
	if l.by != "mine" || l.against != "theirs" || l.figure.X != 0.65 || l.verdict() != "yes, not certain" {
		t.Errorf("%+v is %q", l, l.verdict())
	}
	if l.interval.Low != 0.5 || l.interval.High != 0.8 {
		t.Errorf("the interval is %+v, expected 0.5 to 0.8", l.interval)
	}
	for bound, verdict := range map[float64]string{0.9: "yes", 0.6: "no, not certain", 0.4: "no"} {
		if l := held(t, promise{bound: bound}, log); l.verdict() != verdict {
			t.Errorf("at most %g: %q, expected %q", bound, l.verdict(), verdict)
		}
	}
	l = held(t, promise{bound: 1.25, faster: true}, log)
	if l.by != "mine" || number(l.figure) != "1.54" || l.verdict() != "yes" || l.promised() != "≥ 1.25" {
		t.Errorf("%+v is %q, promised %q", l, l.verdict(), l.promised())
	}
	if l := held(t, promise{bound: 2.5, faster: true}, log); l.verdict() != "no" {
		t.Errorf("%+v is %q", l, l.verdict())
	}
}

func TestWhatWasNotMeasuredSaysWhy(t *testing.T) {
	skipped := sampleRun(sample{"mine", []float64{1}}, sample{"theirs", nil})
	skipped.Run.Cells[1].Skip = "it is not installed"
	undone := sampleRun(sample{"mine", []float64{1}}, sample{"theirs", []float64{2}})
	undone.Trials[3].Measurement.Finding = "it wrote nothing"
	for name, test := range map[string]struct {
		log  *journal.Log
		want string
	}{
		"skipped": {skipped, "it is not installed"},
		"failed":  {sampleRun(sample{"mine", []float64{0}}, sample{"theirs", []float64{1}}), "failed: it fell over"},
		"apart":   {sampleRun(sample{"mine", []float64{1}}, sample{"theirs", []float64{0, 1}}), "no round has both"},
		"none":    {sampleRun(sample{"mine", []float64{1}}), "the run has no such cells"},
		"undone":  {undone, "no round has both"},
	} {
		if l := held(t, promise{bound: 2}, test.log); l.figure.OK || l.reached() || l.verdict() != "not measured: "+test.want {
			t.Errorf("%s: %q, expected %q", name, l.verdict(), test.want)
		}
	}
}

func TestTwoThatCouldBeMeantAreRefused(t *testing.T) {
	log := sampleRun(sample{"mine", []float64{1}}, sample{"theirs", []float64{1}}, sample{"theirs", []float64{1}})
	p := promise{by: ours, against: theirs, figure: seconds}
	if _, err := p.hold(resultsOf(log)); err == nil || !strings.Contains(err.Error(), "expected one") {
		t.Errorf("%v", err)
	}
}

const printed = `goos: linux
goarch: amd64
pkg: iosweep/runner
BenchmarkFloor/write/4KiB-2 	1	900 ns/op	1.100 of-floor	3.1 us/file
BenchmarkFloor/read/4KiB-2 	1	900 ns/op	1.300 of-floor	3.1 us/file
BenchmarkMillion/read/threads-2 	1	900 ns/op	70.50 MiB-runner	40.25 MiB-trial
BenchmarkProcessTask-2 	1	900 ns/op	12.00 us/task
--- BENCH: BenchmarkProcessTask-2
BenchmarkEngine/write/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	50 allocs/op
BenchmarkEngine/write/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	60 allocs/op
BenchmarkEngine/write/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	70 allocs/op
BenchmarkEngine/zip/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	70000 allocs/op
PASS
`

func TestBenchmarksAreHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "go.txt")
	if err := os.WriteFile(path, []byte(printed), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, []string{path}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| time of the floor's, neither with its start | Floor/write/4KiB-2 |  | 1 | 1.10 |  | ≤ 1.15 | yes |",
		"| time of the floor's, neither with its start | Floor/read/4KiB-2 |  | 1 | 1.30 |  | ≤ 1.15 | no |",
		"| microseconds for a task through a pipe | ProcessTask-2 |  | 1 | 12.0 |  | ≤ 15 | yes |",
		"| MiB of memory for a million files | Million/read/threads-2 |  | 1 | 40.2 |  | ≤ 64 | yes |",
		"| allocations for an item | Engine/write/4KiB-2 |  | 3 | 0.00600 |  | ≤ 0.01 | yes |",
		"not measured: no benchmark ^Engine/(write\\|read\\|copy\\|delete)/239KiB- reports allocs/op |",
		"\n4 of 6 reached, 1 missed, 1 not measured\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}

func TestWhatIsNoBenchmarkIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "go.txt")
	if err := os.WriteFile(path, []byte("PASS\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, paths := range [][]string{nil, {path}, {t.TempDir()}, {path + ".none"}} {
		if err := write(&strings.Builder{}, paths); err == nil {
			t.Errorf("%q was not refused", paths)
		}
	}
}
