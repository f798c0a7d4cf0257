package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/analysis/compare"
	"iosweep/journal"
	"iosweep/reports/table"
)

// sides returns two runs with different identifiers and the given cells.
func sides(base, next []analysistest.Cell) (b, n *journal.Log) {
	b, n = analysistest.Log(longest(base), base...), analysistest.Log(longest(next), next...)
	b.Run.ID, n.Run.ID = "base-run", "new-run"
	for _, log := range []*journal.Log{b, n} {
		log.Notes = []journal.Note{{At: analysistest.StartTime, Kind: journal.NoteFinished, After: len(log.Trials)}}
	}
	return b, n
}

func longest(cells []analysistest.Cell) int {
	n := 1
	for _, c := range cells {
		n = max(n, len(c.Seconds))
	}
	return n
}

// ofWorkers returns a cell that differs from others by its number of workers.
func ofWorkers(workers int, seconds []float64) analysistest.Cell {
	return analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=threads workers=%d", workers), Seconds: seconds}
}

// many returns n cells that take about 10 seconds, times a factor.
func many(n, trials int, factor float64, seed uint64) (cells []analysistest.Cell) {
	for i := range n {
		cells = append(cells, ofWorkers(i+1, analysistest.Near(10*factor, 0.005, trials, seed+uint64(i))))
	}
	return cells
}

func compared(t *testing.T, base, next *journal.Log) *compare.Comparison {
	t.Helper()
	return comparedBy(t, base, next, compare.CompareOptions{})
}

func comparedBy(t *testing.T, base, next *journal.Log, opt compare.CompareOptions) *compare.Comparison {
	t.Helper()
	opt.BaseName, opt.NewName = "results/before", "results/after"
	if opt.Margin == 0 {
		opt.Margin = 0.02
	}
	c, err := compare.Compare(analysis.New(base), analysis.New(next), opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// contrast returns the cell of a comparison whose name has the given end.
func contrast(t *testing.T, c *compare.Comparison, end string) *compare.Contrast {
	t.Helper()
	for _, x := range c.Contrasts {
		if strings.HasSuffix(x.Name(), end) {
			return x
		}
	}
	t.Fatalf("no cell ends in %q", end)
	return nil
}

// writers are the formats of a comparison.
var writers = map[string]func(*compare.Comparison, *bytes.Buffer) error{
	"text": func(c *compare.Comparison, b *bytes.Buffer) error {
		return ComparisonTable(b, c, table.Options{Width: 120})
	},
	"markdown": func(c *compare.Comparison, b *bytes.Buffer) error { return WriteComparisonMarkdown(b, c) },
	"csv":      func(c *compare.Comparison, b *bytes.Buffer) error { return WriteComparisonCSV(b, c) },
	"json":     func(c *compare.Comparison, b *bytes.Buffer) error { return WriteComparisonJSON(b, c) },
}

func written(t *testing.T, c *compare.Comparison, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := writers[format](c, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
