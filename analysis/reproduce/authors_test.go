package reproduce

import (
	"fmt"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// TestResultsOfAuthorsAreReproduced takes the results of a run of two tables as the published table of others.
func TestResultsOfAuthorsAreReproduced(t *testing.T) {
	cell := func(levels string, seconds ...float64) analysistest.Cell {
		return analysistest.Cell{Levels: levels, Seconds: seconds}
	}
	based := func(base int, c analysistest.Cell) analysistest.Cell {
		c.Base = base
		return c
	}
	author := analysistest.Log(5,
		cell("operation=write strategy=sequential", 10, 10.1, 9.9, 10, 10.05),
		cell("operation=write strategy=threads workers=2", 5, 5.1, 4.9, 5, 5.02),
		cell("operation=write strategy=threads workers=4", 9.3, 11.2, 8.1, 12.5, 9.9),
		cell("operation=write strategy=threads workers=8", 20, 20.1, 19.9, 20, 20.05),
		based(4, cell("operation=read strategy=sequential", 4, 4.1, 3.9, 4, 4.05)),
		based(4, cell("operation=read strategy=threads workers=2", 2, 2.1, 1.9, 2, 2.02)),
	)
	table := Authors(analysis.New(author), "run x", "abc", author.Run.Cells)
	if n := len(table.Rows); n != 6 || table.Baseline != 0 || table.Bundle != "abc" {
		t.Fatalf("the table has %d rows, the baseline %d and the head %q", n, table.Baseline, table.Bundle)
	}
	if row := table.Rows[1]; row.Mean == nil || row.Mean.Value != 5 || len(row.Speedup) != 2 || row.Speedup[0].Value > 2 || row.Speedup[1].Value < 2 {
		t.Errorf("got row %+v, want 5 s and a range around 2", row)
	}
	here := analysistest.Log(5,
		cell("operation=write strategy=sequential", 20, 20.1, 19.9, 20, 20.05),
		cell("operation=write strategy=threads workers=2", 10, 10.1, 9.9, 10, 10.02),
		cell("operation=write strategy=threads workers=4", 10, 10.1, 9.9, 10, 10.02),
		cell("operation=write strategy=threads workers=8", 10, 10.1, 9.9, 10, 10.02),
		based(4, cell("operation=read strategy=sequential", 8, 8.1, 7.9, 8, 8.05)),
		based(4, cell("operation=read strategy=threads workers=2", 4, 4.1, 3.9, 4, 4.02)),
	)
	here.Run.Published = table
	r := New(analysis.New(here))
	if list := r.printedFindings(); list != nil {
		t.Errorf("computed figures have the findings %q", list)
	}
	want := []Outcome{"", Reproduced, Undecided, Contradicted, "", Reproduced}
	for i, p := range r.Pairings() {
		if p.Outcome != want[i] {
			t.Errorf("%s is %q (%s), want %q", p.Cell.Cell.Name, p.Outcome, p.Reason, want[i])
		}
	}
	if reason := r.Pairings()[2].Reason; !strings.HasPrefix(reason, "the interval of the authors allows for slower, no difference") {
		t.Errorf("the reason is %q", reason)
	}
	if c := r.Contradicted(); len(c) != 1 {
		t.Errorf("the contradictions are %+v", c)
	}
}

// TestCellsOfAuthorsMayBeMissing has fewer cells here, and a failed cell there.
func TestCellsOfAuthorsMayBeMissing(t *testing.T) {
	author := analysistest.Log(2,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{10, 10}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=2", Seconds: []float64{0, 0}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{5, 5.5}},
	)
	table := Authors(analysis.New(author), "run x", "abc", author.Run.Cells[:2])
	if row := table.Rows[1]; row.Claim != journal.ClaimNone || row.Mean != nil {
		t.Errorf("the row of a failed cell is %+v", row)
	}
	if row := table.Rows[2]; len(row.Cells) != 0 {
		t.Errorf("the row without a cell here has %+v", row.Cells)
	}
}

// TestRunReproducesItself judges runs by their own results: nothing is contradicted, and an inconclusive verdict
// of the author claims nothing.
func TestRunReproducesItself(t *testing.T) {
	// Some of many equal cells differ by chance.
	cells := []analysistest.Cell{{Levels: "operation=copy strategy=sequential", Seconds: analysistest.Around(1, 5, 1)}}
	for i := range 30 {
		cells = append(cells, analysistest.Cell{Levels: fmt.Sprintf("operation=copy strategy=threads workers=%d", i+1), Seconds: analysistest.Near(1, 0.1, 5, uint64(i+2))})
	}
	unclaimed := 0
	for name, log := range map[string]*journal.Log{
		"equal": analysistest.Log(5, cells...), "typical": analysistest.Typical(), "sweeps": analysistest.Sweeps(), "save files": analysistest.SaveFiles(), "eventful": analysistest.Eventful(),
	} {
		d := analysis.New(log)
		verdicts := map[string]analysis.Verdict{}
		for _, g := range d.Tables {
			for _, s := range g.Cells {
				verdicts[s.Cell.Name] = s.Verdict
			}
		}
		table := Authors(d, "a run", "0", log.Run.Cells)
		log.Run.Published = table
		r := New(analysis.New(log))
		for _, m := range r.Methods {
			if v := verdicts[m.Printed.Method]; v == estimate.Inconclusive && IsOfTime(m.Claim) {
				t.Errorf("%s: %s claims %s, and its verdict is %s", name, m.Printed.Method, m.Claim, v)
			}
			if len(m.Printed.Speedup) > 0 && m.Claim == journal.ClaimNone && (m.Speedup.Low > 1+r.Table.Tolerance || m.Speedup.High < 1-r.Table.Tolerance) {
				unclaimed++
			}
			for _, a := range m.Attempts {
				if a.Reason == "the interval of the authors allows for faster" {
					t.Errorf("%s: %s has the reason %q", name, m.Printed.Method, a.Reason)
				}
				if a.Outcome == Contradicted {
					t.Errorf("%s: %s is contradicted: %s", name, m.Printed.Method, a.Reason)
				}
			}
		}
	}
	if unclaimed == 0 {
		t.Error("no interval of an inconclusive verdict excludes the margin")
	}
}
