package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
)

// TestHostileTextIsExported checks that the name of a cell cannot end a line, begin a benchmark, or
// control a terminal.
func TestHostileTextIsExported(t *testing.T) {
	log := hostileLog()
	log.Run.Name = hostile
	log.Run.Cells[2].Name += hostile
	log.Run.Cells[0].Levels["from"] = hostile
	log.Run.Machine.CPUModel = hostile
	d := New(log)
	data := exported(t, writeBenchmarks, d)
	if list := invisible(string(data), '\n'); list != nil {
		t.Errorf("the benchmarks have %q", list)
	}
	good := 0
	for _, s := range d.Summaries {
		good += s.Seconds.N
	}
	results, _ := readBenchmarks(t, data)
	if len(results) != good || good == 0 {
		t.Fatalf("got %d results, want %d:\n%q", len(results), good, data)
	}
	if got := unescaped(t, project(t, results[len(results)-1], "/flavour")); got != hostile {
		t.Errorf("the level was decoded as %q", got)
	}
	commands := map[string]bool{}
	for _, r := range hyperfineResults(t, exported(t, writeHyperfine, d)) {
		commands[r["command"].(string)] = true
	}
	if !commands[log.Run.Cells[1].Name] {
		t.Errorf("the commands %v do not include the name of the cell", commands)
	}
	for _, write := range []func(io.Writer, *Content) error{writeJSON, writeGitHubBenchmark} {
		if data := exported(t, write, d); !json.Valid(data) || invisible(string(data), '\n') != nil {
			t.Errorf("the JSON is not valid:\n%s", data)
		}
	}
	if text := string(exported(t, writeLaTeX, d)); invisible(text, '\n') != nil || strings.Contains(text, "<script>") || strings.Count(text, "\\begin") != 2*len(d.Tables) {
		t.Errorf("the LaTeX has hostile text:\n%s", text)
	}
	if rows := rowsOf(t, exported(t, writeDetailsCSV, d)); rows[2][0] != log.Run.Cells[1].Name {
		t.Errorf("in details.csv the cell is %q", rows[2][0])
	}
	for _, f := range Formats {
		if f.Omissions != nil && invisible(strings.Join(f.Omissions(d), "")) != nil {
			t.Errorf("%s: the omissions have control characters: %q", f.Name, f.Omissions(d))
		}
	}
}

func rowsOf(t *testing.T, data []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestHostileLevelsOfSweep checks hostile levels in the section on scaling.
func TestHostileLevelsOfSweep(t *testing.T) {
	log := analysistest.Sweeps()
	for i := range log.Run.Cells {
		log.Run.Cells[i].Levels["flavour"], log.Run.Cells[i].Custom = hostile, []string{"flavour"}
		log.Run.Cells[i].Levels["strategy"] += hostile
	}
	d := New(log)
	var b bytes.Buffer
	writeMarkdownScaling(&b, d)
	if text := b.String(); len(d.Sweeps) != 2 || invisible(text, '\n') != nil || strings.Contains(text, "<script>") {
		t.Errorf("got %d sweeps:\n%s", len(d.Sweeps), text)
	}
	if rows := rowsOf(t, exported(t, writeScalingCSV, d)); len(rows) != 3 || rows[1][1] != "threads"+hostile {
		t.Errorf("scaling.csv has the rows %q", rows)
	}
}

// TestHostileLevelsOfEffects checks hostile levels in the section on effects.
func TestHostileLevelsOfEffects(t *testing.T) {
	log := analysistest.Grid([]string{"write"}, []string{"threads", "processes"}, []string{"1", "2"}, []string{"1"}, 3)
	for i := range log.Run.Cells {
		log.Run.Cells[i].Levels["strategy"] += hostile
	}
	d := New(log)
	var b bytes.Buffer
	writeMarkdownEffects(&b, d)
	if text := b.String(); !strings.Contains(text, "## What matters") || invisible(text, '\n') != nil || strings.Contains(text, "<script>") {
		t.Error(text)
	}
	if rows := rowsOf(t, exported(t, writeEffectsCSV, d)); len(rows) != 4 || !strings.Contains(rows[2][6]+rows[1][6], "threads"+hostile) {
		t.Errorf("effects.csv has the rows %q", rows)
	}
}

// TestMarkdownExportEqualsReport checks that the export is the same as report.md, byte for byte.
func TestMarkdownExportEqualsReport(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws many pictures")
	}
	var report bytes.Buffer
	if err := writeMarkdown(&report, drawnOnce()); err != nil {
		t.Fatal(err)
	}
	export := exported(t, writeIllustrated, New(analysistest.Typical()))
	if !bytes.Equal(export, report.Bytes()) || !bytes.Contains(export, []byte("](plots/speedup-write.png)")) {
		t.Error("the export differs from report.md")
	}
}
