package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/reports/table"
)

func tableOf(t *testing.T, d *Content, opt table.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Terminal(&b, d, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTableFitsTheTerminal(t *testing.T) {
	for _, width := range []int{40, 50, 60, 72, 80, 100, 160} {
		out := tableOf(t, New(analysistest.Typical()), table.Options{Width: width, Colour: true})
		for line := range strings.Lines(out) {
			if n := text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")); n > width && !strings.HasPrefix(line, "  iosweep run ") { // a command line is never broken
				t.Errorf("the line has %d columns, want at most %d: %s", n, width, line)
			}
		}
		for _, must := range []string{"mean", "speed-up", "verdict", "faster", "switched"} {
			if !strings.Contains(out, must) {
				t.Errorf("at %d columns there is no %q", width, must)
			}
		}
	}
}

func TestNoColourUnlessAsked(t *testing.T) {
	if out := tableOf(t, New(analysistest.Typical()), table.Options{}); strings.Contains(out, "\x1b") {
		t.Error("the table has colours, although they are off")
	}
	if out := tableOf(t, New(analysistest.Typical()), table.Options{Colour: true}); !strings.Contains(out, "\x1b[32mfaster\x1b[0m") {
		t.Error("the table has no colours, although they are on")
	}
}

func TestLongTableIsShortened(t *testing.T) {
	var sizes []string
	for i := range 60 {
		sizes = append(sizes, fmt.Sprint(i+1))
	}
	log := analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"1", "16"}, sizes, 2)
	d := New(log)
	for rows, want := range map[int]string{
		0:             "Shown: the baseline, then the 20 fastest and the 4 slowest of 121 cells. 96 more:",
		3:             "Shown: the baseline, then the 2 fastest of 121 cells. 118 more:",
		table.AllRows: "",
	} {
		out := tableOf(t, d, table.Options{Width: 120, Rows: rows})
		if n := strings.Count(out, "\n threads "); !strings.Contains(out, want) || want == "" && n != 120 {
			t.Errorf("with %d rows there is no %q, or not all of 120 cells:\n%s", rows, want, out)
		}
	}
	var operations []string
	for i := range 40 {
		operations = append(operations, fmt.Sprintf("write lines=%d", i+1))
	}
	many := New(analysistest.Grid(operations, []string{"threads"}, []string{"2"}, []string{"1"}, 2))
	for rows, want := range map[int]int{0: 30, 5: 40, table.AllRows: 40} {
		out := tableOf(t, many, table.Options{Width: 120, Rows: rows})
		if n := strings.Count(out, ": speed-up against "); n != want || strings.Contains(out, "\n10 tables more: ") != (want == 30) {
			t.Errorf("with %d rows there are %d tables, want %d:\n%s", rows, n, want, out)
		}
	}
	if md := markdownOf(t, d); !strings.Contains(md, "Shown: the baseline, then the 40 fastest and the 9 slowest of 121 cells. 71 more:") {
		t.Errorf("report.md does not name its rows:\n%s", md)
	}
}

func TestListOfFailuresIsLimited(t *testing.T) {
	var cells []analysistest.Cell
	for i := range 60 {
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d", i+1), Seconds: []float64{0}})
	}
	log := analysistest.Log(1, cells...)
	for i := range log.Trials {
		log.Trials[i].Error = strings.Repeat("x", i+1) + " is missing" // all reasons differ
	}
	out := tableOf(t, New(log), table.Options{})
	if n := strings.Count(out, "\nfailed: "); n != analysis.TroublesShown {
		t.Errorf("got %d failures, want %d", n, analysis.TroublesShown)
	}
	if !strings.Contains(out, "35 cells more that are not ok") {
		t.Error("the others are not counted")
	}
	for i := range log.Trials {
		log.Trials[i].Error = fmt.Sprintf("file-%05d.csv is missing", i) // all reasons are alike
	}
	const want = "\nfailed: write/strategy=threads/workers=1 and 59 other cells: file-00000.csv is missing\n"
	if out := tableOf(t, New(log), table.Options{Width: 100}); !strings.Contains(out, want) {
		t.Errorf("there is no %q:\n%s", want, out)
	}
}

func TestRunWithoutCellsHasReports(t *testing.T) {
	d := New(analysistest.Log(1))
	if out := tableOf(t, d, table.Options{}); out != "" {
		t.Errorf("got table %q for a run without cells", out)
	}
	var b bytes.Buffer
	if err := writeMarkdown(&b, d); err != nil || !strings.Contains(b.String(), "0 cells") {
		t.Errorf("%v: %s", err, b.String())
	}
}

// TestReportOfLargeRunIsShort checks the report of a run with the cells of a night. A forge shows no
// file of half a megabyte, and no reader reads it.
func TestReportOfLargeRunIsShort(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes thousands of trials")
	}
	chunks := strings.Split("1 2 4 8 16 32 64 128 256 512 auto", " ")
	var operations []string
	for _, op := range []string{"write", "read", "copy", "append", "zip", "unzip", "delete", "rename", "move"} {
		for _, lines := range []string{"50", "500", "5000"} {
			operations = append(operations, op+" lines="+lines)
		}
	}
	d := New(analysistest.Grid(operations, []string{"threads", "processes"}, []string{"1", "2", "4"}, chunks, 3))
	if n := len(d.Summaries); n != 1809 {
		t.Fatalf("the run has %d cells, want 1,809", n)
	}
	md := markdownOf(t, d)
	const most = 60 << 10
	if len(md) > most {
		t.Errorf("report.md has %d bytes, want at most %d", len(md), most)
	}
	for _, must := range []string{
		"1,809 cells in 27 tables, 5,427 measured trials: all ok.",
		"\n| read, lines=500 | threads, workers=4 | ",
		"\nShown: the baseline, then the 6 fastest and the slowest of 67 cells. 59 more: ",
	} {
		if !strings.Contains(md, must) {
			t.Errorf("report.md does not contain %q:\n%.9000s", must, md)
		}
	}
	if n := strings.Count(md, "\n## "); n > 35 {
		t.Errorf("report.md has %d sections", n)
	}
}
