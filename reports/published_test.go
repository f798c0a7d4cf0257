package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/analysis/analysistest"
	"iosweep/analysis/reproduce"
	"iosweep/journal"
	"iosweep/reports/table"
)

func TestOnlyProgramsContradict(t *testing.T) {
	if got := New(analysistest.ZipFiles()).Published.Contradicted(); got != nil {
		t.Errorf("strategies of iosweep contradict the table: %+v", got)
	}
	if got := New(analysistest.Typical()).Published.Contradicted(); got != nil {
		t.Errorf("a run without a table contradicts it: %+v", got)
	}
	log := analysistest.ZipFiles()
	log.Run.Published.Rows[2].Cells[2].Program = true
	want := []reproduce.Contradiction{{
		Method: "Threads, no lock", Cell: "zip/strategy=threads/workers=100/sink=parallel",
		Sentence: "Threads, no lock: published as no difference (1.01×), and threads, sink=parallel contradicts it: 1.93× (1.91–1.96) is faster, against zip/strategy=sequential.",
	}}
	if got := New(log).Published.Contradicted(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := New(appendFile()).Published.Contradicted(); got != nil {
		t.Errorf("a run without corruption contradicts the table: %+v", got)
	}
	want = []reproduce.Contradiction{{
		Method: "With a lock", Cell: "append/strategy=python-lock",
		Sentence: "With a lock: published as intact, and python-lock contradicts it: items were corrupt in 1 of 3 good trials.",
	}}
	log = appendFile()
	i := slices.IndexFunc(log.Trials, func(t journal.Trial) bool { return t.Cell == 0 && t.Phase == journal.Measured })
	log.Trials[i].Measurement.CorruptItems = new(1)
	if got := New(log).Published.Contradicted(); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestPublishedCSVIsTidy(t *testing.T) {
	d := New(analysistest.SaveFiles())
	var b bytes.Buffer
	if err := writePublishedCSV(&b, d); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := "method cell kind claim published_seconds published_runs_mean_seconds published_speedup published_speedup_low published_speedup_high " +
		"trials mean_seconds ci95_low_seconds ci95_high_seconds baseline speedup speedup_ci95_low " +
		"speedup_ci95_high corrupt_items size_verdict verdict reason p_adjusted noisy_rounds max_rss_bytes sum_rss_bytes"
	if got := strings.Join(lines[0], " "); got != want {
		t.Errorf("columns %q, want %q", got, want)
	}
	pairs := 0
	for _, row := range d.Run.Published.Rows {
		pairs += max(1, len(row.Cells))
	}
	if len(lines) != 1+pairs {
		t.Errorf("got %d lines, want %d", len(lines), 1+pairs)
	}
	column := func(name string) int { return slices.Index(lines[0], name) }
	verdict, reason, trials, noisy := column("verdict"), column("reason"), column("trials"), column("noisy_rounds")
	for _, line := range lines[1:] {
		if hasTrials := line[trials] != "" && line[trials] != "0"; hasTrials != (line[noisy] != "") {
			t.Errorf("%s of %s: %q noisy rounds with %q trials", line[1], line[0], line[noisy], line[trials])
		}
		if line[verdict] == string(reproduce.Undecided) && line[reason] == "" {
			t.Errorf("an inconclusive line has no reason: %q", line)
		}
		if line[1] == "" && (line[0] != "Processes/Threads" || line[2] != "" || line[reason] != reproduce.NoCell) {
			t.Errorf("a row without cells has %q", line)
		}
	}
}

func TestPublishedJSONHasTheColumnsOfTheCSV(t *testing.T) {
	var b bytes.Buffer
	d := New(analysistest.SaveFiles())
	if err := writeJSON(&b, d); err != nil {
		t.Fatal(err)
	}
	var all struct {
		Published, Cells []map[string]any
		Findings         []string
	}
	if err := json.Unmarshal(b.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Published) != len(d.Published.Pairings()) || len(all.Cells) != len(d.Summaries) || !slices.Equal(all.Findings, d.Published.Findings) {
		t.Errorf("got %d published lines, %d cells, findings %q", len(all.Published), len(all.Cells), all.Findings)
	}
	for _, o := range all.Published {
		for _, c := range publishedColumns() {
			if _, ok := o[c.Name]; !ok || len(o) != len(publishedColumns()) {
				t.Errorf("%v does not have %q, or has other keys than the columns", o["method"], c.Name)
			}
		}
	}
}

func TestPublishedTableFitsTheTerminal(t *testing.T) {
	for _, log := range []*journal.Log{analysistest.SaveFiles(), analysistest.ZipFiles(), appendFile(), saveBehind(), loadFiles()} {
		for _, width := range []int{60, 80, 100, 160} {
			var b bytes.Buffer
			writePublished(&b, New(log), table.Options{Width: width, Colour: true})
			for line := range strings.Lines(b.String()) {
				if n := text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%d columns of %d: %s", n, width, line)
				}
			}
			if !strings.Contains(b.String(), "verdict") {
				t.Errorf("at %d columns there is no verdict", width)
			}
		}
	}
}

func TestPublishedTableComesFirst(t *testing.T) {
	out := tableOf(t, New(analysistest.ZipFiles()), table.Options{})
	if !strings.Contains(out, "\n\nPublished and measured: ") || !strings.Contains(out, "\n\nzip: speed-up against sequential") {
		t.Errorf("the table is\n%s", out)
	}
	md := markdownOf(t, New(analysistest.SaveFiles()))
	for _, must := range []string{"# Save 5,000 CSV files (profile quick)\n", "optional: \"python3.14t\" is not installed", "**reproduced**"} {
		if !strings.Contains(md, must) {
			t.Errorf("the report has no %q", must)
		}
	}
	if at, other := strings.Index(md, "## Published and measured"), strings.Index(md, "## Failed"); at < 0 || at > other {
		t.Errorf("the published table is at %d, want it before the failed cells at %d", at, other)
	}
}

func TestPublishedFilesNeedATable(t *testing.T) {
	for _, test := range []struct {
		name string
		log  *journal.Log
		want []string
	}{
		{"a table", analysistest.ZipFiles(), []string{"plots/published.png", "published.csv"}},
		{"a table without speed-ups", appendFile(), []string{"published.csv"}},
		{"no table", analysistest.Log(1), nil},
	} {
		dir := t.TempDir()
		test.log.Run.Plots = []string{"heatmap"}
		if err := WriteAll(dir, mkdir, New(test.log)); err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(filesIn(t, dir), func(f string) bool { return !strings.Contains(f, "published") })
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		report, err := os.ReadFile(filepath.Join(dir, "report.md"))
		if err != nil {
			t.Fatal(err)
		}
		if linked := strings.Contains(string(report), "(plots/published.png)"); linked != slices.Contains(test.want, "plots/published.png") {
			t.Errorf("%s: the picture is linked: %v", test.name, linked)
		}
	}
}

func TestTableWithInvalidReferences(t *testing.T) {
	cells := []journal.PublishedCell{
		{Cell: -1, Baseline: -7},
		{Cell: 99, Baseline: 99},
		{Cell: 0, Baseline: 99, Program: true},
		{Cell: 0, Baseline: -1},
		{Cell: -1, Baseline: -7, Differs: "x"},
		{Cell: 99, Baseline: 99, Differs: "\x1b[31m"},
		{Cell: 0, Baseline: 99, Differs: "x"},
		{Cell: 1, Baseline: 0, Differs: "x.\n"},
	}
	garbage := journal.PublishedRow{Method: "Garbage", Speedup: []journal.Figure{{}, {Value: -3}, {Value: 1e300, Unit: -1}}, Runs: []journal.Figure{{}, {Unit: 1e-300}}, Mean: &journal.Figure{Value: -1}, Cells: cells}
	bare := journal.PublishedRow{Cells: cells}
	fails, none := journal.PublishedRow{Claim: journal.ClaimFails, Error: "'./..'", Cells: cells}, journal.PublishedRow{Claim: journal.ClaimNone, Speedup: garbage.Speedup, Cells: cells}
	size := &journal.PrintedSize{Figure: journal.Figure{Value: -1e300, Unit: 1e300}, Name: "\x1b"}
	broken := analysistest.WithTable(analysistest.Log(0), "")
	never := analysistest.ZipFiles()
	never.Trials = nil
	for name, test := range map[string]struct {
		log   *journal.Log
		table journal.Published
	}{
		"no rows":                    {analysistest.ZipFiles(), journal.Published{}},
		"a baseline beyond the rows": {analysistest.ZipFiles(), journal.Published{Baseline: 7, Rows: []journal.PublishedRow{garbage, bare}}},
		"a baseline before them":     {analysistest.ZipFiles(), journal.Published{Baseline: -7, Tolerance: -3, Rows: []journal.PublishedRow{garbage, bare}}},
		"a baseline of garbage":      {analysistest.ZipFiles(), journal.Published{Rows: []journal.PublishedRow{garbage, bare, garbage}}},
		"other claims":               {analysistest.ZipFiles(), journal.Published{Baseline: 1, Rows: []journal.PublishedRow{fails, none, fails}}},
		"impossible sizes":           {analysistest.ZipFiles(), journal.Published{FileSize: size, TotalSize: size, Workload: &journal.WorkloadSizes{Smallest: -1, Total: -1}, Rows: []journal.PublishedRow{none, fails}}},
		"no cells":                   {broken, journal.Published{Rows: []journal.PublishedRow{bare, garbage}}},
		"no trials":                  {never, *never.Run.Published},
	} {
		t.Run(name, func(t *testing.T) {
			log := *test.log
			log.Run.Published, log.Run.Plots = &test.table, []string{"none of them"}
			d := New(&log)
			d.Draw()
			d.Published.Contradicted()
			for _, r := range append(slices.Clone(All), Report{Write: writeJSON}) {
				if err := r.Write(&bytes.Buffer{}, d); err != nil {
					t.Error(err)
				}
			}
			if err := writeJSON(&bytes.Buffer{}, d); err != nil {
				t.Error(err)
			}
			tableOf(t, d, table.Options{})
		})
	}
}
