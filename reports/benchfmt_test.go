package reports

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchproc"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// readBenchmarks reads an export with the library of benchstat.
func readBenchmarks(t *testing.T, data []byte) (list []*benchfmt.Result, units benchfmt.UnitMetadataMap) {
	t.Helper()
	r := benchfmt.NewReader(bytes.NewReader(data), "export")
	for r.Scan() {
		switch record := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Errorf("%v", record)
		case *benchfmt.Result:
			list = append(list, record.Clone())
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return list, r.Units()
}

// benchmarkOf returns the text that identifies a benchmark in benchstat: configuration and name.
func benchmarkOf(r *benchfmt.Result) string {
	var b strings.Builder
	for _, c := range r.Config {
		b.WriteString(strconv.Quote(c.Key) + strconv.Quote(string(c.Value)))
	}
	return b.String() + r.Name.String()
}

// project returns the value of a key of a result. The key is as in the flags of benchstat.
func project(t *testing.T, r *benchfmt.Result, key string) string {
	t.Helper()
	var parser benchproc.ProjectionParser
	filter, err := benchproc.NewFilter("*")
	if err != nil {
		t.Fatal(err)
	}
	p, err := parser.Parse(key, filter)
	if err != nil {
		t.Fatal(err)
	}
	return p.Project(r).Get(p.Fields()[0])
}

func TestBenchmarksHaveEveryGoodTrial(t *testing.T) {
	d := New(analysistest.Typical())
	results, units := readBenchmarks(t, exported(t, writeBenchmarks, d))
	i := 0
	for _, s := range d.Cells() {
		for _, tr := range s.Good {
			r := results[i]
			i++
			seconds, ok := r.Value("sec/op")
			if !ok || math.Abs(seconds/tr.Measurement.Seconds-1) > 1e-9 {
				t.Errorf("trial %d took %v, want %v", tr.Trial, seconds, tr.Measurement.Seconds)
			}
			if rate, ok := r.Value("files/s"); !ok || math.Abs(rate*tr.Measurement.Seconds/5000-1) > 1e-9 {
				t.Errorf("trial %d has %v files/s", tr.Trial, rate)
			}
			for _, axis := range []string{"strategy", "workers", "chunk_size", "sink", "flavour"} {
				if got := project(t, r, "/"+axis); got != s.Cell.Levels[axis] {
					t.Errorf("%s: %s is %q in %s", s.Cell.Name, axis, got, r.Name)
				}
			}
			if got := project(t, r, "files"); got != "5000" || project(t, r, "/gomaxprocs") != "8" || project(t, r, "goos") != "linux" {
				t.Errorf("%s has the configuration %v", s.Cell.Name, r.Config)
			}
			if base := strings.ToLower(string(r.Name.Base())); base != s.Cell.Levels["operation"] {
				t.Errorf("%s has the name %s", s.Cell.Name, base)
			}
		}
	}
	if i != len(results) {
		t.Errorf("got %d lines, want %d, one for each good trial", len(results), i)
	}
	for unit, better := range map[string]int{"sec/op": -1, "B/s": 1, "files/s": 1, "user-sec/op": -1, "p99-sec": -1, "corrupt-items/op": -1} {
		if got := units.GetBetter(unit); got != better {
			t.Errorf("better of %s is %d, want %d", unit, got, better)
		}
	}
}

// TestBenchmarkNamesAreUnique checks levels with special characters: their names differ, and can be
// decoded to the same levels.
func TestBenchmarkNamesAreUnique(t *testing.T) {
	levels := []string{
		"cp-2", "cp", "cp-8", "a b", "a_b", "a/b", "a%2Fb", "a%252Fb", "a\tb", "a\u00a0b", "x=y", "/workers=4", " a", "a ", "ü", "-8", "#", ":",
		"a\x1bb", "a\u202eb", "1 5 ns/op", "%20a", "\xff", "\ufffd",
	}
	var log *journal.Log
	var cells []analysistest.Cell
	for range 2 * len(levels) {
		cells = append(cells, analysistest.Cell{Levels: "operation=copy strategy=x", Seconds: []float64{1}})
	}
	log = analysistest.Log(1, cells...)
	for i, level := range levels {
		log.Run.Cells[i].Levels["flavour"], log.Run.Cells[i].Custom = level, []string{"flavour"}
		log.Run.Cells[len(levels)+i].Levels["from"] = level
	}
	last := len(log.Run.Cells) - 1
	log.Run.Cells[last].Levels["from"], log.Run.Cells[last].Retired = log.Run.Cells[last-1].Levels["from"], true
	results, _ := readBenchmarks(t, exported(t, writeBenchmarks, New(log)))
	if len(results) != len(log.Run.Cells) {
		t.Fatalf("got %d results, want %d", len(results), len(log.Run.Cells))
	}
	seen := map[string]string{}
	for i, r := range results {
		cell := log.Run.Cells[i]
		if other, ok := seen[benchmarkOf(r)]; ok {
			t.Errorf("%q and %q are both %s", other, cell.Levels, benchmarkOf(r))
		}
		seen[benchmarkOf(r)] = cell.Levels["flavour"] + cell.Levels["from"]
		if i < len(levels) && unescaped(t, project(t, r, "/flavour")) != levels[i] {
			t.Errorf("%q was written as %q", levels[i], project(t, r, "/flavour"))
		}
		if list := invisible(r.Name.String()); list != nil {
			t.Errorf("%q has %q", r.Name, list)
		}
	}
}

// unescaped decodes the escapes of a name.
func unescaped(t *testing.T, s string) string {
	t.Helper()
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b = append(b, s[i])
			continue
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		b = append(b, byte(c))
		i += 2
	}
	return string(b)
}

// TestDifferentRunsAreComparable checks that values which differ between any two runs are not part of
// the configuration. If they were, benchstat would make a separate table for each run.
func TestDifferentRunsAreComparable(t *testing.T) {
	before, after := analysistest.Typical(), analysistest.Typical()
	after.Run.ID, after.Run.StartedAt, after.Run.Iosweep, after.Run.Go = "another", analysistest.StartTime.AddDate(0, 1, 0), "v2", "go2"
	after.Run.Machine.Host, after.Run.Machine.Kernel = "bench-2", "7"
	after.Run.Cells = slices.Clone(after.Run.Cells)
	for i := range after.Run.Cells {
		levels := map[string]string{}
		for name, level := range after.Run.Cells[i].Levels {
			levels[name] = level
		}
		levels["workspace"] = "/elsewhere"
		after.Run.Cells[i].Levels = levels
	}
	ours, _ := readBenchmarks(t, exported(t, writeBenchmarks, New(before)))
	theirs, _ := readBenchmarks(t, exported(t, writeBenchmarks, New(after)))
	for i, r := range ours {
		if benchmarkOf(r) != benchmarkOf(theirs[i]) {
			t.Fatalf("the benchmarks differ:\n%s\n%s", benchmarkOf(r), benchmarkOf(theirs[i]))
		}
	}
	after.Run.Cells[0].Levels["workspace"] = "/a b" // several workspaces are part of the configuration
	results, _ := readBenchmarks(t, exported(t, writeBenchmarks, New(after)))
	if got := project(t, results[0], "workspace"); got != "/a b" {
		t.Errorf("the workspace is %q", got)
	}
}

func TestZeroHasTheSameUnit(t *testing.T) {
	d := New(analysistest.Log(2, analysistest.Cell{Levels: "operation=write strategy=cp", Seconds: []float64{1, 2}, Change: func(tr *journal.Trial) {
		*tr.Measurement.User = float64(tr.Round - 1)
	}}))
	results, _ := readBenchmarks(t, exported(t, writeBenchmarks, d))
	for i, r := range results {
		if user, ok := r.Value("user-sec/op"); !ok || user != float64(i) {
			t.Errorf("trial %d has a user time of %v (%v): %v", i+1, user, ok, r.Values)
		}
	}
}

// TestWorkNotDoneHasNoRate checks a trial that did not do its work: it has no rate, and a comment.
func TestWorkNotDoneHasNoRate(t *testing.T) {
	log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write strategy=loses", Seconds: []float64{1}, Change: func(tr *journal.Trial) {
		tr.Measurement.Finding = "it lost a file"
	}})
	log.Notes = []journal.Note{{Kind: journal.NoteWarning, Text: "Benchmark 1 ns/op\nBenchmarkX 1 5 ns/op"}}
	data := exported(t, writeBenchmarks, New(log))
	results, _ := readBenchmarks(t, data)
	if len(results) != 1 {
		t.Fatalf("got %d results from one trial and a warning, want 1", len(results))
	}
	for _, unit := range []string{"files/s", "B/s"} {
		if rate, ok := results[0].Value(unit); ok {
			t.Errorf("got a rate of %v %s, although the work was not done", rate, unit)
		}
	}
	for _, want := range []string{"\n# write/strategy=loses did not do the work in 1 of 1 good trial,", "\n# warning: Benchmark 1 ns/op BenchmarkX 1 5 ns/op\n"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %q in\n%s", want, data)
		}
	}
}

// TestBenchstatAgrees runs benchstat. It must compute the same medians, and the same p value for two
// files as CompareIndependent.
func TestBenchstatAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds benchstat")
	}
	dir := t.TempDir()
	var sides [2]*Content
	for side := range sides {
		var cells []analysistest.Cell
		for i, workers := range []string{"1", "2", "4"} {
			n := 8 + i + side // different numbers, as with adaptive repeats
			mean := 20 / float64(i+1) * (1 - 0.02*float64(side*i))
			cells = append(cells, analysistest.Cell{Levels: "operation=write strategy=threads workers=" + workers, Seconds: analysistest.Around(mean, n, uint64(10*side+i))})
		}
		sides[side] = New(analysistest.Log(12, cells...))
		path := filepath.Join(dir, []string{"old.txt", "new.txt"}[side])
		if err := os.WriteFile(path, exported(t, writeBenchmarks, sides[side]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	table := benchstat(t, "-format", "csv", "-filter", ".unit:ns/op", "-row", "/workers", filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt"))
	for i, workers := range []string{"1", "2", "4"} {
		at := slices.IndexFunc(table, func(row []string) bool { return len(row) > 6 && row[0] == workers })
		if at < 0 {
			t.Fatalf("no row for %s workers in %q", workers, table)
		}
		row := table[at]
		old, now := analysis.SecondsOf(sides[0].Summaries[i].Good), analysis.SecondsOf(sides[1].Summaries[i].Good)
		for column, side := range map[int]*Content{1: sides[0], 3: sides[1]} {
			if got, err := strconv.ParseFloat(row[column], 64); err != nil || math.Abs(got/side.Summaries[i].Seconds.Median.X-1) > 1e-3 {
				t.Errorf("%s workers: the median of benchstat is %s, want %v", workers, row[column], side.Summaries[i].Seconds.Median.X)
			}
		}
		want := "p=" + strconv.FormatFloat(estimate.CompareIndependent(old, now).Rank.X, 'f', 3, 64)
		if !strings.HasPrefix(row[6], want+" ") {
			t.Errorf("%s workers: benchstat has %q, want %s", workers, row[6], want)
		}
	}
	// One file, with a table by the factors of its cells.
	table = benchstat(t, "-format", "csv", "-filter", ".unit:ns/op /workers:(1 OR 4)", "-col", "/strategy", "-row", "/workers@num", filepath.Join(dir, "old.txt"))
	var rows []string
	for _, row := range table {
		rows = append(rows, row[0])
	}
	if !slices.Contains(rows, "1") || !slices.Contains(rows, "4") || slices.Contains(rows, "2") {
		t.Errorf("the rows are %q", rows)
	}
}

// benchstat runs the tool of this module.
func benchstat(t *testing.T, args ...string) [][]string {
	t.Helper()
	command := exec.Command("go", append([]string{"tool", "benchstat"}, args...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("benchstat %q: %v\n%s", args, err, &stderr)
	}
	r := csv.NewReader(bytes.NewReader(out))
	r.FieldsPerRecord = -1
	table, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return table
}
