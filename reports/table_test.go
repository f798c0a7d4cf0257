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
	for _, width := range []int{72, 80, 100, 160} {
		out := tableOf(t, New(analysistest.Typical()), table.Options{Width: width, Colour: true})
		tables, _, _ := strings.Cut(out, "\nfailed: ")
		for line := range strings.Lines(tables) {
			if n := text.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("the line has %d columns, want at most %d: %s", n, width, line)
			}
		}
		for _, must := range []string{"mean", "speed-up", "verdict", "faster", "io_uring is switched off"} {
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
	g := d.Tables[0]
	shown, omitted := g.Shown, g.Omitted
	if len(shown)+omitted != len(d.Summaries) || len(shown) > analysis.FastestShown+analysis.SlowestShown+1 {
		t.Errorf("%d of %d cells are shown and %d left out", len(shown), len(d.Summaries), omitted)
	}
	seen := map[*analysis.Summary]bool{}
	for i, s := range shown {
		if seen[s] {
			t.Errorf("%s is shown twice", s.Cell.Name)
		}
		seen[s] = true
		if i > 0 && shown[i-1].Seconds.Mean.X > s.Seconds.Mean.X {
			t.Errorf("row %d is faster than the one before", i)
		}
	}
	if !seen[g.Baseline] {
		t.Error("the baseline is left out")
	}
	want := fmt.Sprintf("... and %d cells more: summary.csv lists all of them", omitted)
	if out := tableOf(t, d, table.Options{}); !strings.Contains(out, want) {
		t.Errorf("no line %q", want)
	}
}

func TestListOfFailuresIsLimited(t *testing.T) {
	var cells []analysistest.Cell
	for i := range 60 {
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d", i+1), Seconds: []float64{0}})
	}
	log := analysistest.Log(1, cells...)
	for i := range log.Trials {
		log.Trials[i].Error = fmt.Sprintf("file-%05d.csv is missing", i)
	}
	out := tableOf(t, New(log), table.Options{})
	if n := strings.Count(out, "\nfailed: "); n != analysis.TroublesShown {
		t.Errorf("got %d failures, want %d", n, analysis.TroublesShown)
	}
	if !strings.Contains(out, "... and 10 cells more that are not ok") {
		t.Error("the others are not counted")
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
