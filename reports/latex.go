package reports

import (
	"bufio"
	"fmt"
	"io"
	"math"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/table"
)

// writeLaTeX writes each table of a run as a table of LaTeX, with all cells except retired ones. All
// means of a table have the same unit, which is in the head.
func writeLaTeX(w io.Writer, d *Content) error {
	out := bufio.NewWriter(w) // its first error sticks until Flush
	fmt.Fprintln(out, `% These tables need \usepackage{booktabs}.`)
	for _, g := range d.Tables {
		cells := g.Excerpt(table.AllRows).Cells
		if g.IsRetired() || !g.Measured {
			continue
		}
		caption := g.Heading
		if g.Baseline != nil && len(cells) > 1 {
			caption += ": " + g.Judge.SpeedupName() + " against " + g.BaselineLabel
		}
		if conditions := g.ConditionsSentence(); conditions != "" {
			caption += ". " + conditions
		}
		fmt.Fprintln(out)
		for _, sentence := range g.Answers {
			fmt.Fprintf(out, "%% %s\n", oneline.Of(sentence))
		}
		fmt.Fprintf(out, "\\begin{table}\n\\centering\n\\caption{%s}\n%s\\end{table}\n", table.EscapeLaTeX(caption), latexSheet(g, cells).LaTeX())
	}
	return out.Flush()
}

// latexSheet returns the columns for a paper.
func latexSheet(g analysis.Table, cells []*analysis.Summary) table.Sheet {
	shortest := math.Inf(1)
	for _, s := range cells {
		if s.Judged.Mean.OK {
			shortest = min(shortest, s.Judged.Mean.X)
		}
	}
	unit := g.Judge.Unit(shortest)
	title := g.Judge.MeanLabel(unit)
	if g.Judge.IsTime() {
		title = "mean (" + unit.Name + ")"
	}
	mean := table.Text(title, 0, func(s *analysis.Summary) string { return format.MeanInUnit(s.Judged.Sample, unit) })
	columns := append([]table.Column[*analysis.Summary]{mean}, table.Pick(summaryFields(), "speed-up", "95% interval", "verdict")...)
	return table.Of(keys(g.Factors, func(s *analysis.Summary) journal.Cell { return s.Cell }), columns, cells)
}
