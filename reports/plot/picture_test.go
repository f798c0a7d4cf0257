package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/reproduce"
	"iosweep/journal"
)

// degenerate returns runs with values that can make a plot library fail.
func degenerate() map[string]*journal.Log {
	one := func(seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: seconds}
	}
	threads := func(workers int, chunk string, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d chunk_size=%s", workers, chunk), Seconds: seconds}
	}
	equal := []analysistest.Cell{one(1, 1, 1)}
	failed := []analysistest.Cell{one(0, 0)}
	for _, workers := range []int{1, 2} {
		for _, chunk := range []string{"1", "auto"} {
			equal = append(equal, threads(workers, chunk, 1, 1, 1))
			failed = append(failed, threads(workers, chunk, 0, 0))
		}
	}
	// withTimes returns a grid whose baseline and whose other cells have these times in all trials. A
	// sample run takes a time of 0 as a failure, so the times are set here.
	withTimes := func(baseline, others float64) *journal.Log {
		log := analysistest.Log(3, equal...)
		for i := range log.Trials {
			seconds := others
			if log.Trials[i].Cell == 0 {
				seconds = baseline
			}
			log.Trials[i].Measurement.Seconds = seconds
		}
		return log
	}
	odd := []analysistest.Cell{one(1, 1.1)}
	for _, level := range []string{"1", "1.0", "inf", "NaN", "1e300"} {
		cell := threads(2, "1", 0.5, 0.6)
		cell.Levels += " flavour=" + level
		odd = append(odd, cell)
	}
	oddLevels := analysistest.Log(2, odd...)
	oddLevels.Run.X = "flavour"
	long := threads(8, "1", 0.5, 0.6)
	long.Levels = strings.ReplaceAll(long.Levels, "threads", strings.Repeat("a-very-long-name-", 12))
	return map[string]*journal.Log{
		"nothing":        analysistest.Log(1),
		"one cell":       analysistest.Log(5, one(1, 2, 3, 4, 5)),
		"one trial":      analysistest.Log(1, one(1), threads(2, "1", 0.5), threads(4, "1", 0.3)),
		"equal values":   analysistest.Log(3, equal...),
		"only failures":  analysistest.Log(2, failed...),
		"tiny times":     analysistest.Log(2, one(1e-300, 1e-300), threads(2, "1", 1e-300, 1e-300), threads(4, "auto", 1e-300, 1e-300)),
		"far apart":      analysistest.Log(3, one(1e-6, 1.1e-6, 1e-6), threads(2, "1", 1e5, 1.1e5, 1e5), threads(4, "1", 1, 1, 1.1)),
		"zero times":     withTimes(0, 0),
		"zero baseline":  withTimes(0, 1),
		"zero others":    withTimes(1, 0),
		"longest times":  withTimes(1e-9, 1e9),
		"shortest times": withTimes(1e9, 1e-9),
		"infinite times": withTimes(math.Inf(1), math.Inf(1)),
		"odd levels":     oddLevels,
		"open below":     analysistest.Log(3, one(147e-6, 78e-6, 72e-6), threads(2, "1", 234e-6, 216e-6, 226e-6), threads(4, "1", 130e-6, 90e-6, 60e-6)),
		"open intervals": analysistest.Log(2, one(1, 3), threads(2, "1", 4, 0.5), threads(4, "1", 2, 0.9)),
		"long names":     analysistest.Log(2, one(3, 3.1), long),
		"never run":      analysistest.Log(2, one(), threads(2, "1"), threads(4, "auto")),
	}
}

func TestPicturesOfDegenerateRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws many pictures")
	}
	for name, log := range degenerate() {
		if underRace && name != "open intervals" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			pictures, warnings := drawn(log)
			for _, w := range warnings {
				if strings.Contains(w, "could not be drawn") {
					t.Error(w)
				}
			}
			for _, p := range pictures {
				checkPicture(t, p)
			}
		})
	}
}

// checkPicture decodes a picture and checks that it is not blank.
func checkPicture(t *testing.T, p Picture) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(p.Files[0].Data))
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	size := img.Bounds().Size()
	if size.X != pictureWidth || size.Y < 120 || size.Y > 1400 {
		t.Errorf("%s has a size of %v pixels", p.Name, size)
	}
	colours := map[color.Color]bool{}
	for y := 0; y < size.Y; y += 17 {
		for x := range size.X {
			colours[img.At(x, y)] = true
		}
	}
	if len(colours) < 5 {
		t.Errorf("%s is blank: it has only %d colours", p.Name, len(colours))
	}
	if p.Alt == "" {
		t.Errorf("%s has no alternative text", p.Name)
	}
}

// TestEveryKindOfDegenerateRuns makes the drawings of every kind, without encoding them, which takes
// most of the time.
func TestEveryKindOfDegenerateRuns(t *testing.T) {
	for name, log := range degenerate() {
		d := analysis.New(log)
		for _, k := range Kinds {
			for _, src := range []Source{{Data: d}, {Data: d, X: "strategy", Y: "workers", Whole: true}} {
				for _, s := range k.Sketch(src) {
					var p Picture
					if err := p.draw(s, nil); err != nil {
						t.Errorf("%s: %s: %v", name, s.Name, err)
					}
				}
			}
		}
	}
}

// typicalPictures are the files of the pictures of the typical run, in order.
var typicalPictures = []string{
	"effects-write", "speedup-write", "speedup-append", "time-write", "time-append",
	"heatmap-write-threads", "trials-write", "trials-append",
}

// drawn draws the pictures of a run, and returns them with the warnings.
func drawn(log *journal.Log) ([]Picture, []string) {
	d := analysis.New(log)
	return Draw(Source{Data: d, Published: reproduce.New(d)})
}

func TestPicturesAreTheSameEveryTime(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws many pictures")
	}
	first, _ := drawn(analysistest.Typical())
	second, _ := drawn(analysistest.Typical())
	var files []string
	for i, p := range first {
		files = append(files, p.Name)
		checkPicture(t, p)
		if !bytes.Equal(p.Files[0].Data, second[i].Files[0].Data) {
			t.Errorf("%s differs between two calls", p.Name)
		}
	}
	if !slices.Equal(files, typicalPictures) {
		t.Errorf("got pictures %q, want %q", files, typicalPictures)
	}
}

func TestOnlyRequestedKindsAreDrawn(t *testing.T) {
	log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{1}})
	for _, test := range []struct {
		plots []string
		want  string
	}{{[]string{}, ""}, {[]string{"trials"}, "trials-write"}, {nil, "time-write"}} {
		log.Run.Plots = test.plots
		pictures, _ := drawn(log)
		var files []string
		for _, p := range pictures {
			files = append(files, p.Name)
		}
		if got := strings.Join(files, " "); got != test.want {
			t.Errorf("plots %q: got %q, want %q", test.plots, got, test.want)
		}
	}
	log.Run.Plots, log.Run.Formats = []string{"time"}, []string{"gif"} // of another version
	if pictures, _ := drawn(log); len(pictures) != 1 || len(pictures[0].Files) != 1 || pictures[0].Files[0].Name != "time-write.png" {
		t.Errorf("an unknown format gives the pictures %v", pictures)
	}
}

func blankDrawing(Layout) (*Drawing, error) {
	return &Drawing{Width: px(10), Height: px(10), Draw: func(draw.Canvas) {}}, nil
}

func TestPanicBecomesWarning(t *testing.T) {
	pictures, got := drawKind("", []Sketch{
		{Name: "bad one", Draw: func(Layout) (*Drawing, error) { panic("min >= max") }},
		{Name: "good one", Draw: blankDrawing},
	}, nil, map[string]bool{})
	if !slices.Equal(got, []string{"The picture bad-one could not be drawn: min >= max."}) {
		t.Errorf("warnings: %q", got)
	}
	if len(pictures) != 1 || pictures[0].Name != "good-one" {
		t.Errorf("pictures: %+v", pictures)
	}
}

func TestFileNamesAreSafeAndDistinct(t *testing.T) {
	taken := map[string]bool{}
	for _, test := range []struct{ name, want string }{
		{"speedup-Write, cache=cold", "speedup-write-cache-cold"},
		{"speedup-write cache cold", "speedup-write-cache-cold-2"},
		{"../../etc/passwd", "etc-passwd"},
		{"日本", "picture"},
		{strings.Repeat("x", 300), strings.Repeat("x", 100)},
	} {
		if got := fileName(test.name, taken); got != test.want {
			t.Errorf("fileName(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestNumberOfPicturesIsLimited(t *testing.T) {
	one := Sketch{Name: "time", Draw: blankDrawing}
	pictures, warnings := drawKind("time", slices.Repeat([]Sketch{one}, maxPictures+5), nil, map[string]bool{})
	if len(pictures) != maxPictures {
		t.Errorf("%d pictures, want %d", len(pictures), maxPictures)
	}
	want := `Only 40 of 45 pictures of the kind "time" were drawn, with a share for each operation and table. iosweep plot draws the others, and summary.csv has all results.`
	if !slices.Equal(warnings, []string{want}) {
		t.Errorf("warnings %q, want %q", warnings, want)
	}
}

// TestEveryOperationHasPictures checks that the first operations do not use up the limit.
func TestEveryOperationHasPictures(t *testing.T) {
	var sketches []Sketch
	for i, operation := range []string{"write", "read", "copy"} {
		for k := range 30 { // three pictures for each of ten tables
			s := &analysis.Summary{}
			s.Cell.Levels, s.Cell.Baseline = map[string]string{"operation": operation}, 10*i+k/3
			sketches = append(sketches, Sketch{Name: fmt.Sprint(operation, k), Cells: []*analysis.Summary{s}})
		}
	}
	tables := map[int]int{}
	names := map[string]int{}
	for _, s := range share(sketches, 40) {
		tables[s.Cells[0].Cell.Baseline]++
		names[s.Cells[0].Cell.Levels["operation"]]++
	}
	if len(tables) != 30 || names["write"] > 14 || names["copy"] < 13 {
		t.Errorf("got pictures of %d tables, by operation %v", len(tables), names)
	}
}

func TestPanelsHaveFewLinesAndAllCells(t *testing.T) {
	strategies := []string{"threads", "processes", "async", "io_uring", "pipeline", "mine"}
	log := analysistest.Grid([]string{"write"}, strategies, []string{"1", "2", "4"}, []string{"1", "8", "64", "auto"}, 1)
	d := analysis.New(log)
	cells := d.Tables[0].Cells[1:]
	names := analysis.Without(analysis.Varying(d.Factors, cells), "workers")
	seen := map[*analysis.Summary]int{}
	parts := panels(panel{cells: cells}, names)
	for _, p := range parts {
		if lines, _ := analysis.Partition(p.cells, names); len(lines) > linesPerPicture {
			t.Errorf("%d lines in one picture", len(lines))
		}
		for _, s := range p.cells {
			seen[s]++
		}
	}
	for _, s := range cells {
		if seen[s] != 1 {
			t.Errorf("%s is in %d pictures", s.Cell.Name, seen[s])
		}
	}
	// Splitting by four chunk sizes gives fewer pictures than splitting by six strategies.
	if len(parts) != 4 || !slices.Equal(parts[0].fixed, []string{"chunk_size"}) || parts[3].label != "chunk_size=auto" {
		t.Errorf("got %d panels, split by %q; want 4, split by chunk_size", len(parts), parts[0].fixed)
	}
}

func TestScales(t *testing.T) {
	for _, values := range [][]float64{nil, {0}, {5}, {-1, 2}, {1, 1000}, {1e-9, 1e9}, {1e-300, 1}, {0, 1e300}, {0, math.MaxFloat64}, {1, math.Inf(1)}} {
		s := fromZero(values)
		if !(s.min < s.max) || s.log && s.min <= 0 {
			t.Errorf("%v has the scale %+v", values, s)
		}
		ticks := s.roundValues()
		if len(ticks) < 2 || len(ticks) > 20 {
			t.Errorf("%v has %d ticks", values, len(ticks))
		}
		p := newPlot("")
		s.apply(&p.Y)
		for _, tick := range p.Y.Tick.Marker.Ticks(0, 1) {
			if len(tick.Label) > 10 {
				t.Errorf("%v has the label %q", values, tick.Label)
			}
		}
		for _, x := range append(values, ticks...) {
			if at := s.at(x); math.IsNaN(at) || math.IsInf(at, 0) || at < s.at(s.min) || at > s.at(s.max) {
				t.Errorf("%v is at %v of %+v", x, at, s)
			}
		}
	}
}

// TestRowsOfLargeTable checks that the rows of a large table are the fastest and the slowest cells.
func TestRowsOfLargeTable(t *testing.T) {
	log := analysistest.Grid([]string{"write"}, []string{"threads", "processes"}, []string{"1", "2", "4", "8"}, []string{"1", "2", "4", "8", "16", "32", "64", "auto"}, 2)
	d := analysis.New(log)
	sketches := timeSketches(Source{Data: d})
	if len(sketches) != 2 || len(sketches[0].Cells) != rowsPerPicture {
		t.Fatalf("got %d pictures, want 2 of %d rows", len(sketches), rowsPerPicture)
	}
	var p Picture
	if err := p.draw(sketches[1], nil); err != nil {
		t.Fatal(err)
	}
	if texts := svgTexts(t, p.SVG); !strings.Contains(texts, "shown: the baseline, then the 40 fastest and the 9 slowest of 65 cells") {
		t.Errorf("the picture does not say which cells it shows: %s", texts)
	}
	if whole := timeSketches(Source{Data: d, Whole: true}); len(whole) != 1 || len(whole[0].Cells) != 65 {
		t.Error("one picture of all cells was asked for")
	}
}

func TestTrialNumbersAreWhole(t *testing.T) {
	for _, s := range []scale{{min: 0, max: 2, whole: true}, {min: 0, max: 5, whole: true, coarse: true}, {min: 8, max: 60, whole: true}, {min: 0, max: 1e6, whole: true}} {
		for _, x := range s.roundValues() {
			if x != math.Trunc(x) {
				t.Errorf("%+v has a tick at %v", s, x)
			}
		}
	}
}

// TestShadesOfDegenerateValues checks the colours of times that are all equal, all 0, or far apart.
func TestShadesOfDegenerateValues(t *testing.T) {
	for _, values := range [][]float64{{0, 0}, {1, 1}, {0, 1}, {1e-300, 1e300}, {1, 1 + 1e-12}, nil} {
		var g analysis.Table
		for i, x := range values {
			s := &analysis.Summary{Status: analysis.StatusOK}
			s.Cell.Levels = map[string]string{"workers": fmt.Sprint(i), "chunk_size": "1"}
			s.Judged.Mean = analysis.ValueOf(x)
			g.Cells = append(g.Cells, s)
		}
		m := meanShades(g)
		if !(m.min < m.max) {
			t.Errorf("%v have the range %v to %v", values, m.min, m.max)
		}
		for _, x := range values {
			if x < m.min || x > m.max {
				t.Errorf("%v is outside the range %v to %v", x, m.min, m.max)
			}
		}
	}
}

func TestLevelsAlongAnAxis(t *testing.T) {
	for _, test := range []struct {
		levels       []string
		numeric, log bool
	}{
		{[]string{"1", "2", "3", "4"}, true, false},
		{[]string{"1", "2", "4", "8"}, true, true},
		{[]string{"10", "50", "100"}, true, false},
		{[]string{"4", "8"}, true, false},
		{[]string{"0", "6", "9"}, false, false},
		{[]string{"1", "64", "auto"}, false, false},
		{[]string{"1", "1.0", "2"}, false, false},
		{[]string{"1", "2", "inf"}, false, false},
		{[]string{"1", "2", "1e300"}, true, true},
	} {
		a := newAxisLevels(test.levels)
		if a.numeric != test.numeric || a.log != test.log {
			t.Errorf("%q: got numeric %v and logarithmic %v, want %v and %v", test.levels, a.numeric, a.log, test.numeric, test.log)
		}
		last := a.min
		for _, l := range test.levels {
			if a.at(l) <= last || a.at(l) >= a.max {
				t.Errorf("%q: %s is at %v, want a position between %v and %v", test.levels, l, a.at(l), last, a.max)
			}
			last = a.at(l)
		}
	}
}
