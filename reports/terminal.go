package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
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
	writeOverview(out, c, opt)
	if c.Published != nil {
		writePublished(out, c, opt)
	}
	tables := 0
	if opt.Rows == 0 {
		tables = maxTables
	}
	e := excerptOf(c, cmp.Or(opt.Rows, rowsPerTable(c, terminalRows, terminalAllRows)), tables)
	for i, g := range e.Tables {
		if i > 0 {
			fmt.Fprintln(out)
		}
		writeTable(out, c, g, e.parts[i], opt)
	}
	writeParagraphs(out, e.remainder(moreInFiles), opt)
	writeNodes(out, c, opt)
	writeParagraphs(out, append(e.openNote(c), e.footnotes(c)...), opt)
	writeTroubles(out, c, opt)
	writeNext(out, c, opt)
	return out.Flush()
}

// writeOverview writes the overview of a run, with an empty line after it.
func writeOverview(out io.Writer, c *Content, opt table.Options) {
	if len(c.Summaries) == 0 {
		return
	}
	for _, sentence := range c.Overview.Sentences {
		writeWrapped(out, sentence, opt)
	}
	fmt.Fprintln(out)
	extremes := c.Overview.Extremes
	if len(extremes) == 0 {
		return
	}
	shown := len(extremes)
	if opt.Rows == 0 {
		shown = min(shown, maxTables)
	}
	extremesSheet(extremes[:shown]).Write(out, opt)
	if more := len(extremes) - shown; more > 0 {
		fmt.Fprintf(out, "%s more: %s.\n", format.Count(more, "table"), moreInFiles)
	}
	fmt.Fprintln(out)
}

// writeTable writes a table of cells with a title. The title shows the judged figure of the baseline.
func writeTable(out io.Writer, c *Content, g analysis.Table, part analysis.Excerpt, opt table.Options) {
	title := g.Heading
	if b := g.Baseline; b != nil && len(g.Cells) > 1 && g.Measured {
		title += fmt.Sprintf(": %s against %s, %s", g.Judge.SpeedupName(), g.BaselineLabel, b.Judged.MeanText())
	}
	writeWrapped(out, title, opt)
	if !g.Measured {
		fmt.Fprintln(out, nothingMeasured)
		return
	}
	for _, sentence := range answers(c, g) {
		writeWrapped(out, sentence, opt)
	}
	if conditions := g.ConditionsSentence(); conditions != "" {
		writeWrapped(out, conditions, opt)
	}
	sheet := summarySheet(c.Run, g.Factors, part.Cells)
	if best := slices.Index(part.Cells, g.Best()); best >= 0 {
		sheet.Embolden(best)
	}
	hidden := sheet.Write(out, opt)
	for _, sentence := range remainder(part, moreInFiles) {
		writeWrapped(out, sentence, opt)
	}
	writeHidden(out, hidden, seeReport, opt)
}

// nothingMeasured replaces a table without good trials.
const nothingMeasured = "No results: no trial succeeded."

// moreInFiles names the files that have all cells.
const moreInFiles = "report.html, summary.csv"

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

// writeIndented breaks an item of a list between words. The first line is indented, and the
// following ones more.
func writeIndented(out io.Writer, item string, opt table.Options) {
	indent := "  "
	for line := range strings.Lines(text.WrapSoft(oneline.Of(item), opt.Width-4)) {
		fmt.Fprintln(out, indent+strings.TrimRight(line, " \n"))
		indent = "    "
	}
}

// The largest number of suggested runs.
const (
	terminalNext = 3
	markdownNext = 8
)

// writeNext writes the runs that would answer open questions. Command lines are never broken, so that they can be copied.
func writeNext(out io.Writer, c *Content, opt table.Options) {
	for _, n := range c.Next[:min(len(c.Next), terminalNext)] {
		writeParagraphs(out, []string{n.Sentence()}, opt)
		if n.Command != "" {
			fmt.Fprintf(out, "  %s\n", oneline.Of(n.Command))
		}
	}
	if more := len(c.Next) - terminalNext; more > 0 {
		writeParagraphs(out, []string{fmt.Sprintf("%s more: report.html", format.Count(more, "open question"))}, opt)
	}
}

// writeTroubles lists the cells that are not ok, up to a limit.
func writeTroubles(out io.Writer, c *Content, opt table.Options) {
	t := c.Troubles
	if t.Status != "" {
		writeParagraphs(out, []string{fmt.Sprintf("%s: all %s: %s", t.Status, format.Count(len(c.Cells()), "cell"), format.OneLine(t.Reason))}, opt)
		return
	}
	if len(t.Groups) > 0 {
		fmt.Fprintln(out)
	}
	groups, omitted := t.Shown()
	for _, g := range groups {
		writeWrapped(out, fmt.Sprintf("%s: %s: %s", g.Cells[0].Status, g.Name(), format.OneLine(g.Reason)), opt)
	}
	if omitted > 0 {
		writeWrapped(out, fmt.Sprintf("%s more that are not ok: %s", format.Count(omitted, "cell"), moreInFiles), opt)
	}
}
