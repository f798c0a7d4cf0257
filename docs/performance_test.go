package docs_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
)

// promises runs promises.py, which compares journals and benchmark output with the
// bounds of performance.md. It returns false if the script refuses an argument.
func promises(t *testing.T, paths ...string) (string, bool) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	out, err := exec.Command(python, append([]string{"../experiments/floor/promises.py"}, paths...)...).CombinedOutput()
	return string(out), err == nil
}

// cellsOf returns the cells of a shipped experiment, as in a journal.
func cellsOf(t *testing.T, name string) []journal.Cell {
	t.Helper()
	source, err := experiments.ReadShipped(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiments.Parse(source, experiments.Options{File: name + ".yaml", Catalogue: catalogue.New(), CPUs: 2})
	if err != nil {
		t.Fatal(err)
	}
	cells := make([]journal.Cell, len(e.Cells))
	for i, c := range e.Cells {
		cells[i] = journal.Cell{Name: c.String(), Levels: maps.Collect(e.FactorsOf(c)), Files: e.WorkloadOf(c).Files}
	}
	return cells
}

// run writes a journal of an experiment with the seconds of each cell, round by round, and returns
// its directory. A very fast warm-up comes first, which must not count. 0 is a failed trial.
func run(t *testing.T, name string, cells []journal.Cell, seconds ...[]float64) string {
	t.Helper()
	dir := t.TempDir()
	w, err := journal.Create(filepath.Join(dir, journal.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	add := func(e journal.Entry) {
		if err := w.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	add(journal.Entry{Run: &journal.Run{Version: journal.FormatVersion, ID: "r1", Name: name, Repeats: 9, Cells: cells}})
	number := 0
	trial := func(cell, round int, phase journal.Phase, x float64) {
		number++
		trial := &journal.Trial{Trial: number, Cell: cell, Round: round, Phase: phase, Attempt: 1, Status: journal.OK, Measurement: &journal.Measurement{Seconds: x, Work: x, OutputBytes: int64(x)}}
		if x == 0 {
			trial.Status, trial.Error = journal.Failed, "it fell over"
		}
		add(journal.Entry{Trial: trial})
	}
	for cell, rounds := range seconds {
		trial(cell, 1, journal.Warmup, 1e-9)
		for i, x := range rounds {
			trial(cell, i+1, journal.Measured, x)
		}
	}
	return dir
}

// TestEveryBoundHasItsCells checks that the experiment has the cells of every bound, and
// that the page has the bounds of the script.
func TestEveryBoundHasItsCells(t *testing.T) {
	bounds := map[string]bool{}
	for name, count := range map[string]int{"engines": 28, "engines-large": 15, "engines-direct": 1} {
		cells := cellsOf(t, name)
		seconds := make([][]float64, len(cells))
		for i, c := range cells {
			// The fastest cells must not count for any bound.
			seconds[i] = []float64{2}
			if workers := c.Levels["workers"]; c.Levels["layout"] == "per-worker" || workers != "" && workers != "2" && workers != "16" {
				seconds[i] = []float64{1}
			}
		}
		text, ok := promises(t, run(t, name, cells, seconds...))
		if !ok || strings.Contains(text, "not measured: ") || strings.Contains(text, "per-worker |") || !strings.Contains(text, fmt.Sprintf(" of %d reached, ", count)) {
			t.Fatalf("bounds and the experiment %s differ:\n%s", name, text)
		}
		for _, row := range rows(text) {
			bounds[row[0]+row[6]] = true
		}
	}
	page := rows(read(t, "performance.md"))
	count := 0
	for _, row := range page {
		if len(row) == 8 && row[6] != "promised" && strings.ContainsAny(row[6], "≤≥") {
			if count++; !bounds[row[0]+row[6]] {
				t.Errorf("performance.md has %q with %q, but promises.py has no such bound", row[0], row[6])
			}
		}
	}
	if count < 28 {
		t.Errorf("got %d bounds in performance.md, want at least 28", count)
	}
}

// rows returns the cells of the tables in a text.
func rows(text string) (list [][]string) {
	for line := range strings.Lines(text) {
		if inner, ok := strings.CutPrefix(strings.TrimSuffix(line, " |\n"), "| "); ok {
			list = append(list, strings.Split(inner, " | "))
		}
	}
	return list
}

// TestBoundsArePairedByRound uses rounds that slow down by a factor of 10 while the
// ratios stay the same. Cells with fewer rounds, and slower ones, do not count.
func TestBoundsArePairedByRound(t *testing.T) {
	cell := func(operation, strategy, workers, chunk string) journal.Cell {
		return journal.Cell{Files: 7, Levels: map[string]string{"operation": operation, "content": "bytes", "size": "4096", "strategy": strategy, "workers": workers, "chunk_size": chunk}}
	}
	skipped := cell("read", "cat", "", "")
	skipped.Skip = "it is | not\ninstalled"
	text, ok := promises(t, run(t, "engines", []journal.Cell{
		cell("copy", "threads", "2", "1"), cell("copy", "threads", "2", "16"), cell("copy", "threads", "2", "8"), cell("copy", "threads", "4", "1"),
		cell("copy", "cp", "", ""), cell("copy", "floor-copy", "2", ""),
		cell("read", "threads", "2", "1"), skipped, cell("read", "floor-read", "2", ""),
		cell("delete", "threads", "2", "1"), cell("delete", "rm", "", ""), cell("delete", "floor-delete", "2", ""),
	},
		[]float64{1, 1.1, 1.2, 1.3, 1.4, 15, 16}, []float64{9, 9, 9, 9, 9, 90, 90}, []float64{0.1, 0.1}, []float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1},
		[]float64{2, 2, 2, 2, 2, 20, 20}, []float64{1, 1, 1.2, 1.3, 1.4, 15, 16},
		[]float64{1, 1}, nil, []float64{2, 4},
		[]float64{0, 1}, []float64{1}, []float64{0, 0},
	))
	for _, want := range []string{
		"| copy 7 x 4096 B, time | threads, workers 2, chunk_size 1 | cp | 7 | 0.650 | 0.500–0.800 | ≤ 0.6 | no, not certain |",
		"| copy 7 x 4096 B, time | threads, workers 2, chunk_size 1 | floor-copy, workers 2 | 7 | 1.00 | 1.00–1.10 | ≤ 1.15 | yes |",
		"| read 7 x 4096 B, time | threads, workers 2, chunk_size 1 | floor-read, workers 2 | 2 | 0.375 |  | ≤ 1.15 | yes, too few rounds |",
		`| read 7 x 4096 B, time |  | cat | 0 |  |  | ≤ 0.4 | not measured: it is \| not installed |`,
		"| delete 7 x 4096 B, time |  | rm | 0 |  |  | ≤ 0.7 | not measured: failed: it fell over |",
		"| delete 7 x 4096 B, time |  | floor-delete, workers 2 | 0 |  |  | ≤ 1.15 | not measured: failed: it fell over |",
		"| append |  | threads | 0 |  |  | ≥ 5 | not measured: the run has no such cells |",
		"\n2 of 28 reached, 1 missed, 25 not measured\n",
	} {
		if !ok || !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	twice := cell("copy", "cp", "", "")
	if text, ok := promises(t, run(t, "engines", []journal.Cell{cell("copy", "threads", "2", ""), twice, twice})); ok || !strings.Contains(text, "expected one") {
		t.Errorf("two matching cells were not refused:\n%s", text)
	}
}

// printed is output of go test -bench.
const printed = `goos: linux
goarch: amd64
pkg: iosweep/runner
BenchmarkFloor/write/4KiB-2 	1	900 ns/op	1.100 of-floor	3.1 us/file
BenchmarkFloor/read/4KiB-2 	1	900 ns/op	1.300 of-floor	3.1 us/file
BenchmarkMillion/read/threads-2 	1	900 ns/op	70.50 MiB-runner	40.25 MiB-trial
BenchmarkMillion/zip/threads-2 	1	900 ns/op	70.50 MiB-runner	240.25 MiB-trial
BenchmarkProcessTask-2 	1	900 ns/op	12.00 us/task
--- BENCH: BenchmarkProcessTask-2
BenchmarkEngine/write/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	50 allocs/op
BenchmarkEngine/write/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	60 allocs/op
BenchmarkEngine/write/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	70 allocs/op
BenchmarkEngine/zip/4KiB-2 	10	900 ns/op	22 MB/s	4096 B/op	70000 allocs/op
PASS
`

func TestBenchmarksAreComparedWithBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "go.txt")
	if err := os.WriteFile(path, []byte(printed), 0o644); err != nil {
		t.Fatal(err)
	}
	text, ok := promises(t, path)
	for _, want := range []string{
		"| time of the floor's, neither with its start | Floor/write/4KiB-2 |  | 1 | 1.10 |  | ≤ 1.15 | yes |",
		"| time of the floor's, neither with its start | Floor/read/4KiB-2 |  | 1 | 1.30 |  | ≤ 1.15 | no |",
		"| microseconds for a task through a pipe | ProcessTask-2 |  | 1 | 12.0 |  | ≤ 15 | yes |",
		"| MiB of memory for a million files | Million/read/threads-2 |  | 1 | 40.2 |  | ≤ 64 | yes |",
		"| MiB of memory for a million files | Million/zip/threads-2 |  | 1 | 240 |  | ≤ 1000 | yes |",
		"| allocations for an item | Engine/write/4KiB-2 |  | 3 | 0.00600 |  | ≤ 0.01 | yes |",
		"not measured: no benchmark ^Engine/(write\\|read\\|copy\\|delete)/239KiB- reports allocs/op |",
		"\n5 of 17 reached, 1 missed, 11 not measured\n",
	} {
		if !ok || !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "go.txt")
	if err := os.WriteFile(path, []byte("PASS\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, paths := range [][]string{nil, {path}, {t.TempDir()}, {path + ".none"}} {
		if text, ok := promises(t, paths...); ok {
			t.Errorf("%q was not refused:\n%s", paths, text)
		}
	}
}
