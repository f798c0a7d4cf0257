package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
)

// TestOverview checks the head of a report on runs of several kinds.
func TestOverview(t *testing.T) {
	around := func(mean float64) []float64 { return []float64{mean, 1.01 * mean, 0.99 * mean, mean} }
	cell := func(levels string, base int, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: levels, Base: base, Seconds: seconds}
	}
	table := func(operation string, base int) []analysistest.Cell {
		return []analysistest.Cell{
			cell("operation="+operation+" strategy=sequential", base, around(8)...),
			cell("operation="+operation+" strategy=threads workers=2", base, around(4)...),
			cell("operation="+operation+" strategy=threads workers=4", base, around(16)...),
		}
	}
	retired := func(cells []analysistest.Cell, at int) *analysis.Data {
		log := analysistest.Log(4, cells...)
		log.Run.Cells[at].Retired = true
		return analysis.New(log)
	}
	ok := table("write", 0)
	failing := table("write", 0)
	failing[1].Seconds = []float64{0.1, 0, 0.1, 0.1}
	failing[2].Seconds = failing[2].Seconds[:1]
	faster := table("zip", 9)
	faster[1].Seconds = around(1)
	four := slices.Concat(table("read", 0), table("write", 3), table("copy", 6), faster)
	once := slices.Clone(four)
	for i := range once {
		once[i].Seconds = once[i].Seconds[:1]
	}
	for _, test := range []struct {
		name string
		data *analysis.Data
		want []string
	}{
		{"one table", analysis.New(analysistest.Log(4, ok...)), []string{
			"fastest: threads, workers=2 (2.00×). No other cell is as good.",
			"workers explains more than 99% of the differences, strategy less than 1% (not distinguishable from none).",
			"3 cells, 12 measured trials: all ok.", "Verdicts on 2 cells against a baseline: 1 faster and 1 slower.",
		}},
		{"trouble", analysis.New(analysistest.Log(4, failing...)), []string{
			"fastest: sequential (the baseline, 8.00 ± 0.10 s). Too few common rounds: threads, workers=4. Not ranked, because the work failed or was corrupt: threads, workers=2.",
			"3 cells, 9 measured trials: 1 ok, 1 failed and 1 incomplete.",
		}},
		{"a retired cell", retired(ok, 1), []string{
			"fastest: sequential (the baseline, 8.00 ± 0.10 s). No other cell is as good.",
			"2 cells, 12 measured trials: all ok and 1 more retired.", "Verdicts on 1 cell against a baseline: 1 slower.",
		}},
		{"a cell alone", analysis.New(analysistest.Log(4, ok[0])), []string{"1 cell, 4 measured trials: all ok."}},
		{"four tables", analysis.New(analysistest.Log(4, four...)), []string{
			"The fastest cell has the verdict faster in 4 of 4 tables. The highest of these speed-ups is 8.00× (zip: threads, workers=2).",
			"The axis with the largest part in the differences: workers in 4 of 4 tables.",
			"12 cells in 4 tables, 48 measured trials: all ok.", "Verdicts on 8 cells against a baseline: 4 faster and 4 slower.",
		}},
		{"four tables without a verdict", analysis.New(analysistest.Log(1, once...)), []string{
			"The fastest cell has the verdict faster in none of 4 tables: its speed-up may be noise.",
			"12 cells in 4 tables, 12 measured trials: all ok.",
		}},
	} {
		o := test.data.Overview
		if !slices.Equal(o.Sentences, test.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", test.name, o.Sentences, test.want)
		}
		rows := ""
		for _, e := range o.Extremes {
			rows += fmt.Sprintf("%s: %s, %s; ", e.Name, e.FastestName, e.SlowestName)
		}
		const extremes = "read: threads, workers=2, threads, workers=4; write: threads, workers=2, threads, workers=4; copy: threads, workers=2, threads, workers=4; zip: threads, workers=2, threads, workers=4; "
		if several := strings.HasPrefix(test.name, "four tables"); several && rows != extremes || !several && rows != "" {
			t.Errorf("%s: the extremes are %s", test.name, rows)
		}
	}
}
