package plot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// TestLinesHaveGaps checks that no line passes through a cell that failed or that the grid does not
// have, and that marks show these cells.
func TestLinesHaveGaps(t *testing.T) {
	cell := func(strategy string, workers int, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: fmt.Sprintf("operation=copy strategy=%s workers=%d", strategy, workers), Seconds: seconds}
	}
	log := analysistest.Log(2,
		analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: []float64{4, 4.1}},
		cell("threads", 1, 4, 4.1), cell("threads", 2, 2, 2.1), cell("threads", 4, 1, 1.1), cell("threads", 8, 1, 1.2), cell("threads", 16, 1, 1.2),
		cell("half", 2, 3, 3.1), cell("half", 4, 0, 0), cell("half", 16, 2, 2.1), // failed with 4 workers, excluded with 8
		cell("bad", 1, 0, 0), cell("bad", 2, 0, 0),
		analysistest.Cell{Levels: "operation=copy strategy=skipped workers=2", Skip: "not found"},
		analysistest.Cell{Levels: "operation=copy strategy=broken workers=2", Seconds: []float64{1, 1.1}, Change: analysistest.AsExpectedFailure},
	)
	chart := lineChartsOf(log)[0]
	x := newAxisLevels(analysis.Levels("workers", chart.cells()))
	list, single := chart.series()
	if single || len(list) != 1 {
		t.Fatalf("got %d panels, single lines %v", len(list), single)
	}
	var got []string
	for _, s := range list[0] {
		tr := chart.trace(s, x, chart.scale(x))
		var lengths []int
		for _, xys := range tr.segments {
			lengths = append(lengths, len(xys))
		}
		got = append(got, fmt.Sprint(s.label, " ", lengths, " failed ", len(tr.failed), " expected ", len(tr.expected), " missing ", len(tr.missing)))
	}
	want := []string{"threads [5] failed 0 expected 0 missing 0", "half [1 1] failed 1 expected 0 missing 1", "bad [] failed 2 expected 0 missing 0", "broken [] failed 0 expected 1 missing 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got the lines %q, want %q", got, want)
	}
	texts := svgOf(t, log)
	for _, want := range []string{"3 failed cells", "1 failed as expected", "excluded or not measured", "bad"} {
		if !strings.Contains(texts, "\n"+want+"\n") {
			t.Errorf("the picture does not say %q: %s", want, texts)
		}
	}
	if strings.Contains(texts, "skipped") {
		t.Error("the legend has a line without anything to show")
	}
}

// lineChartsOf returns the charts of the speed-ups of the first table of a run.
func lineChartsOf(log *journal.Log) []lineChart {
	src := Source{Data: analysis.New(log)}
	g := src.MeasuredTables()[0]
	return src.lineCharts(g, allBut(g.Cells, g.Baseline), speedupOf(g), "workers")
}

// svgOf returns the texts of the only picture of speed-ups of a run.
func svgOf(t *testing.T, log *journal.Log) string {
	t.Helper()
	sketches := speedupSketches(Source{Data: analysis.New(log)})
	if len(sketches) != 1 {
		t.Fatalf("got %d pictures, want 1", len(sketches))
	}
	var p Picture
	if err := p.draw(sketches[0], nil); err != nil {
		t.Fatal(err)
	}
	return svgTexts(t, p.SVG)
}

// TestIdealBeginsAtOneWorker checks that the line of the ideal speed-up does not start below 1.
func TestIdealBeginsAtOneWorker(t *testing.T) {
	chart := lineChartsOf(analysistest.Sweeps())[0]
	x := newAxisLevels(analysis.Levels("workers", chart.cells()))
	p := newPlot("")
	var notes lineNotes
	chart.addIdeal(p, x, chart.scale(x), &notes)
	if line, ok := notes.ideal.(*plotter.Line); !ok || x.value(line.XYs[0].X) != 1 || line.XYs[0].Y != 1 {
		t.Errorf("the ideal is %v", notes.ideal)
	}
}

func TestManyLinesAreFacets(t *testing.T) {
	var nine []string
	for i := range 9 {
		nine = append(nine, fmt.Sprintf("contender-%d", i))
	}
	workers, chunks := []string{"1", "2", "4"}, []string{"1", "8"}
	async := analysistest.Grid([]string{"write"}, []string{"threads", "processes", "io_uring", "pipeline"}, workers, append(chunks, "auto"), 2)
	for _, w := range workers {
		async.Run.Cells = append(async.Run.Cells, async.Run.Cells[1])
		c := &async.Run.Cells[len(async.Run.Cells)-1]
		c.Levels = map[string]string{"operation": "write", "strategy": "async", "workers": w}
		c.Name = "write/async " + w
		async.Trials = append(async.Trials, async.Trials[len(async.Trials)-1])
		async.Trials[len(async.Trials)-1].Cell, async.Trials[len(async.Trials)-1].Round = len(async.Run.Cells)-1, 1
	}
	for _, test := range []struct {
		name   string
		log    *journal.Log
		panels string
		single bool
	}{
		{"nine strategies", analysistest.Grid([]string{"write"}, nine, workers, []string{"1"}, 2), "contender-0 contender-1 contender-2 contender-3 contender-4 contender-5 contender-6 contender-7 contender-8", true},
		{"nine strategies and two chunk sizes", analysistest.Grid([]string{"write"}, nine, workers, chunks, 2), "contender-0 contender-1 contender-2 contender-3 contender-4 contender-5 contender-6 contender-7 contender-8", false},
		{"a strategy without the factor of the panels", async, "chunk_size=1 chunk_size=8 chunk_size=auto", false},
	} {
		charts := lineChartsOf(test.log)
		if len(charts) != 1 {
			t.Errorf("%s: got %d pictures, want 1", test.name, len(charts))
			continue
		}
		list, single := charts[0].series()
		var names []string
		for i, lines := range list {
			names = append(names, charts[0].panels[i].label)
			if n := len(lines); n == 0 || n > linesPerPicture {
				t.Errorf("%s: %d lines in a panel", test.name, n)
			}
			if test.log == async && !slices.ContainsFunc(lines, func(s series) bool { return s.label == "async" && len(s.cells) == len(workers) }) {
				t.Errorf("the panel %s has no line for async", names[i])
			}
		}
		if strings.Join(names, " ") != test.panels || single != test.single {
			t.Errorf("%s: got the panels %q, single lines %v", test.name, names, single)
		}
		styles := map[string]seriesStyle{}
		for _, lines := range list {
			for _, s := range lines {
				if known, ok := styles[s.label]; s.label == "" || ok && known.colour != s.style.colour {
					t.Errorf("%s: the line %q has no name, or several styles", test.name, s.label)
				}
				styles[s.label] = s.style
			}
		}
		if d, err := charts[0].draw(Layout{}); err != nil || d.Height > px(1400) {
			t.Errorf("%s: the picture has a height of %v (%v)", test.name, d.Height, err)
		}
	}
}
