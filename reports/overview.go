package reports

import (
	"fmt"
	"io"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/reports/table"
)

// extremesSheet returns a table with the fastest and the slowest cell of each table of cells.
func extremesSheet(list []analysis.Extremes) table.Sheet {
	type row = analysis.Extremes
	best, worst := list[0].Table.Judge.Best(), list[0].Table.Judge.Worst()
	text := table.Text[row]
	return table.Of([]table.Column[row]{text("table", 0, func(e row) string { return e.Name })}, []table.Column[row]{
		text(best, 9, func(e row) string { return e.FastestName }).Left(),
		text("speed-up", 8, func(e row) string { return format.Times(e.Fastest.Speedup.Value) }),
		text("95% interval", 5, func(e row) string { return format.TimesInterval(e.Fastest.Speedup.CI) }),
		text("verdict", 6, func(e row) string { return verdictText(e.Fastest) }).Painted(func(e row) table.Tone { return verdictTone(e.Fastest) }),
		text("within "+analysis.MarginText, 3, func(e row) string { return format.Thousands(int64(len(e.Table.Rivals().Within))) }),
		text("not told apart", 4, func(e row) string { return format.Thousands(int64(len(e.Table.Rivals().Untold))) }),
		text(worst, 4, func(e row) string { return e.SlowestName }).Left(),
		text("its speed-up", 3, func(e row) string { return format.Times(e.Slowest.Speedup.Value) }),
	}, list)
}

// answers returns the sentences at the head of a table. It returns none if the overview has them, because there are few
// tables.
func answers(c *Content, g analysis.Table) []string {
	if len(c.Overview.Extremes) == 0 {
		return nil
	}
	return g.Answers
}

// writeMarkdownOverview writes the overview of a run. Its table has at most as many rows as the report
// has tables.
func writeMarkdownOverview(out io.Writer, c *Content) {
	fmt.Fprintln(out)
	for _, sentence := range c.Overview.Sentences {
		fmt.Fprintf(out, "- %s\n", markdown.Paragraph(sentence))
	}
	extremes := c.Overview.Extremes
	if len(extremes) == 0 {
		return
	}
	shown := extremes[:min(len(extremes), maxTables)]
	fmt.Fprintf(out, "\n%s", extremesSheet(shown).Markdown())
	if more := len(extremes) - len(shown); more > 0 {
		fmt.Fprintf(out, "\n%s more: %s.\n", format.Count(more, "table"), moreLinks)
	}
}
