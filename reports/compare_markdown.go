package reports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis/compare"
	"iosweep/analysis/gate"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// GitHub rejects comments of more than 65,536 characters. So each part of the comment has a
// limit. The limits are in bytes; no text has more characters than bytes. The remaining
// characters are for headings.
const (
	changedLimit   = 25_000 // the table of slower and faster cells
	unchangedLimit = 12_000 // the table of the other compared cells
	listLimit      = 5_000  // each list: differences, cells that are not compared, warnings
)

// fieldLimit is the maximum length of a field of a table, in characters, so that each row fits
// into the limit of its part.
const fieldLimit = 120

// maxKeyColumns is the maximum number of columns that identify a cell. If more factors differ,
// one column with the name of the cell replaces them.
const maxKeyColumns = 8

// WriteComparisonMarkdown writes the comparison as a comment on a pull request: the summary,
// the differences between the runs, and the cells that changed. All other parts are folded.
func WriteComparisonMarkdown(w io.Writer, c *compare.Comparison) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "## %s\n\n", c.SumUp())
	if text := c.SumUpSpeedups(); text != "" {
		fmt.Fprintf(&out, "- %s\n", text)
	}
	var runs []string
	for _, r := range c.BaseRuns {
		runs = append(runs, fmt.Sprintf("- BASE %s: %s\n", brief(r.Name), markdown.Escape(compare.RunSentence(r.Data))))
	}
	for _, r := range c.NewRuns {
		runs = append(runs, fmt.Sprintf("- NEW %s: %s\n", brief(r.Name), markdown.Escape(compare.RunSentence(r.Data))))
	}
	writeUpTo(&out, runs, listLimit, "run", inComparison)
	if len(c.OfKind(compare.OfMachine)) == 0 {
		fmt.Fprintf(&out, "- %s\n", markdown.Escape(machineSentence(c.New)+programsSentence(&c.New.Run)))
	}
	markdownDifferences(&out, c)
	markdownChanged(&out, c)
	markdownPartial(&out, c)
	markdownUncompared(&out, c)
	markdownUnchanged(&out, c)
	markdownRemarks(&out, c)
	_, err := oneline.Writer(w).Write(out.Bytes())
	return err
}

func markdownDifferences(out io.Writer, c *compare.Comparison) {
	for _, sentence := range c.Remarks() {
		fmt.Fprintf(out, "\n%s\n", markdown.Paragraph(sentence))
	}
	if len(c.Differences) == 0 {
		return
	}
	fmt.Fprint(out, "\n| difference | BASE | NEW |\n| --- | --- | --- |\n")
	var rows []string
	for _, d := range c.Differences {
		rows = append(rows, markdownRow(d.What, d.Base, d.New))
	}
	writeUpTo(out, rows, listLimit, "difference", inComparison)
}

// markdownChanged writes the table of the slower and faster cells.
func markdownChanged(out io.Writer, c *compare.Comparison) {
	rows := slices.DeleteFunc(c.Ordered(), func(x *compare.Contrast) bool { return !x.Changed() })
	if len(rows) == 0 {
		fmt.Fprint(out, "\nNo cell is slower or faster.\n")
		return
	}
	fmt.Fprintln(out)
	markdownTable(out, c, rows, changedLimit)
}

// markdownUnchanged writes a folded table of the cells that are neither slower nor faster.
func markdownUnchanged(out io.Writer, c *compare.Comparison) {
	rows := slices.DeleteFunc(c.Ordered(), (*compare.Contrast).Changed)
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>%s neither slower nor faster</summary>\n\n", format.Count(len(rows), "cell"))
	markdownTable(out, c, rows, unchangedLimit)
	fmt.Fprint(out, "\n</details>\n")
}

func markdownTable(out io.Writer, c *compare.Comparison, rows []*compare.Contrast, limit int) {
	keys := comparisonKeys(c)
	if len(keys) > maxKeyColumns {
		keys = []table.Column[*compare.Contrast]{table.Text("cell", 0, (*compare.Contrast).Name)}
	}
	sheet := comparisonSheet(keys, rows)
	sheet.Shorten(fieldLimit/4, fieldLimit)
	lines := slices.Collect(strings.Lines(sheet.Markdown()))
	fmt.Fprint(out, lines[0]+lines[1])
	writeUpTo(out, lines[2:], limit, "cell", inComparison)
}

// markdownPartial writes the cells that do not count in all runs.
func markdownPartial(out io.Writer, c *compare.Comparison) {
	list := c.Partial()
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>%s compared without some runs</summary>\n\n| cell | without |\n| --- | --- |\n", format.Count(len(list), "cell"))
	var rows []string
	for _, x := range list {
		rows = append(rows, markdownRow(x.Name(), x.Left))
	}
	writeUpTo(out, rows, listLimit, "cell", inComparison)
	fmt.Fprint(out, "\n</details>\n")
}

func markdownUncompared(out io.Writer, c *compare.Comparison) {
	list := c.Uncompared()
	if len(list) == 0 {
		return
	}
	open := ""
	if len(c.Matching(gate.Failed)) > 0 {
		open = " open" // failures must not be overlooked
	}
	fmt.Fprintf(out, "\n<details%s><summary>%s not compared</summary>\n\n", open, format.Count(len(list), "cell"))
	fmt.Fprint(out, "| cell | status | reason |\n| --- | --- | --- |\n")
	var rows []string
	for _, x := range list {
		rows = append(rows, markdownRow(x.Name(), string(x.Status), x.Reason))
	}
	writeUpTo(out, rows, listLimit, "cell", inComparison)
	fmt.Fprint(out, "\n</details>\n")
}

// markdownRemarks writes the warnings of the journals, and explains how to read the tables.
func markdownRemarks(out io.Writer, c *compare.Comparison) {
	if len(c.Warnings) > 0 {
		fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n", format.Count(len(c.Warnings), "warning"))
		var rows []string
		for _, w := range c.Warnings {
			rows = append(rows, "- "+markdown.Paragraph(format.OneLine(w))+"\n")
		}
		writeUpTo(out, rows, listLimit, "warning", inComparison)
		fmt.Fprint(out, "\n</details>\n")
	}
	fmt.Fprint(out, "\n<details><summary>How to read this</summary>\n\n")
	for _, note := range c.Notes() {
		fmt.Fprintf(out, "- %s\n", markdown.Paragraph(note))
	}
	fmt.Fprint(out, "\n</details>\n")
}

// inComparison tells where the rest of a list is.
const inComparison = "`iosweep compare --format csv` or `--format json` shows all of them"

// writeUpTo writes as many lines as fit into limit bytes, and the number of lines that it left
// out. where tells where they are.
func writeUpTo(out io.Writer, lines []string, limit int, what, where string) {
	for i, line := range lines {
		if limit -= len(line); limit < 0 {
			fmt.Fprintf(out, "\nAnd %s more: %s.\n", format.Count(len(lines)-i, what), where)
			return
		}
		io.WriteString(out, line)
	}
}

// markdownRow returns a row of a table, with each field cut to fieldLimit.
func markdownRow(fields ...string) string {
	for i, f := range fields {
		fields[i] = oneline.Shorten(f, fieldLimit)
	}
	return markdown.Row(fields...)
}

// brief returns a name, such as the path of a directory, as code, cut to fieldLimit.
func brief(name string) string { return markdown.Code(oneline.Shorten(name, fieldLimit)) }
