package reports

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/table"
)

// inReports tells where the rest of a list is.
const inReports = "see report.md and summary.csv"

// abSheet returns the table of `iosweep ab`, with a row for each cell.
func abSheet(ab *analysis.AB) table.Sheet {
	keyed := keys(ab.Naming(), func(r analysis.ABRow) journal.Cell { return r.New.Cell })
	if len(keyed) > maxKeyColumns {
		keyed = []table.Column[analysis.ABRow]{table.Text("cell", 0, ab.Name)}
	}
	return table.Of(keyed, []table.Column[analysis.ABRow]{
		table.Text("BASE", 6, func(r analysis.ABRow) string { return r.Base.Judged.MeanText() }),
		table.Text("NEW", 8, func(r analysis.ABRow) string { return r.New.Judged.MeanText() }),
		table.Text("rounds", 1, func(r analysis.ABRow) string { return format.Thousands(int64(r.New.Speedup.Pairs)) }),
		table.Text("speed-up", 9, func(r analysis.ABRow) string { return format.Times(r.New.Speedup.Value) }),
		table.Text("95% interval", 7, func(r analysis.ABRow) string { return format.TimesInterval(r.New.Speedup.CI) }),
		table.Text("p", 3, func(r analysis.ABRow) string { return pText(r.New.Adjusted) }),
		table.Text("verdict", 10, func(r analysis.ABRow) string { return verdictText(r.New) }).Painted(func(r analysis.ABRow) table.Tone { return verdictTones[r.New.Verdict] }),
		table.Text("control", 5, controlText).Left(),
	}, ab.Rows)
}

// controlText returns the verdict of the control of a cell.
func controlText(r analysis.ABRow) string {
	if r.Control == nil {
		return format.Undefined
	}
	return verdictText(r.Control)
}

// abSides describe the two revisions.
func abSides(ab *analysis.AB) []string {
	return []string{"BASE " + analysis.DescribeSource(ab.Base), "NEW " + analysis.DescribeSource(ab.New)}
}

// WriteAB writes the result of `iosweep ab` for a terminal.
func WriteAB(w io.Writer, c *Content, opt table.Options) error {
	if opt.Width <= 0 {
		opt.Width = 80
	}
	ab := c.AB
	out := bufio.NewWriter(w) // its first error sticks until Flush
	for _, side := range abSides(ab) {
		writeWrapped(out, side, opt)
	}
	if len(ab.Rows) > 0 {
		fmt.Fprintln(out)
		hidden := abSheet(ab).Write(out, opt)
		writeHidden(out, hidden, "they are in summary.csv", opt)
		writeParagraphs(out, ab.Notes(), opt)
	}
	writeTroubles(out, c, opt)
	fmt.Fprintln(out)
	writeWrapped(out, ab.ControlSentence(), opt)
	writeWrapped(out, ab.SumUp(), opt)
	return out.Flush()
}

// writeABTable writes the two revisions, the table of their cells and the result of the controls.
func writeABTable(out io.Writer, c *Content) {
	ab := c.AB
	for _, side := range abSides(ab) {
		fmt.Fprintf(out, "- %s\n", markdown.Escape(oneline.Shorten(side, 2*fieldLimit)))
	}
	fmt.Fprintf(out, "- %s\n\n%s\n", markdown.Escape(machineSentence(c.Data)), markdown.Paragraph(ab.ControlSentence()))
	if len(ab.Rows) > 0 {
		fmt.Fprintln(out)
		sheet := abSheet(ab)
		sheet.Shorten(fieldLimit/4, fieldLimit)
		lines := slices.Collect(strings.Lines(sheet.Markdown()))
		fmt.Fprint(out, lines[0]+lines[1])
		writeUpTo(out, lines[2:], changedLimit, "cell", inReports)
	}
}

// WriteABMarkdown writes the result of `iosweep ab` as a comment on a pull request.
func WriteABMarkdown(w io.Writer, c *Content) error {
	ab := c.AB
	var out bytes.Buffer
	fmt.Fprintf(&out, "## %s\n\n", ab.SumUp())
	writeABTable(&out, c)
	if list := c.Troubles.Groups; len(list) > 0 {
		fmt.Fprintf(&out, "\n<details open><summary>%s not ok</summary>\n\n| cells | status | reason |\n| --- | --- | --- |\n", format.Count(len(list), "group"))
		var rows []string
		for _, g := range list {
			rows = append(rows, markdownRow(g.Name(), string(g.Cells[0].Status), format.OneLine(g.Reason)))
		}
		writeUpTo(&out, rows, listLimit, "group", inReports)
		fmt.Fprint(&out, "\n</details>\n")
	}
	if len(c.Warnings) > 0 {
		fmt.Fprintf(&out, "\n<details><summary>%s</summary>\n\n", format.Count(len(c.Warnings), "warning"))
		var rows []string
		for _, warning := range c.Warnings {
			rows = append(rows, "- "+markdown.Paragraph(format.OneLine(warning))+"\n")
		}
		writeUpTo(&out, rows, listLimit, "warning", inReports)
		fmt.Fprint(&out, "\n</details>\n")
	}
	fmt.Fprint(&out, "\n<details><summary>How to read this</summary>\n\n")
	for _, note := range ab.Notes() {
		fmt.Fprintf(&out, "- %s\n", markdown.Paragraph(note))
	}
	fmt.Fprint(&out, "\n</details>\n")
	_, err := oneline.Writer(w).Write(out.Bytes())
	return err
}
