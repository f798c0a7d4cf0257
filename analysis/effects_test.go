package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// factorialLog returns a run of two strategies and three numbers of workers, after a sequential baseline. Threads
// with two workers are twice as fast as with one, and so on. change may change the cells.
func factorialLog(repeats int, change func(strategy, workers string, c *analysistest.Cell)) *journal.Log {
	cells := []analysistest.Cell{{Levels: "operation=write strategy=sequential", Seconds: analysistest.Near(8, 0.001, repeats, 1)}}
	for s, strategy := range []string{"threads", "processes"} {
		for w, workers := range []string{"1", "2", "4"} {
			seconds := 8 / math.Exp2(float64(w)) * (1 + 0.1*float64(s))
			c := analysistest.Cell{Levels: fmt.Sprintf("operation=write strategy=%s workers=%s", strategy, workers), Seconds: analysistest.Near(seconds, 0.001, repeats, uint64(10*s+w+2))}
			if change != nil {
				change(strategy, workers, &c)
			}
			cells = append(cells, c)
		}
	}
	return analysistest.Log(repeats, cells...)
}

func factorsOf(e analysis.Effects) (list []string) {
	for _, x := range e.List {
		list = append(list, x.Factor())
	}
	return list
}

func TestEffects(t *testing.T) {
	d := analysis.New(factorialLog(5, nil))
	if len(d.Effects) != 1 {
		t.Fatalf("effects of %d tables, want 1", len(d.Effects))
	}
	e := d.Effects[0]
	if got := factorsOf(e); !slices.Equal(got, []string{"workers", "strategy", "strategy x workers"}) {
		t.Fatalf("factors %v", got)
	}
	workers, strategy := e.List[0], e.List[1]
	if workers.BestLevel() != "4" || workers.WorstLevel() != "1" || math.Abs(workers.Ratio.X-4) > 0.02 || len(workers.Levels) != 3 {
		t.Errorf("workers: %+v", workers)
	}
	if strategy.BestLevel() != "threads" || strategy.WorstLevel() != "sequential" || math.Abs(strategy.Ratio.X-2) > 0.02 {
		t.Errorf("strategy: %+v", strategy)
	}
	if e.Rounds != 5 || len(e.Cells) != 7 || e.Name != "write" {
		t.Errorf("%d rounds of %d cells of the table %s", e.Rounds, len(e.Cells), e.Name)
	}
	const want = "workers explains 84% of the differences, strategy 16%."
	if got := e.Sentence(); got != want || !slices.Contains(d.Overview.Sentences, want) {
		t.Errorf("sentence %q, overview %q", got, d.Overview.Sentences)
	}
}

// TestEffectsOfIncompleteTables leaves out the cells that cannot be compared.
func TestEffectsOfIncompleteTables(t *testing.T) {
	type change = func(strategy, workers string, c *analysistest.Cell)
	only := func(strategy, workers string, change func(*analysistest.Cell)) change {
		return func(s, w string, c *analysistest.Cell) {
			if s == strategy && w == workers {
				change(c)
			}
		}
	}
	for _, c := range []struct {
		name          string
		change        change
		cells, rounds int
	}{
		{"a failed trial", only("threads", "2", func(c *analysistest.Cell) { c.Seconds[3] = 0 }), 6, 5},
		{"a missing round", only("threads", "2", func(c *analysistest.Cell) { c.Seconds = c.Seconds[:4] }), 7, 4},
		{"too few rounds", only("threads", "2", func(c *analysistest.Cell) { c.Seconds = c.Seconds[:1] }), 6, 5},
		{"skipped", only("threads", "2", func(c *analysistest.Cell) { c.Seconds, c.Skip = nil, "not installed" }), 6, 5},
		{"an expected failure", only("threads", "2", func(c *analysistest.Cell) { c.Change = analysistest.AsExpectedFailure }), 6, 5},
	} {
		d := analysis.New(factorialLog(5, c.change))
		if len(d.Effects) != 1 || len(d.Effects[0].Cells) != c.cells || d.Effects[0].Rounds != c.rounds {
			t.Errorf("%s: %+v", c.name, d.Effects)
			continue
		}
		if got := factorsOf(d.Effects[0]); got[0] != "workers" || !d.Effects[0].List[0].Share.OK {
			t.Errorf("%s: factors %v", c.name, got)
		}
	}
	for _, rounds := range []int{1, 2} {
		d := analysis.New(factorialLog(rounds, nil))
		if e := &d.Effects[0]; e.List[0].RatioCI.OK != (rounds > 1) || (e.Sentence() == "") != (rounds == 1) {
			t.Errorf("%d rounds: %+v, %q", rounds, e.List[0], e.Sentence())
		}
	}
	one := analysis.New(analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=threads workers=1", Seconds: []float64{2, 2.1, 2}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2", Seconds: []float64{1, 1.1, 1}}))
	if len(one.Effects) != 0 {
		t.Errorf("effects of a table with one axis: %+v", one.Effects)
	}
}

// TestEffectsOfMetric has a metric of which more is better.
func TestEffectsOfMetric(t *testing.T) {
	log := factorialLog(4, nil)
	var values [][]float64
	for cell := range log.Run.Cells {
		var list []float64
		for round := range 4 {
			list = append(list, float64(100*(cell+1)+round))
		}
		values = append(values, list)
	}
	d := analysis.New(analysistest.Judge(log, journal.Metric{Name: "throughput", Unit: "MB/s", Better: journal.BetterHigher}, values...))
	workers := d.Effects[0].List[slices.IndexFunc(d.Effects[0].List, func(x analysis.Effect) bool { return x.Factor() == "workers" })]
	if workers.BestLevel() != "4" || !(workers.Ratio.X > 1) {
		t.Errorf("workers: %+v", workers)
	}
	if best := workers.Levels[workers.Best]; !(best.Ratio.X > 1) || !(best.CI.Low <= best.Ratio.X && best.Ratio.X <= best.CI.High) {
		t.Errorf("the best level: %+v", best)
	}
}

func TestEffectsSentences(t *testing.T) {
	noisy := analysis.New(factorialLog(5, func(_, _ string, c *analysistest.Cell) {
		c.Seconds = analysistest.Near(8, 0.1, 5, uint64(len(c.Levels))+uint64(c.Seconds[0]*1e6))
	}))
	if got := noisy.Effects[0].Sentence(); !strings.HasPrefix(got, "The cells differ too little") {
		t.Errorf("equal cells: %q", got)
	}
	for _, x := range noisy.Effects[0].List {
		if x.Share.OK || x.ShareCI.OK {
			t.Errorf("equal cells have a share: %+v", x)
		}
	}
	grid := func(operations ...string) *analysis.Data {
		return analysis.New(analysistest.Grid(operations, []string{"threads", "processes"}, []string{"1", "2", "4", "8"}, []string{"1", "16"}, 5))
	}
	const want = "write: workers explains 89% of the differences, strategy 10%, chunk_size less than 1%."
	if d := grid("write", "copy"); !slices.Contains(d.Overview.Sentences, want) {
		t.Errorf("two tables: %q", d.Overview.Sentences)
	}
	many := grid("write", "copy", "read", "zip")
	if !slices.Contains(many.Overview.Sentences, "The axis with the largest part in the differences: workers in 4 of 4 tables.") {
		t.Errorf("four tables: %q", many.Overview.Sentences)
	}
	if err := many.Only([]string{"operation=write,strategy=threads"}); err != nil {
		t.Fatal(err)
	}
	if len(many.Effects) != 1 || many.Effects[0].Table != &many.Tables[0] {
		t.Errorf("--only keeps the effects of %d tables", len(many.Effects))
	}
	confounded := analysis.New(analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=threads workers=1 chunk_size=1 flavour=a", Seconds: []float64{2, 2.1, 2}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=1 chunk_size=2 flavour=b", Seconds: []float64{3, 3.1, 3}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2 chunk_size=1 flavour=a", Seconds: []float64{1, 1.1, 1}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2 chunk_size=2 flavour=b", Seconds: []float64{1.5, 1.6, 1.5}}))
	if got := confounded.Effects[0].Sentence(); !strings.Contains(got, "Not told apart from other axes: chunk_size, flavour.") {
		t.Errorf("confounded axes: %q", got)
	}
}
