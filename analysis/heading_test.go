package analysis_test

import (
	"slices"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
)

// TestHeadingsTellTablesApart checks that tables whose baselines differ only in their strategies and
// workers have different headings.
func TestHeadingsTellTablesApart(t *testing.T) {
	cell := func(levels string, base int) analysistest.Cell {
		return analysistest.Cell{Levels: "operation=append " + levels, Base: base, Seconds: []float64{1}}
	}
	for _, test := range []struct {
		name  string
		cells []analysistest.Cell
		want  []string
	}{
		{"by workers", []analysistest.Cell{
			cell("strategy=threads workers=1 sink=locked", 0), cell("strategy=threads workers=1 sink=unlocked", 0),
			cell("strategy=threads workers=4 sink=locked", 2), cell("strategy=threads workers=4 sink=unlocked", 2),
		}, []string{"append, workers=1", "append, workers=4"}},
		{"by strategy and workers", []analysistest.Cell{
			cell("strategy=threads workers=1 chunk_size=1", 0), cell("strategy=threads workers=1 chunk_size=2", 0),
			cell("strategy=processes workers=4 chunk_size=1", 2), cell("strategy=processes workers=4 chunk_size=2", 2),
		}, []string{"append, threads, workers=1", "append, processes, workers=4"}},
		{"one table", []analysistest.Cell{cell("strategy=threads workers=1", 0), cell("strategy=threads workers=2", 0)}, []string{"append"}},
		{"by the work", []analysistest.Cell{
			cell("strategy=threads files=10 workers=1", 0), cell("strategy=threads files=10 workers=2", 0),
			cell("strategy=threads files=20 workers=1", 2), cell("strategy=threads files=20 workers=2", 2),
		}, []string{"append, files=10", "append, files=20"}},
	} {
		d := analysis.New(analysistest.Log(1, test.cells...))
		for what, tables := range map[string][]analysis.Table{"tables": d.Tables, "measured tables": d.MeasuredTables()} {
			var got []string
			for _, g := range tables {
				got = append(got, g.Heading)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s, %s: got %q, want %q", test.name, what, got, test.want)
			}
		}
	}
}
