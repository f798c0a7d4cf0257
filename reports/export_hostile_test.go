package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
)

// TestHostileTextIsExported: what a cell is called ends no line, begins no benchmark,
// and does nothing to a terminal where the format has no escapes of its own.
func TestHostileTextIsExported(t *testing.T) {
	log := hostileLog()
	log.Run.Name = hostile
	log.Run.Cells[2].Name += hostile
	log.Run.Cells[0].Levels["from"] = hostile
	log.Run.Machine.CPUModel = hostile
	d := New(log)
	data := exported(t, writeBenchmarks, d)
	if list := unseen(string(data), '\n'); list != nil {
		t.Errorf("the benchmarks have %q", list)
	}
	good := 0
	for _, s := range d.Summaries {
		good += s.Seconds.N
	}
	results, _ := readBenchmarks(t, data)
	if len(results) != good || good == 0 {
		t.Fatalf("%d results of %d good trials:\n%q", len(results), good, data)
	}
	if got := unescaped(t, project(t, results[len(results)-1], "/flavour")); got != hostile {
		t.Errorf("the level came back as %q", got)
	}
	commands := map[string]bool{}
	for _, r := range hyperfineResults(t, exported(t, writeHyperfine, d)) {
		commands[r["command"].(string)] = true
	}
	if !commands[log.Run.Cells[1].Name] {
		t.Errorf("the name of the cell is not among %v", commands)
	}
	if !json.Valid(exported(t, writeJSON, d)) {
		t.Error("the JSON is none")
	}
	if rows := rowsOf(t, exported(t, writeDetailsCSV, d)); rows[2][0] != log.Run.Cells[1].Name {
		t.Errorf("in details.csv the cell is %q", rows[2][0])
	}
	for _, f := range Formats {
		if f.Omissions != nil && unseen(strings.Join(f.Omissions(d), "")) != nil {
			t.Errorf("%s: what is left out is told with control characters: %q", f.Name, f.Omissions(d))
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

// TestTheSweepOfAHostileRun: levels that a law is fitted to are data as all others.
func TestTheSweepOfAHostileRun(t *testing.T) {
	log := analysistest.Sweeps()
	for i := range log.Run.Cells {
		log.Run.Cells[i].Levels["flavour"], log.Run.Cells[i].Custom = hostile, []string{"flavour"}
		log.Run.Cells[i].Levels["strategy"] += hostile
	}
	d := New(log)
	var b bytes.Buffer
	writeMarkdownScaling(&b, d)
	if text := b.String(); len(d.Sweeps) != 2 || unseen(text, '\n') != nil || strings.Contains(text, "<script>") {
		t.Errorf("%d sweeps:\n%s", len(d.Sweeps), text)
	}
	if rows := rowsOf(t, exported(t, writeScalingCSV, d)); len(rows) != 3 || rows[1][1] != "threads"+hostile {
		t.Errorf("scaling.csv is %q", rows)
	}
}

// TestMarkdownIsExportedWithItsPictures: it is report.md, byte for byte.
func TestMarkdownIsExportedWithItsPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws many pictures")
	}
	var beside bytes.Buffer
	if err := writeMarkdown(&beside, drawnOnce()); err != nil {
		t.Fatal(err)
	}
	alone := exported(t, writeIllustrated, New(analysistest.Typical()))
	if !bytes.Equal(alone, beside.Bytes()) || !bytes.Contains(alone, []byte("](plots/speedup-write.png)")) {
		t.Error("the export differs from report.md")
	}
}
