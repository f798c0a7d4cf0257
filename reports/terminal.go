package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// Terminal writes the tables of a run for a terminal. The comparison with a published table
// comes first, if there is one, followed by the tables of cells. After them it lists the failed,
// skipped and incomplete cells, with the reasons. If a table is too wide, Terminal hides the
// least important columns and lists their names.
func Terminal(w io.Writer, c *Content, opt table.Options) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	out := bufio.NewWriter(w) // its first error sticks until Flush
	if c.Published != nil {
		writePublished(out, c, opt)
	}
	for i, g := range c.Tables {
		if i > 0 {
			fmt.Fprintln(out)
		}
		writeTable(out, g, opt)
	}
	writeParagraphs(out, c.Footnotes, opt)
	writeTroubles(out, c)
	return out.Flush()
}

// writeTable writes a table of cells with a title. The title shows the absolute time of the baseline.
func writeTable(out io.Writer, g analysis.Table, opt table.Options) {
	title := g.Heading
	if b := g.Baseline; b != nil && len(g.Cells) > 1 && g.Measured {
		title += fmt.Sprintf(": speed-up against %s, %s", g.BaselineLabel, format.MeanSeconds(b.Seconds))
	}
	fmt.Fprintln(out, text.Snip(oneline.Of(title), opt.Width, "…"))
	if !g.Measured {
		fmt.Fprintln(out, nothingMeasured)
		return
	}
	if conditions := g.ConditionsSentence(); conditions != "" {
		writeWrapped(out, conditions, opt)
	}
	hidden := summarySheet(g.Factors, g.Shown).Write(out, opt)
	if g.Omitted > 0 {
		fmt.Fprintf(out, "  ... and %s more: summary.csv lists all of them\n", format.Count(g.Omitted, "cell"))
	}
	writeHidden(out, hidden, seeReport, opt)
}

// nothingMeasured replaces a table without good trials.
const nothingMeasured = "No results: no trial succeeded."

// seeReport tells a reader where to find hidden columns.
const seeReport = "see report.md"

// writeHidden lists the columns that did not fit into a table, and where to find them.
func writeHidden(out io.Writer, hidden []string, where string, opt table.Options) {
	if len(hidden) > 0 {
		writeWrapped(out, fmt.Sprintf("columns hidden to fit the width: %s (%s)", strings.ReplaceAll(strings.Join(hidden, ", "), "\n", " "), where), opt)
	}
}

// writeParagraphs writes an empty line and then the sentences, if there are any.
func writeParagraphs(out io.Writer, list []string, opt table.Options) {
	if len(list) > 0 {
		fmt.Fprintln(out)
	}
	for _, sentence := range list {
		writeWrapped(out, sentence, opt)
	}
}

// writeWrapped breaks a sentence between words.
func writeWrapped(out io.Writer, sentence string, opt table.Options) {
	for line := range strings.Lines(text.WrapSoft(oneline.Of(sentence), opt.Width)) {
		fmt.Fprintln(out, strings.TrimRight(line, " \n")) // the library pads lines with blanks
	}
}

// writeTroubles lists the cells that are not ok, up to a limit.
func writeTroubles(out io.Writer, c *Content) {
	t := c.Troubles
	if t.Status != "" {
		fmt.Fprintf(out, "\n%s: all %s: %s\n", t.Status, format.Count(len(c.Summaries), "cell"), format.OneLine(t.Reason))
		return
	}
	if len(t.Cells) > 0 {
		fmt.Fprintln(out)
	}
	for _, s := range t.Cells {
		fmt.Fprintf(out, "%s: %s: %s\n", statusText(s), oneline.Of(s.Cell.Name), format.OneLine(s.Reason))
	}
	if t.Omitted > 0 {
		fmt.Fprintf(out, "... and %s more that are not ok: summary.csv lists all of them\n", format.Count(t.Omitted, "cell"))
	}
}
