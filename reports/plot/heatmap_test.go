package plot

import (
	"fmt"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// heatLog returns a grid with fields of every kind: clear and undecided differences, failures, and a
// cell that was not measured. The pair of 4 workers and chunk size 8 is excluded.
func heatLog() *journal.Log {
	cell := func(operation string, workers int, chunk string, base int, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: fmt.Sprintf("operation=%s strategy=threads workers=%d chunk_size=%s", operation, workers, chunk), Base: base, Seconds: seconds}
	}
	return analysistest.Log(3,
		analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: []float64{8, 8.01, 8.02}},
		cell("copy", 1, "1", 0, 8.01, 7.4, 8.6), cell("copy", 2, "1", 0, 4, 4.01, 4.02), cell("copy", 4, "1", 0, 1, 1.001, 1.002),
		cell("copy", 1, "8", 0, 0, 0, 0), cell("copy", 2, "8", 0),
		analysistest.Cell{Levels: "operation=read strategy=sequential", Base: 6, Seconds: []float64{8, 8.01, 8.02}},
		cell("read", 1, "1", 6, 16, 16.1, 16.2), cell("read", 2, "1", 6, 8, 8.01, 8.02), cell("read", 1, "8", 6, 8, 8.1, 8.2), cell("read", 2, "8", 6, 7, 7.1, 7.2),
	)
}

// TestHeatMapsOfRunShareTheirColours checks the scale of all heat maps of speed-ups: it is
// logarithmic, has 1 in the middle, and is the same for tables of different speed-ups.
func TestHeatMapsOfRunShareTheirColours(t *testing.T) {
	s := ratioShades(analysis.New(heatLog()))
	if !s.log || s.max < 7.9 || s.max > 8.1 || s.min*s.max < 0.999 || s.min*s.max > 1.001 {
		t.Errorf("the scale is %+v, want a logarithmic one from 1/8 to 8", s.scale)
	}
	if got := s.shade(1); got != rgb(0xf7f7f7) {
		t.Errorf("1 has the colour %v, want the middle of the colour map", got)
	}
	if fast, slow := s.shade(4), s.shade(0.25); fast.B < fast.R || slow.R < slow.B {
		t.Errorf("faster has the colour %v and slower %v, want blue and orange", fast, slow)
	}
	var p Picture
	for _, sketch := range heatmapSketches(Source{Data: analysis.New(heatLog())}) {
		if err := p.draw(sketch, nil); err != nil {
			t.Fatal(err)
		}
		texts := svgTexts(t, p.SVG)
		for _, want := range []string{"slower  ←  speed-up (×)  →  faster", "0.2", "1", "5"} {
			if !strings.Contains(texts, "\n"+want+"\n") {
				t.Errorf("%s has no %q: %s", sketch.Name, want, texts)
			}
		}
	}
}

func TestFieldsOfHeatMap(t *testing.T) {
	log := heatLog()
	for i := range log.Trials {
		if log.Trials[i].Cell == 3 {
			analysistest.AsExpectedFailure(&log.Trials[i])
		}
	}
	d := analysis.New(log)
	g := d.MeasuredTables()[0]
	m := newHeatMap(g.Cells, "workers", "chunk_size", ratioShades(d))
	want := [][]fieldKind{{undecidedField, measuredField, expectedField}, {failedField, unmeasuredField, excludedField}}
	for row, line := range m.fields {
		for column, f := range line {
			if f.kind != want[row][column] {
				t.Errorf("the field of %s workers and chunk size %s is of kind %d, want %d", m.xs[column], m.ys[row], f.kind, want[row][column])
			}
		}
	}
	var p Picture
	if err := p.draw(heatmapSketches(Source{Data: d})[0], nil); err != nil {
		t.Fatal(err)
	}
	texts := svgTexts(t, p.SVG)
	for _, want := range []string{"pale: inconclusive", "failed", "failed as expected", "not measured", "not in the grid", "2.00"} {
		if !strings.Contains(texts, "\n"+want+"\n") {
			t.Errorf("the picture does not say %q: %s", want, texts)
		}
	}
}

// TestFiguresFitIntoFields checks that the figures of a heat map become smaller, then shorter, and then
// disappear if there are many columns.
func TestFiguresFitIntoFields(t *testing.T) {
	m := heatMap{fields: [][]field{{{kind: measuredField, value: 0.1234}, {kind: measuredField, value: 12.34}}}}
	c := heatChart{maps: []heatMap{m}}
	for _, test := range []struct {
		width, height float64
		digits        int
	}{{60, 50, 3}, {30, 50, 3}, {24, 50, 2}, {15, 50, 0}, {60, 12, 0}} {
		digits, size := c.figures(test.width, test.height)
		if digits != test.digits || digits > 0 && (size < 9 || size > 15) {
			t.Errorf("a field of %g by %g pixels has %d digits of size %g, want %d digits", test.width, test.height, digits, size, test.digits)
		}
		for _, f := range m.fields[0] {
			if style := textStyle(max(size, 1), ink); digits > 0 && style.Width(f.figure(digits)) > px(test.width) {
				t.Errorf("the figure %s is wider than %g pixels", f.figure(digits), test.width)
			}
		}
	}
	var workers []string
	for i := range 60 {
		workers = append(workers, fmt.Sprint(i+1))
	}
	log := analysistest.Grid([]string{"write"}, []string{"threads"}, workers, []string{"1", "2"}, 1)
	var p Picture
	if err := p.draw(heatmapSketches(Source{Data: analysis.New(log)})[0], nil); err != nil {
		t.Fatal(err)
	}
	if texts := svgTexts(t, p.SVG); !strings.Contains(texts, "\nfigures: summary.csv\n") {
		t.Errorf("the picture of 60 columns does not say where its figures are: %s", texts)
	}
}
