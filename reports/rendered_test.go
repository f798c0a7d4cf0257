package reports

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// TestScalingNeedsASweep checks that only a run with a sweep has the file and the section.
func TestScalingNeedsASweep(t *testing.T) {
	for name, test := range map[string]struct {
		log  *journal.Log
		want bool
	}{"a sweep": {analysistest.Sweeps(), true}, "none": {analysistest.Typical(), false}} {
		d := New(test.log)
		if got := hasSweeps(d); got != test.want {
			t.Errorf("%s: scaling.csv is written: %v, want %v", name, got, test.want)
		}
		if got := strings.Contains(markdownOf(t, d), "\n## Scaling\n"); got != test.want {
			t.Errorf("%s: the report has the section: %v, want %v", name, got, test.want)
		}
	}
}

func TestReportSaysWhenItWasResumed(t *testing.T) {
	for _, test := range []struct {
		resumed int
		want    string
	}{
		{0, ""},
		{1, " It was measured in 2 sessions, resumed on 14 March 2025 at 17:30 UTC.\n"},
		{2, " It was measured in 3 sessions, resumed on 14 March 2025 at 17:30 UTC and on 15 March 2025 at 02:30 UTC.\n"},
		{3, " It was measured in 4 sessions, resumed 3 times, first on 14 March 2025 at 17:30 UTC and last on 15 March 2025 at 11:30 UTC.\n"},
	} {
		w := analysistest.NewPair(1)
		for range test.resumed {
			w.Resume(1)
		}
		md := markdownOf(t, New(w.Log))
		if !strings.Contains(md, test.want) || strings.Contains(md, " sessions, resumed") != (test.want != "") {
			t.Errorf("resumed %d times: no %q in %s", test.resumed, test.want, md)
		}
	}
}

// TestEditedContender checks a contender that was edited. It is a new cell with the same name. Tables
// and pictures show only the new one, and tables count the other.
func TestEditedContender(t *testing.T) {
	cp := analysistest.Cell{Levels: "operation=copy strategy=cp", Seconds: []float64{2}}
	w := analysistest.NewBuilder(2, analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: []float64{8}}, cp, cp)
	w.Run.Cells[1].Retired = true
	w.In(1).Good(0, 1).In(2).Good(0, 1).Resume(1).In(1).Good(2).In(2).Good(2).Note(journal.NoteFinished, "")
	d := New(w.Log)
	table := tableOf(t, d, table.Options{Width: 120})
	if strings.Count(table, "\n cp ") != 1 || strings.Count(table, "\n1 retired cell, no longer in the experiment: ") != 1 {
		t.Errorf("the table does not count the retired cell:\n%s", table)
	}
	if cells := d.MeasuredTables()[0].Cells; len(cells) != 2 || cells[1].Index != 2 {
		t.Errorf("got %d cells in pictures, want 2", len(cells))
	}
	if n := len(d.Tables[0].Cells); n != 3 {
		t.Errorf("the table has %d cells, want 3", n)
	}
	w.Run.Cells[0].Retired = true
	w.Run.Cells[2].Baseline = 2
	md := markdownOf(t, New(w.Log))
	if strings.Count(md, "\n## copy") != 1 || !strings.Contains(md, "\n1 table with 2 retired cells, no longer in the experiment: ") {
		t.Errorf("report.md does not count the retired table:\n%s", md)
	}
}

// TestRepeatedTrialIsPairedInItsRound checks that a trial repeated by a resumed run is paired with the
// baseline of its original round.
func TestRepeatedTrialIsPairedInItsRound(t *testing.T) {
	w := analysistest.NewPair(2)
	w.In(1).Good(0).Bad(1, journal.Timeout, "10m").In(2).Good(0, 1)
	w.Resume(1).In(1).Good(1).Note(journal.NoteFinished, "")
	for i, seconds := range []float64{10, 0, 100, 50, 5} {
		if m := w.Trials[i].Measurement; m != nil {
			m.Seconds = seconds
		}
	}
	d := New(w.Log)
	if s := d.Summaries[1]; s.Speedup.Value != estimate.Of(2) || s.Speedup.Pairs != 2 || s.Status != analysis.StatusOK {
		t.Errorf("got speed-up %v with %d pairs, status %s", s.Speedup.Value, s.Speedup.Pairs, s.Status)
	}
	if rows := records(t, writeTrialsCSV, d); len(rows) != 1+5 {
		t.Errorf("trials.csv has %d lines, want one for every record", len(rows))
	}
	if md := markdownOf(t, d); !strings.Contains(md, ": 4 of 4 measured trials completed.") {
		t.Errorf("report.md has the wrong number of trials: %s", md)
	}
	if want := "1 attempt of 1 cell failed and was repeated; the first is trial 2, of write/strategy=threads/workers=4: 10m."; !slices.Contains(d.Warnings, want) {
		t.Errorf("got warnings %q, want %q", d.Warnings, want)
	}
}

func TestOutliersText(t *testing.T) {
	for _, test := range []struct {
		sample estimate.Sample
		want   string
	}{
		{estimate.Sample{}, format.Undefined},
		{estimate.Sample{N: 5}, "none"},
		{estimate.Sample{N: 5, Outliers: 2}, "2 mild"},
		{estimate.Sample{N: 5, FarOutliers: 1}, "1 far"},
		{estimate.Sample{N: 9, Outliers: 2, FarOutliers: 1}, "2 mild, 1 far"},
	} {
		if got := outliersText(&analysis.Summary{Judged: analysis.Estimates{Sample: test.sample}}); got != test.want {
			t.Errorf("%+v: got %q, want %q", test.sample, got, test.want)
		}
	}
}

func TestSharedReasonAppearsOnce(t *testing.T) {
	for _, test := range []struct {
		trials []int
		want   string
	}{
		{[]int{9, 9, 9}, "all 3 cells: 9 of 300 trials; the run was interrupted\n"},
		{[]int{9, 8, 9}, "all 3 cells: 8 to 9 of 300 trials; the run was interrupted\n"},
		{[]int{9, 300, 9}, "incomplete: write/strategy=threads/workers=4: 9 of 300 trials; the run was\ninterrupted\n"},
	} {
		d := New(interrupted(test.trials...))
		out, md := tableOf(t, d, table.Options{}), markdownOf(t, d)
		if !strings.Contains(out, "incomplete: ") || !strings.Contains(out, test.want) {
			t.Errorf("%v: no %q in %s", test.trials, test.want, out)
		}
		shared := strings.HasPrefix(test.want, "all ")
		if got := strings.Count(out, "interrupted"); shared && got != 1 {
			t.Errorf("%v: \"interrupted\" appears %d times, want once", test.trials, got)
		}
		sentence := "\nAll 3 cells are incomplete: " + strings.TrimPrefix(test.want, "all 3 cells: ")
		if strings.Contains(md, sentence) != shared || strings.Contains(md, "| cell | status |") == shared {
			t.Errorf("%v: report.md is %s", test.trials, md)
		}
	}
}

func TestIncompleteCellKeepsItsVerdict(t *testing.T) {
	d := New(interrupted(9, 9, 9))
	for i, want := range []string{"baseline (incomplete)", "faster (incomplete)", "faster (incomplete)"} {
		if got := verdictText(&d.Summaries[i]); got != want {
			t.Errorf("cell %d: got verdict %q, want %q", i, got, want)
		}
	}
	if got := verdictText(&New(interrupted(9, 9, 0)).Summaries[2]); got != "incomplete" {
		t.Errorf("got verdict %q for a cell without trials, want incomplete", got)
	}
}

func TestTableWithoutGoodTrials(t *testing.T) {
	failing := analysistest.Cell{Levels: "operation=read strategy=sequential", Base: 2, Seconds: []float64{0, 0}}
	other := failing
	other.Levels = "operation=read strategy=threads workers=2"
	log := analysistest.Log(2,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{2, 2}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2", Seconds: []float64{1, 1}},
		failing, other)
	d := New(log)
	d.Draw()
	if len(d.Pictures) == 0 {
		t.Error("there are no pictures of the measured cells")
	}
	for _, p := range d.Pictures {
		if strings.Contains(p.Name, "read") {
			t.Errorf("got the picture %s of a table without good trials", p.Name)
		}
	}
	if out := tableOf(t, d, table.Options{}); !strings.Contains(out, "\nread\n"+nothingMeasured+"\n") {
		t.Errorf("no %q in %s", nothingMeasured, out)
	}
	if md := markdownOf(t, d); !strings.Contains(md, "\n## read\n\n"+nothingMeasured+"\n") {
		t.Errorf("no %q in %s", nothingMeasured, md)
	}
}

func markdownOf(t *testing.T, d *Content) string {
	t.Helper()
	var b bytes.Buffer
	if err := writeMarkdown(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInconclusiveCellWithIntervalWithoutOneIsExplained(t *testing.T) {
	const note = "write: the 95% interval of threads, workers=2 excludes 1, but after correcting for 2 comparisons p = "
	for _, test := range []struct {
		interval estimate.Interval
		verdict  estimate.Verdict
		want     bool
	}{
		{estimate.Interval{Low: 1.01, High: 1.2, OK: true}, estimate.Inconclusive, true},
		{estimate.Interval{Low: 0.8, High: 0.97, OK: true}, estimate.Inconclusive, true},
		{estimate.Interval{Low: 0.9, High: 1.2, OK: true}, estimate.Inconclusive, false},
		{estimate.Interval{Low: 1.01, High: 1.2, OK: true}, estimate.Faster, false},
		{estimate.Interval{Open: true}, estimate.Inconclusive, false},
	} {
		d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2", "4"}, []string{"1"}, 3))
		d.Summaries[1].Speedup.CI, d.Summaries[1].Verdict = test.interval, test.verdict
		d.Footnotes = analysis.Footnotes(d.Data, false, analysis.Every)
		for _, out := range []string{tableOf(t, d, table.Options{Width: 300}), markdownOf(t, d)} {
			if n := strings.Count(out, note); n > 1 || (n == 1) != test.want {
				t.Errorf("%+v, %s: the footnote appears %d times", test.interval, test.verdict, n)
			}
		}
	}
}

func TestFootnoteAboutPrograms(t *testing.T) {
	if got := New(analysistest.Typical()).Programs(analysis.Every); !slices.Equal(got, []string{"python-threads"}) {
		t.Errorf("got programs %q, want python-threads", got)
	}
	const note = "A program's time includes starting it: python-threads."
	d := New(analysistest.Typical())
	for _, out := range []string{tableOf(t, d, table.Options{}), markdownOf(t, d)} {
		if strings.Count(out, note) != 1 {
			t.Errorf("no %q in %s", note, out)
		}
	}
	grid := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2"}, []string{"1"}, 2))
	if out := tableOf(t, grid, table.Options{}); strings.Contains(out, "starting it") {
		t.Errorf("got a footnote about programs in a run without programs: %s", out)
	}
}

func TestHiddenColumnsAreListed(t *testing.T) {
	d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2"}, []string{"1"}, 3))
	if out := tableOf(t, d, table.Options{Width: 300}); strings.Contains(out, "columns hidden") {
		t.Errorf("a wide table has hidden columns: %s", out)
	}
	const want = "columns hidden to fit the width: median, efficiency (see report.md)\n"
	if out := tableOf(t, d, table.Options{Width: 90}); !strings.Contains(out, want) {
		t.Errorf("no %q in %s", want, out)
	}
}

// interrupted returns a run of three cells that was interrupted by a signal.
func interrupted(trials ...int) *journal.Log {
	var cells []analysistest.Cell
	for i, levels := range []string{"strategy=sequential", "strategy=threads workers=2", "strategy=threads workers=4"} {
		cells = append(cells, analysistest.Cell{Levels: "operation=write " + levels, Seconds: analysistest.Around(8/float64(i+1), trials[i], uint64(i))})
	}
	log := analysistest.Log(300, cells...)
	log.Notes = []journal.Note{{Kind: journal.NoteInterrupted}}
	return log
}

var drawnOnce = sync.OnceValue(func() *Content {
	d := New(analysistest.Typical())
	d.Draw()
	return d
})

func TestPeakAboveMeasuredNumbers(t *testing.T) {
	d := New(analysistest.Sweeps())
	s := d.Sweeps[0]
	if got := peakText(s); got != "22" {
		t.Errorf("the peak is %q", got)
	}
	s.Workers = []float64{1, 16}
	if got := peakText(s); got != "above 16" {
		t.Errorf("the peak is %q", got)
	}
	if got := peakText(d.Sweeps[1]); got != "none" && !strings.HasPrefix(got, "above") {
		t.Errorf("without coherency the peak is %q", got)
	}
}
