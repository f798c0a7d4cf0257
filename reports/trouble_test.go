package reports

import (
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

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
		out, md := tableOf(t, d, TableOptions{}), markdownOf(t, d)
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
	if out := tableOf(t, d, TableOptions{}); !strings.Contains(out, "\nread\n"+nothingMeasured+"\n") {
		t.Errorf("the terminal says %s", out)
	}
	if md := markdownOf(t, d); !strings.Contains(md, "\n## read\n\n"+nothingMeasured+"\n") {
		t.Errorf("report.md says %s", md)
	}
}
