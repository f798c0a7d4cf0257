package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// exported returns the output of a report.
func exported(t *testing.T, write func(io.Writer, *Content) error, d *Content) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hyperfineResults parses an export.
func hyperfineResults(t *testing.T, data []byte) []map[string]any {
	t.Helper()
	var export struct {
		Results []map[string]any `json:"results"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&export); err != nil {
		t.Fatal(err)
	}
	return export.Results
}

func TestHyperfineHasEveryGoodTrial(t *testing.T) {
	d := New(analysistest.Typical())
	results := hyperfineResults(t, exported(t, writeHyperfine, d))
	if len(results) != 10 {
		t.Fatalf("got %d results, want 10", len(results))
	}
	for _, r := range results {
		s := d.Cells()[slices.IndexFunc(d.Summaries, func(s analysis.Summary) bool { return s.Cell.Name == r["command"] })]
		var times []any
		for _, tr := range s.Good {
			times = append(times, tr.Measurement.Seconds)
		}
		if diff := cmp.Diff(times, r["times"]); diff != "" {
			t.Errorf("%s: times (-trials +export):\n%s", s.Cell.Name, diff)
		}
		if r["mean"] != s.Seconds.Mean.X || r["median"] != s.Seconds.Median.X || r["min"] != s.Seconds.Min.X || r["max"] != s.Seconds.Max.X {
			t.Errorf("%s: %v", s.Cell.Name, r)
		}
		for _, name := range []string{"exit_codes", "memory_usage_byte"} {
			if list, _ := r[name].([]any); len(list) != len(times) {
				t.Errorf("%s: %s is %v, want %d values", s.Cell.Name, name, r[name], len(times))
			}
		}
	}
	// The standard deviation of one trial is undefined, not 0.
	last := results[9]
	if deviation, ok := last["stddev"]; !ok || deviation != nil || len(last["times"].([]any)) != 1 {
		t.Errorf("a single trial has %v", last)
	}
	want := []string{
		"Left out because no trial succeeded: 1 cell: write/strategy=io_uring/workers=1/chunk_size=1.",
		"Failed trials of 1 cell are left out, because a failure can make a trial fast: write/strategy=threads/workers=4/chunk_size=auto (1 of 5).",
	}
	if diff := cmp.Diff(want, notExported(d)); diff != "" {
		t.Errorf("omissions (-want +got):\n%s", diff)
	}
}

// TestHyperfineParametersVary checks that only factors that vary are parameters. The plot of hyperfine
// over a parameter rejects a result with more than one.
func TestHyperfineParametersVary(t *testing.T) {
	var cells []analysistest.Cell
	for _, workers := range []string{"1", "2", "4"} {
		cells = append(cells, analysistest.Cell{Levels: "operation=write strategy=threads chunk_size=8 workers=" + workers, Seconds: []float64{1, 2}})
	}
	for i, r := range hyperfineResults(t, exported(t, writeHyperfine, New(analysistest.Log(2, cells...)))) {
		want := map[string]any{"workers": []string{"1", "2", "4"}[i]} // strings, as in hyperfine
		if diff := cmp.Diff(want, r["parameters"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestHyperfineOmitsUnknownValues(t *testing.T) {
	cells := []analysistest.Cell{
		{Levels: "operation=write strategy=cp", Seconds: []float64{1, 2}, Change: func(tr *journal.Trial) {
			m := tr.Measurement
			m.User, m.System, m.Finding = nil, nil, "it lost a file"
			if tr.Round == 2 {
				m.MaxRSS = nil
			}
		}},
	}
	r := hyperfineResults(t, exported(t, writeHyperfine, New(analysistest.Log(2, cells...))))[0]
	if r["user"] != nil || r["system"] != nil {
		t.Errorf("got %v and %v for unknown times, want null", r["user"], r["system"])
	}
	if _, ok := r["memory_usage_byte"]; ok {
		t.Errorf("got memory %v, although only one of two trials has it", r["memory_usage_byte"])
	}
	if diff := cmp.Diff([]any{nil, nil}, r["exit_codes"]); diff != "" {
		t.Errorf("exit codes of expected failures:\n%s", diff)
	}
	if _, ok := r["parameters"]; ok {
		t.Errorf("got parameters %v for a single cell, want none", r["parameters"])
	}
	if got := string(exported(t, writeHyperfine, New(analysistest.Log(1)))); got != "{\n  \"results\": []\n}\n" {
		t.Errorf("got %q for a run without cells", got)
	}
}

// TestHyperfineKeys compares the keys with the output of hyperfine.
func TestHyperfineKeys(t *testing.T) {
	program, err := exec.LookPath("hyperfine")
	if err != nil {
		t.Skip("hyperfine is not installed")
	}
	file := filepath.Join(t.TempDir(), "theirs.json")
	out, err := exec.Command(program, "--shell=none", "--warmup", "0", "--runs", "2", "--parameter-list", "workers", "1,2",
		"--export-json", file, "echo {workers}").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(data []byte) map[string]string {
		kinds := map[string]string{}
		for key, value := range hyperfineResults(t, data)[0] {
			kinds[key] = jsonKind(value)
		}
		return kinds
	}
	theirs := kinds(data)
	ours := kinds(exported(t, writeHyperfine, New(analysistest.Log(2,
		analysistest.Cell{Levels: "operation=write strategy=threads workers=1", Seconds: []float64{1, 2}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2", Seconds: []float64{1, 2}},
	))))
	if _, ok := theirs["memory_usage_byte"]; !ok { // older versions did not measure it
		delete(ours, "memory_usage_byte")
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("the keys differ from the keys of hyperfine (-hyperfine +iosweep):\n%s", diff)
	}
}

// jsonKind returns the type of a JSON value, and of its first element.
func jsonKind(value any) string {
	switch v := value.(type) {
	case []any:
		return "list of " + jsonKind(v[0])
	case map[string]any:
		return "object of " + jsonKind(v[slices.Sorted(maps.Keys(v))[0]])
	case string:
		return "text"
	case float64:
		return "number"
	}
	return "null"
}
