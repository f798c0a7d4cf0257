package reports

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"iosweep/journal"
)

// sides are two runs that differ in nothing but their identity and what the caller
// makes of them.
func sides(base, next []sampleCell) (b, n *journal.Log) {
	b, n = sampleLog(longest(base), base...), sampleLog(longest(next), next...)
	b.Run.ID, n.Run.ID = "base-run", "new-run"
	for _, log := range []*journal.Log{b, n} {
		log.Notes = []journal.Note{{At: morning, Kind: journal.NoteFinished, After: len(log.Trials)}}
	}
	return b, n
}

func longest(cells []sampleCell) int {
	n := 1
	for _, c := range cells {
		n = max(n, len(c.seconds))
	}
	return n
}

// near are n times that scatter by a part of their mean, and do not drift.
func near(mean, spread float64, n int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 2))
	list := make([]float64, n)
	for i := range list {
		list[i] = mean * (1 + spread*random.NormFloat64())
	}
	return list
}

// ofWorkers is a cell that is told by its number of workers.
func ofWorkers(workers int, seconds []float64) sampleCell {
	return sampleCell{levels: fmt.Sprintf("operation=write strategy=threads workers=%d", workers), seconds: seconds}
}

// many are n cells that take mean seconds, times a factor.
func many(n, trials int, factor float64, seed uint64) (cells []sampleCell) {
	for i := range n {
		cells = append(cells, ofWorkers(i+1, near(10*factor, 0.005, trials, seed+uint64(i))))
	}
	return cells
}

func compared(t *testing.T, base, next *journal.Log) *Comparison {
	t.Helper()
	return comparedBy(t, base, next, CompareOptions{})
}

func comparedBy(t *testing.T, base, next *journal.Log, opt CompareOptions) *Comparison {
	t.Helper()
	opt.BaseName, opt.NewName = "results/before", "results/after"
	if opt.Margin == 0 {
		opt.Margin = 0.02
	}
	c, err := Compare(NewData(base), NewData(next), opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// contrast is the cell of a comparison whose name ends so.
func contrast(t *testing.T, c *Comparison, end string) *Contrast {
	t.Helper()
	for _, x := range c.Contrasts {
		if strings.HasSuffix(x.Name(), end) {
			return x
		}
	}
	t.Fatalf("no cell ends in %q", end)
	return nil
}

// writers are all formats of a comparison.
var writers = map[string]func(*Comparison, *bytes.Buffer) error{
	"text":     func(c *Comparison, b *bytes.Buffer) error { return ComparisonTable(b, c, TableOptions{Width: 120}) },
	"markdown": func(c *Comparison, b *bytes.Buffer) error { return WriteComparisonMarkdown(b, c) },
	"csv":      func(c *Comparison, b *bytes.Buffer) error { return WriteComparisonCSV(b, c) },
	"json":     func(c *Comparison, b *bytes.Buffer) error { return WriteComparisonJSON(b, c) },
}

func written(t *testing.T, c *Comparison, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := writers[format](c, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
