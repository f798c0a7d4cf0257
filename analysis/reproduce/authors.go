package reproduce

import (
	"math"
	"strconv"

	"iosweep/analysis"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// Authors returns the results of a run as a published table, so that another machine can reproduce them. Each
// measured cell is a row. Its speed-up is the 95% interval, and the row claims what the whole interval shows, unless
// the verdict of the author is inconclusive.
// source describes the run, and digest is the head of the chain over its journal. cells are the cells of the
// plan on this machine; a row finds its cell by its name.
func Authors(d *analysis.Data, source, digest string, cells []journal.Cell) *journal.Published {
	table := &journal.Published{
		Source: source, Bundle: digest, CPUs: d.Run.Machine.CPUs, OS: d.Run.Machine.OS, Measure: journal.MeasureSeconds, Tolerance: analysis.Margin, Baseline: -1,
	}
	index := map[string]int{}
	for i := range cells {
		index[cells[i].Name] = i
	}
	for i := range d.Tables {
		g := &d.Tables[i]
		for _, s := range g.Cells {
			row := journal.PublishedRow{Method: s.Cell.Name, Mean: rounded(s.Seconds.Mean)}
			switch {
			case s.ExpectedFailures > 0:
				row.Claim = journal.ClaimFails
			case s == g.Baseline && table.Baseline < 0:
				table.Baseline = len(table.Rows)
			case s != g.Baseline && s.Unmeasured() == "" && s.Speedup.CI.OK && !s.Speedup.CI.Open && s.Speedup.CI.Low > 0:
				row.Speedup = []journal.Figure{*rounded(estimate.Of(s.Speedup.CI.Low)), *rounded(estimate.Of(s.Speedup.CI.High))}
				if s.Verdict == estimate.Inconclusive {
					row.Claim = journal.ClaimNone // chance may explain its interval, among all cells
				}
			default:
				row.Claim = journal.ClaimNone
			}
			if cell, ok := index[s.Cell.Name]; ok {
				own := journal.PublishedCell{Cell: cell, Baseline: -1, Program: true}
				if g.Baseline != nil {
					if base, ok := index[g.Baseline.Cell.Name]; ok {
						own.Baseline = base
					}
				}
				row.Cells = []journal.PublishedCell{own}
			}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// rounded returns a number with three digits, as a table prints it; nil if it is undefined.
func rounded(v estimate.Value) *journal.Figure {
	if !v.OK || v.X <= 0 {
		return nil
	}
	x, _ := strconv.ParseFloat(strconv.FormatFloat(v.X, 'g', 3, 64), 64)
	return &journal.Figure{Value: x, Unit: math.Pow(10, math.Floor(math.Log10(x))-2)}
}
