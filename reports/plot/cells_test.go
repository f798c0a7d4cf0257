package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/reproduce"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// TestFitPassesThroughItsPoints checks that the curve is the fitted rate divided by the rate of the
// baseline, and that it covers only the numbers of workers in the sweep.
func TestFitPassesThroughItsPoints(t *testing.T) {
	d := analysis.New(analysistest.Sweeps())
	base := d.Tables[0].Baseline
	l := lineChart{x: "workers", fits: d.Sweeps, baselineRate: base.FilesPerSecond}
	along, up := newAxisLevels([]string{"1", "2", "4", "8", "16", "32"}), scale{min: 0, max: 1000}
	cells := d.Sweeps[0].Cells
	lines := l.fitsOf(cells, along, up)
	if len(lines) != 1 {
		t.Fatalf("got %d curves, want 1", len(lines))
	}
	first, last := lines[0].XYs[0], lines[0].XYs[len(lines[0].XYs)-1]
	if first.X != along.at("1") || math.Abs(last.X-along.at("32")) > 1e-9 {
		t.Errorf("the curve goes from %v to %v", first.X, last.X)
	}
	want := cells[5].Speedup.Value.X / (1 + d.Sweeps[0].Fit.Residuals[5])
	if math.Abs(last.Y/want-1) > 0.001 {
		t.Errorf("at 32 workers the curve is at %g, want %g", last.Y, want)
	}
	if l.fitsOf(d.Sweeps[1].Cells[3:], along, up) != nil {
		t.Error("got a curve for a line without the first point of the sweep")
	}
}

func TestRowLabelsShowStatus(t *testing.T) {
	d := analysis.New(analysistest.Eventful())
	for cell, want := range map[int]string{0: "sequential", 1: "threads (retired)", 4: "python-threads (2 of 2 failed)", 5: "async (1 of 5 failed)"} {
		if got := rowLabel(&d.Summaries[cell], []string{"strategy"}); got != want {
			t.Errorf("cell %d has the label %q, want %q", cell, got, want)
		}
	}
	d = analysis.New(analysistest.Until(analysistest.Eventful(), journal.NoteFault, analysistest.CellsBeforeExtension))
	if got := rowLabel(&d.Summaries[1], []string{"strategy"}); got != "threads (incomplete)" {
		t.Errorf("an incomplete cell has the label %q", got)
	}
}

// TestOutliersAreFramed checks that the marks of both kinds of outliers are found, and that the
// legend has entries for them.
func TestOutliersAreFramed(t *testing.T) {
	seconds := []float64{10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 11.5, 16}
	d := analysis.New(analysistest.Log(9, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: seconds}))
	o := orderChart{table: d.Tables[0], numbers: []int{1, 9}}
	p, legend := newPlot("x"), newLegend()
	o.addOutliers(p, legend, o.scale())
	if len(legend.names) != 2 {
		t.Errorf("the legend has the entries %q for outliers", legend.names)
	}
	marks := d.Summaries[0].Marks()
	if marks[7] != estimate.Mild || marks[8] != estimate.Far || slices.Max(marks[:7]) != estimate.Usual {
		t.Errorf("the marks are %v", marks)
	}
}

// TestDriftOfCells checks that the picture of the order shows the cells with the largest drift, with
// their trends.
func TestDriftOfCells(t *testing.T) {
	steady := []float64{1, 1.01, 0.99, 1.02, 0.98, 1}
	cells := []analysistest.Cell{{Levels: "operation=write strategy=sequential", Seconds: steady}}
	for i := range 20 {
		seconds := slices.Clone(steady)
		if i == 17 {
			seconds = []float64{1, 1.1, 1.2, 1.3, 1.4, 1.5}
		}
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d", i+1), Seconds: seconds})
	}
	d := analysis.New(analysistest.Log(6, cells...))
	if got := d.Summaries[18].DriftLine(); !got.Drifts() || math.Abs(got.Change.X-0.4) > 1e-9 || math.Abs(got.First-0.8) > 1e-9 || math.Abs(got.Last-1.2) > 1e-9 {
		t.Errorf("the drift is %+v, want 40%%, from 0.8 to 1.2", got)
	}
	sketches := orderSketches(Source{Data: d})
	if len(sketches) != 1 || len(sketches[0].Cells) != panelsPerPicture || sketches[0].Cells[0].Index != 18 {
		t.Fatalf("got %d pictures, want one that begins with the cell that drifts", len(sketches))
	}
	var p Picture
	if err := p.draw(sketches[0], nil); err != nil {
		t.Fatal(err)
	}
	texts := svgTexts(t, p.SVG)
	for _, want := range []string{"threads, workers=18: +40.0%", "trend, more than chance", "trend, within chance"} {
		if !strings.Contains(texts, "\n"+want+"\n") {
			t.Errorf("the picture does not say %q: %s", want, texts)
		}
	}
	if strings.Contains(texts, "0.5\n") {
		t.Errorf("the axis of the trials has fractions: %s", texts)
	}
}

// TestLatencyPicture checks the percentiles of a picture, and that cells without latencies have no row.
func TestLatencyPicture(t *testing.T) {
	d := analysis.New(analysistest.Eventful())
	sketches := latencySketches(Source{Data: d})
	if len(sketches) != 2 {
		t.Fatalf("got %d pictures, want one for each of 2 tables", len(sketches))
	}
	var p Picture
	if err := p.draw(sketches[0], nil); err != nil {
		t.Fatal(err)
	}
	texts := svgTexts(t, p.SVG)
	for _, want := range []string{"median", "90th percentile", "99th percentile", "highest", "latency (ms)", "sequential"} {
		if !strings.Contains(texts, "\n"+want+"\n") {
			t.Errorf("the picture has no %q: %s", want, texts)
		}
	}
	if strings.Contains(texts, "python-threads") {
		t.Error("a program without latencies has a row")
	}
	if l := d.Summaries[0].Latency; !(l.P50.X <= l.P90.X && l.P90.X <= l.P99.X) {
		t.Errorf("the percentiles do not ascend: %+v", l)
	}
}

// TestEffectsPicture checks the bars of the effects, and the panels of the levels.
func TestEffectsPicture(t *testing.T) {
	d := analysis.New(analysistest.Grid([]string{"write"}, []string{"threads", "processes"}, []string{"1", "2", "4", "8"}, []string{"1", "16"}, 5))
	sketches := effectsSketches(Source{Data: d})
	if len(sketches) != 1 {
		t.Fatalf("got %d pictures, want 1", len(sketches))
	}
	for _, width := range []float64{0, 400} {
		drawing, err := sketches[0].Draw(Layout{Width: width})
		if err != nil {
			t.Fatal(err)
		}
		svg, err := drawing.svg("")
		if err != nil {
			t.Fatal(err)
		}
		texts := svgTexts(t, svg)
		for _, want := range []string{"strategy x workers", "share of the differences (%)", "not distinguishable from none", "chunk_size", "sequential", "time / mean over the levels"} {
			if !strings.Contains(texts, "\n"+want+"\n") {
				t.Errorf("width %v: the picture has no %q: %s", width, want, texts)
			}
		}
	}
	var equal []analysistest.Cell
	for i, levels := range []string{"strategy=threads workers=1", "strategy=threads workers=2", "strategy=async workers=1", "strategy=async workers=2"} {
		equal = append(equal, analysistest.Cell{Levels: "operation=write " + levels, Seconds: analysistest.Near(1, 0.05, 5, uint64(i))})
	}
	if list := effectsSketches(Source{Data: analysis.New(analysistest.Log(5, equal...))}); len(list) != 0 {
		t.Error("equal cells have a picture of shares")
	}
}

func TestPublishedPictures(t *testing.T) {
	wide := analysistest.SaveFiles()
	wide.Run.Published.Rows[2].Speedup = analysistest.ParseFigures("12")
	ranges := analysistest.SaveFiles()
	ranges.Run.Published.Rows[3].Speedup = analysistest.ParseFigures("2.5 3")
	far := analysistest.ZipFiles()
	far.Run.Published.Rows[1].Speedup = analysistest.ParseFigures("0")
	for name, log := range map[string]*journal.Log{"save": analysistest.SaveFiles(), "zip": analysistest.ZipFiles(), "wide": wide, "ranges": ranges, "zero": far} {
		if underRace && name != "ranges" {
			continue
		}
		d := analysis.New(log)
		pictures, warnings := drawKind(Published, publishedSketches(Source{Data: d, Published: reproduce.New(d)}), defaultFormats, map[string]bool{})
		if len(pictures) != 1 || pictures[0].Name != "published" || pictures[0].Kind != Published {
			t.Fatalf("%s: got %d pictures, want published; warnings %q", name, len(pictures), warnings)
		}
		checkPicture(t, pictures[0])
	}
	none := analysistest.ZipFiles()
	none.Run.Plots = []string{}
	if pictures, _ := drawn(none); len(pictures) != 0 {
		t.Errorf("got %d pictures, want none", len(pictures))
	}
}

func TestPublishedPictureOmitsFailedCells(t *testing.T) {
	log := analysistest.SaveFiles()
	i := slices.IndexFunc(log.Trials, func(t journal.Trial) bool { return t.Cell == 6 })
	log.Trials[i].Status = journal.Failed
	var names []string
	for _, b := range dumbbells(reproduce.New(analysis.New(log))) {
		names = append(names, b.label())
	}
	want := []string{
		"Threads:  python-threads", "threads", "Processes:  python-processes", "processes",
		"Processes/Batch:  processes, chunk_size=625", "Asyncio:  python-asyncio",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got rows %q, want %q", names, want)
	}
}
