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

// TestScalingIsReportedWhereThereIsAny: the file and the section are there with a
// sweep, and else are not.
func TestScalingIsReportedWhereThereIsAny(t *testing.T) {
	for name, test := range map[string]struct {
		log  *journal.Log
		want bool
	}{"a sweep": {analysistest.Sweeps(), true}, "none": {analysistest.Typical(), false}} {
		d := New(test.log)
		if got := hasSweeps(d); got != test.want {
			t.Errorf("%s: scaling.csv %v", name, got)
		}
		if got := strings.Contains(markdownOf(t, d), "\n## Scaling\n"); got != test.want {
			t.Errorf("%s: the section %v", name, got)
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

// TestWhatTookItsPlaceIsTold: a contender that was edited is another cell of the
// same name, and the old one is not drawn beside it.
func TestWhatTookItsPlaceIsTold(t *testing.T) {
	cp := analysistest.Cell{Levels: "operation=copy strategy=cp", Seconds: []float64{2}}
	w := analysistest.NewBuilder(2, analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: []float64{8}}, cp, cp)
	w.Run.Cells[1].Retired = true
	w.In(1).Good(0, 1).In(2).Good(0, 1).Resume(1).In(1).Good(2).In(2).Good(2).Note(journal.NoteFinished, "")
	d := New(w.Log)
	table := tableOf(t, d, table.Options{Width: 120})
	if strings.Count(table, "\n cp ") != 2 || strings.Count(table, "(retired)") != 1 {
		t.Errorf("the table does not tell one cp from the other:\n%s", table)
	}
	if cells := d.MeasuredTables()[0].Cells; len(cells) != 2 || cells[1].Index != 2 {
		t.Errorf("%d cells are drawn", len(cells))
	}
	if n := len(d.Tables[0].Cells); n != 3 {
		t.Errorf("the table has %d cells, want 3", n)
	}
	w.Run.Cells[0].Retired = true
	w.Run.Cells[2].Baseline = 2
	md := markdownOf(t, New(w.Log))
	if !strings.Contains(md, "\n## copy (retired)\n") || !strings.Contains(md, "\n## copy\n") {
		t.Errorf("two tables are called the same:\n%s", md)
	}
}

// TestARepeatedTrialIsPairedInItsRound: what a resumed run does again, long after,
// still stands beside the baseline of the same round.
func TestARepeatedTrialIsPairedInItsRound(t *testing.T) {
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
		t.Errorf("speed-up %v of %d pairs, %s", s.Speedup.Value, s.Speedup.Pairs, s.Status)
	}
	if rows := records(t, writeTrialsCSV, d); len(rows) != 1+5 {
		t.Errorf("trials.csv has %d lines, want one for every record", len(rows))
	}
	if md := markdownOf(t, d); !strings.Contains(md, ": 4 of 4 measured trials done.") {
		t.Errorf("report.md says %s", md)
	}
	if want := "1 attempt of 1 cell failed and was repeated; the first is trial 2, of write/strategy=threads/workers=4: 10m."; !slices.Contains(d.Warnings, want) {
		t.Errorf("no warning %q among %q", want, d.Warnings)
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
		if got := outliersText(&analysis.Summary{Seconds: test.sample}); got != test.want {
			t.Errorf("%+v is %q, want %q", test.sample, got, test.want)
		}
	}
}

func TestWhatAllCellsShareIsSaidOnce(t *testing.T) {
	for _, test := range []struct {
		trials []int
		want   string
	}{
		{[]int{9, 9, 9}, "all 3 cells: 9 of 300 trials: interrupted\n"},
		{[]int{9, 8, 9}, "all 3 cells: 8 to 9 of 300 trials: interrupted\n"},
		{[]int{9, 300, 9}, "incomplete: write/strategy=threads/workers=4: 9 of 300 trials: interrupted\n"},
	} {
		d := New(interrupted(test.trials...))
		out, md := tableOf(t, d, table.Options{}), markdownOf(t, d)
		if !strings.Contains(out, "incomplete: ") || !strings.Contains(out, test.want) {
			t.Errorf("%v: no %q in %s", test.trials, test.want, out)
		}
		shared := strings.HasPrefix(test.want, "all ")
		if got := strings.Count(out, "interrupted"); shared && got != 1 {
			t.Errorf("%v: interrupted is said %d times", test.trials, got)
		}
		sentence := "\nAll 3 cells are incomplete: " + strings.TrimPrefix(test.want, "all 3 cells: ")
		if strings.Contains(md, sentence) != shared || strings.Contains(md, "| cell | status |") == shared {
			t.Errorf("%v: report.md says %s", test.trials, md)
		}
	}
}

func TestAnIncompleteCellKeepsItsVerdict(t *testing.T) {
	d := New(interrupted(9, 9, 9))
	for i, want := range []string{"baseline (incomplete)", "faster (incomplete)", "faster (incomplete)"} {
		if got := verdictText(&d.Summaries[i]); got != want {
			t.Errorf("cell %d is %q, want %q", i, got, want)
		}
	}
	if got := verdictText(&New(interrupted(9, 9, 0)).Summaries[2]); got != "incomplete" {
		t.Errorf("a cell without trials is %q", got)
	}
}

func TestNothingIsShownOfWhatWasNotMeasured(t *testing.T) {
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
		t.Error("what was measured is not drawn")
	}
	for _, p := range d.Pictures {
		if strings.Contains(p.File, "read") {
			t.Errorf("%s has nothing to show", p.File)
		}
	}
	if out := tableOf(t, d, table.Options{}); !strings.Contains(out, "\nread\n"+nothingMeasured+"\n") {
		t.Errorf("the terminal says %s", out)
	}
	if md := markdownOf(t, d); !strings.Contains(md, "\n## read\n\n"+nothingMeasured+"\n") {
		t.Errorf("report.md says %s", md)
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
		d.Footnotes = analysis.Footnotes(d.Data, false)
		for _, out := range []string{tableOf(t, d, table.Options{Width: 300}), markdownOf(t, d)} {
			if n := strings.Count(out, note); n > 1 || (n == 1) != test.want {
				t.Errorf("%+v, %s: the footnote is there %d times", test.interval, test.verdict, n)
			}
		}
	}
}

func TestProgramsAreNamedForTheirStart(t *testing.T) {
	if got := New(analysistest.Typical()).Programs(); !slices.Equal(got, []string{"python-threads"}) {
		t.Errorf("programs are %q", got)
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
		t.Errorf("a footnote about programs where there are none: %s", out)
	}
}

func TestColumnsLeftOutAreNamed(t *testing.T) {
	d := New(analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"2"}, []string{"1"}, 3))
	if out := tableOf(t, d, table.Options{Width: 300}); strings.Contains(out, "not shown") {
		t.Errorf("all has room: %s", out)
	}
	const want = "columns hidden to fit the width: median, efficiency (see report.md)\n"
	if out := tableOf(t, d, table.Options{Width: 90}); !strings.Contains(out, want) {
		t.Errorf("no %q in %s", want, out)
	}
}

// interrupted is a run of three cells that a signal ended.
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

func TestAPeakBeyondWhatWasMeasuredIsNotGiven(t *testing.T) {
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
