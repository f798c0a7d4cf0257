package plot

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// againstThreads returns a run whose baseline is in the middle of a line.
func againstThreads(extra ...analysistest.Cell) *journal.Log {
	var cells []analysistest.Cell
	for i, workers := range []string{"1", "2", "4", "8"} {
		for j, strategy := range []string{"threads", "processes"} {
			cells = append(cells, analysistest.Cell{
				Levels: "operation=write strategy=" + strategy + " workers=" + workers, Base: 2,
				Seconds: analysistest.Around(20/float64(i+1)+float64(j), 4, uint64(10*i+j)),
			})
		}
	}
	return analysistest.Log(4, append(cells, extra...)...)
}

func TestBaselineIsPointOfItsLine(t *testing.T) {
	d := analysis.New(againstThreads())
	g := d.Tables[0]
	compared := allBut(g.Cells, g.Baseline)
	if got := withBaseline(d, g, compared, "workers"); !slices.Contains(got, g.Baseline) || len(got) != 8 {
		t.Errorf("got %d cells, want 8 with the baseline", len(got))
	}
	if title := g.Heading + ": speed-up against " + g.BaselineLabel; title != "write: speed-up against threads, workers=2" {
		t.Errorf("the title is %q", title)
	}
	if name := baselineName(g); !strings.HasPrefix(name, "baseline: threads, workers=2, ") {
		t.Errorf("the legend has the entry %q", name)
	}

	alone := analysis.New(againstThreads())
	alone.Summaries[2].Cell.Levels["sink"] = "unlocked"
	g = alone.Tables[0]
	compared = allBut(g.Cells, g.Baseline)
	if got := withBaseline(alone, g, compared, "workers"); slices.Contains(got, g.Baseline) {
		t.Error("a baseline without a line is drawn as a point")
	}
}

// allBut returns the cells except one.
func allBut(cells []*analysis.Summary, out *analysis.Summary) []*analysis.Summary {
	return slices.DeleteFunc(slices.Clone(cells), func(s *analysis.Summary) bool { return s == out })
}

func TestIsOneWorker(t *testing.T) {
	if analysis.IsOneWorker(analysis.New(againstThreads()).Tables[0].Baseline) || analysis.IsOneWorker(nil) {
		t.Error("a baseline with two workers, or no baseline, counts as one worker")
	}
	if !analysis.IsOneWorker(analysis.New(analysistest.Typical()).Tables[0].Baseline) {
		t.Error("a sequential baseline does not count as one worker")
	}
}

func TestBarsBeyondTheEdgeHaveArrowheads(t *testing.T) {
	s := scale{min: 0, max: 4}
	for _, test := range []struct {
		interval estimate.Interval
		want     plotter.XYs
	}{
		{estimate.Interval{Low: 1, High: 3, OK: true}, nil},
		{estimate.Interval{Low: 0, High: 4, OK: true}, nil},
		{estimate.Interval{Low: 1, High: 5, OK: true}, plotter.XYs{{X: 7, Y: 4}}},
		{estimate.Interval{High: 3, OK: true, LowOpen: true}, plotter.XYs{{X: 7, Y: 0}}},
		{estimate.Interval{High: 5, OK: true, LowOpen: true}, plotter.XYs{{X: 7, Y: 0}, {X: 7, Y: 4}}},
		{estimate.Interval{Open: true}, plotter.XYs{{X: 7, Y: 0}, {X: 7, Y: 4}}},
		{estimate.Interval{}, nil},
	} {
		b := bars{scale: s, vertical: true}
		b.add(7, 2, test.interval)
		if !slices.Equal(b.tips, test.want) {
			t.Errorf("%+v has arrowheads at %v, want %v", test.interval, b.tips, test.want)
		}
	}
}

// TestPanelWithoutLevelsIsDrawnAsRows checks panels of programs, which have no number of workers.
// Such panels have no levels for the x axis, so they are drawn as rows.
func TestPanelWithoutLevelsIsDrawnAsRows(t *testing.T) {
	d := analysis.New(analysistest.SaveFiles())
	for _, s := range speedupSketches(Source{Data: d}) {
		if _, err := s.Draw(Layout{}); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}
