package analysis

import (
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/experiments"
)

// TestNextRun checks the suggested runs of a table. Two cells are near each other, and one is far behind.
func TestNextRun(t *testing.T) {
	cell := func(levels string, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: "operation=write " + levels, Seconds: seconds}
	}
	base := cell("strategy=sequential", 30, 31, 30, 29, 30)
	near := cell("strategy=threads workers=2 chunk_size=1", 10, 10.3, 9.9, 10.4, 10.1)
	nearer := cell("strategy=threads workers=4 chunk_size=1", 10.1, 10.2, 10, 10, 10.2)
	d := New(analysistest.Log(5, base, near, nearer))
	if len(d.Next) != 1 {
		t.Fatalf("the next runs are %+v, want one", d.Next)
	}
	next := d.Next[0]
	if next.Repeats < fewestRepeats || next.Duration <= 0 || !strings.HasPrefix(next.Sentence(), "Which of 2 cells is the best? A run with ") {
		t.Errorf("got %+v, %q", next, next.Sentence())
	}
	_, filter, _ := strings.Cut(next.Command, " --only ")
	filter, _, _ = strings.Cut(filter, " ")
	cells, unmet, err := d.Matching([]string{filter})
	if err != nil || len(unmet) > 0 || len(cells) != 2 || cells[0].Index != 1 || cells[1].Index != 2 {
		t.Errorf("the filter %q of %q selects %d cells, %v, %v", filter, next.Command, len(cells), unmet, err)
	}

	// With more trials the cells are within the margin of each other, or told apart.
	if d := New(analysistest.Log(5, base, cell("strategy=threads workers=2", 10, 10, 10, 10, 10), cell("strategy=threads workers=4", 11, 11, 11, 11, 11))); len(d.Next) != 0 {
		t.Errorf("nothing is open, but the next runs are %+v", d.Next)
	}
	// The scatter is far above the margin.
	wild := New(analysistest.Log(5, base, cell("strategy=threads workers=2", 1, 90, 10, 2, 40), cell("strategy=threads workers=4", 70, 1, 12, 30, 2)))
	if len(wild.Next) == 0 || wild.Next[0].Repeats != 0 || wild.Next[0].Command != "" || !strings.Contains(wild.Next[0].Sentence(), "Even 1,000 repeats would not decide it") {
		t.Errorf("the next runs are %+v", wild.Next)
	}
}

// TestNextRunOfManyCells checks a run of the cells whose verdicts only the correction for many cells left open.
func TestNextRunOfManyCells(t *testing.T) {
	cells := []analysistest.Cell{{Levels: "operation=write strategy=sequential", Seconds: []float64{1, 1.3, 0.8, 1.1, 0.9}}}
	for range 200 {
		cells = append(cells, analysistest.Cell{Levels: "operation=write strategy=threads workers=8", Seconds: []float64{1.2, 1, 1, 0.9, 1.1}})
	}
	cells[7].Seconds = []float64{17, 61, 14, 48, 9} // 0.04x
	cells[7].Levels = "operation=write strategy=async workers=4"
	d := New(analysistest.Log(5, cells...))
	if s := d.Summaries[7]; s.Verdict != Inconclusive || !strings.Contains(s.OpenReason, "after correcting for 200 comparisons") {
		t.Fatalf("the cell is %s: %s", s.Verdict, s.OpenReason)
	}
	if n := len(d.Next); n != 2 || d.Next[1].Repeats != 0 {
		t.Fatalf("the next runs are %+v, want the one that decides nothing last", d.Next)
	}
	cheapest := d.Next[0]
	if want := "iosweep run "; !strings.HasPrefix(cheapest.Command, want) || !strings.Contains(cheapest.Command, "--only strategy=async,workers=4 --set trials.repeats=") {
		t.Errorf("got %+v", cheapest)
	}
	if _, err := experiments.Select([]string{"strategy=async,workers=4"}, []string{"write"}, []string{"async"}, nil, 2); err != nil {
		t.Error(err)
	}
}

// TestMergedFilters checks that cells which differ on one axis share a filter.
func TestMergedFilters(t *testing.T) {
	d := New(analysistest.Grid([]string{"write"}, []string{"threads", "async"}, []string{"2", "4"}, []string{"1", "8"}, 2))
	g := &d.Tables[0]
	got := strings.Join(d.FiltersOf(g.Cells), " ")
	if want := "strategy=sequential strategy=threads,async,workers=2,4,chunk_size=1,8"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	odd := []*Summary{g.Cells[1], g.Cells[4], g.Cells[6]}
	if got := d.FiltersOf(odd); len(got) < 2 {
		t.Errorf("cells that differ on several axes: %q", got)
	}
}

func TestOpenReasons(t *testing.T) {
	cell := func(levels string, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: "operation=write " + levels, Seconds: seconds}
	}
	base := cell("strategy=sequential", 10, 11, 10, 9, 10)
	for _, test := range []struct {
		seconds []float64
		want    string
	}{
		{[]float64{10, 9, 11, 10, 11}, "the interval 0."},
		{[]float64{0.1, 300, 0.2, 0.1, 0.3}, "the trials do not bound the interval"},
		{[]float64{5, 5, 5, 5, 5}, ""},
	} {
		d := New(analysistest.Log(5, base, cell("strategy=threads", test.seconds...)))
		if got := d.Summaries[1].OpenReason; !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%v: %s because %q, want %q", test.seconds, d.Summaries[1].Verdict, got, test.want)
		}
	}
}

// TestNextRunOfAPart checks the commands for a part of a run, for levels that look like axes, and for cells that no short
// command selects.
func TestNextRunOfAPart(t *testing.T) {
	cell := func(levels string, base int, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: levels, Base: base, Seconds: seconds}
	}
	log := analysistest.Log(5,
		cell("operation=write strategy=sequential", 0, 30, 31, 30, 29, 30),
		cell("operation=write strategy=threads workers=2", 0, 10, 10.3, 9.9, 10.4, 10.1),
		cell("operation=write strategy=threads workers=4", 0, 10.1, 10.2, 10, 10, 10.2),
		cell("operation=write strategy=processes workers=4", 0, 5, 5.1, 5, 5, 5.1),
		cell("operation=read strategy=sequential", 4, 1, 1, 1, 1, 1),
	)
	d := New(log)
	if err := d.Only([]string{"strategy=threads"}); err != nil {
		t.Fatal(err)
	}
	if got := d.Overview.Sentences[0]; !strings.HasPrefix(got, "fastest of these cells: threads, workers=") || !strings.HasSuffix(got, ", rank 2 of its table.") || len(d.Next) > 0 {
		t.Errorf("a part without the best cell: %q, %+v", got, d.Next)
	}

	log.Run.Cells[3].Levels["strategy"] = "threads"
	log.Run.Cells[3].Levels["workers"] = "--n=1,2 "
	d = New(log)
	if got, want := d.FiltersOf([]*Summary{&d.Summaries[3], &d.Summaries[1]}), `operation=write,strategy=threads,workers=2,"--n=1,2 "`; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
	log.Run.Overrides, log.Run.Only = []string{"budget=1h", "trials.repeats=5", "workload.files=7"}, []string{"operation=write"}
	log.Run.Cells[1].Repeats = 0
	if got, want := New(log).commandFor([]*Summary{&d.Summaries[1]}, 40), "--set workload.files=7 --only operation=write,strategy=threads,workers=2 --set trials.repeats=40"; !strings.HasSuffix(got, want) || strings.Contains(got, "1h") {
		t.Errorf("got %q, want the end %q", got, want)
	}
	d.Summaries[1].Cell.Repeats = 3
	if got := d.commandFor([]*Summary{&d.Summaries[1]}, 40); got != "" {
		t.Errorf("a block with repeats of its own: %q", got)
	}
}
