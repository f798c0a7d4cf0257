package reports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis/compare"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/internal/oneline"
	"iosweep/reports/table"
)

// A comment on GitHub has at most 65,536 characters, and one that is longer is
// refused. So each part has its share, in bytes, which are never fewer; what is left
// is for headings.
const (
	changedRoom   = 25_000 // what is slower or faster
	unchangedRoom = 12_000
	listRoom      = 5_000 // differences, cells that are not compared, warnings
)

// fieldShown bounds a field of a table: a row is to fit in whatever room there is.
const fieldShown = 120

// factorsShown is how many columns may name a cell; where more differ, its name does.
const factorsShown = 8

// WriteComparisonMarkdown writes the comparison as a comment on a pull request: the sum of it,
// what differs, and what changed; all else is folded away.
func WriteComparisonMarkdown(w io.Writer, c *compare.Comparison) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "## %s\n\n", c.SumUp())
	fmt.Fprintf(&out, "- BASE %s: %s\n", brief(c.Options.BaseName), markdown.Escape(compare.RunSentence(c.Base)))
	fmt.Fprintf(&out, "- NEW %s: %s\n", brief(c.Options.NewName), markdown.Escape(compare.RunSentence(c.New)))
	if len(c.OfKind(compare.OfMachine)) == 0 {
		fmt.Fprintf(&out, "- %s\n", machineSentence(&c.New.Run))
	}
	markdownDifferences(&out, c)
	markdownChanged(&out, c)
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
	fmt.Fprint(out, "\n| what differs | BASE | NEW |\n| --- | --- | --- |\n")
	var rows []string
	for _, d := range c.Differences {
		rows = append(rows, markdownRow(d.What, d.Base, d.New))
	}
	writeRation(out, rows, listRoom, "difference")
}

// markdownChanged shows what is slower or faster.
func markdownChanged(out io.Writer, c *compare.Comparison) {
	rows := slices.DeleteFunc(c.Ordered(), func(x *compare.Contrast) bool { return !x.Changed() })
	if len(rows) == 0 {
		fmt.Fprint(out, "\nNo cell is slower or faster.\n")
		return
	}
	fmt.Fprintln(out)
	markdownTable(out, c, rows, changedRoom)
}

// markdownUnchanged folds away the cells that are not known to have changed.
func markdownUnchanged(out io.Writer, c *compare.Comparison) {
	rows := slices.DeleteFunc(c.Ordered(), (*compare.Contrast).Changed)
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(out, "\n<details><summary>%s neither slower nor faster</summary>\n\n", format.Count(len(rows), "cell"))
	markdownTable(out, c, rows, unchangedRoom)
	fmt.Fprint(out, "\n</details>\n")
}

func markdownTable(out io.Writer, c *compare.Comparison, rows []*compare.Contrast, room int) {
	keys := comparisonKeys(c)
	if len(keys) > factorsShown {
		keys = []table.Column[*compare.Contrast]{table.Text("cell", 0, (*compare.Contrast).Name)}
	}
	sheet := comparisonSheet(keys, rows)
	sheet.Shorten(fieldShown/4, fieldShown)
	lines := slices.Collect(strings.Lines(sheet.Markdown()))
	fmt.Fprint(out, lines[0]+lines[1])
	writeRation(out, lines[2:], room, "cell")
}

func markdownUncompared(out io.Writer, c *compare.Comparison) {
	list := c.Uncompared()
	if len(list) == 0 {
		return
	}
	open := ""
	if len(c.Found(compare.FoundFailed)) > 0 {
		open = " open" // that is not to be overlooked
	}
	fmt.Fprintf(out, "\n<details%s><summary>%s not compared</summary>\n\n", open, format.Count(len(list), "cell"))
	fmt.Fprint(out, "| cell | status | reason |\n| --- | --- | --- |\n")
	var rows []string
	for _, x := range list {
		rows = append(rows, markdownRow(x.Name(), string(x.Standing), x.Reason))
	}
	writeRation(out, rows, listRoom, "cell")
	fmt.Fprint(out, "\n</details>\n")
}

// markdownRemarks ends with what the journals warn of and how to read the tables.
func markdownRemarks(out io.Writer, c *compare.Comparison) {
	if len(c.Warnings) > 0 {
		fmt.Fprintf(out, "\n<details><summary>%s</summary>\n\n", format.Count(len(c.Warnings), "warning"))
		var rows []string
		for _, w := range c.Warnings {
			rows = append(rows, "- "+markdown.Paragraph(format.OneLine(w))+"\n")
		}
		writeRation(out, rows, listRoom, "warning")
		fmt.Fprint(out, "\n</details>\n")
	}
	fmt.Fprint(out, "\n<details><summary>How to read this</summary>\n\n")
	for _, note := range c.Notes() {
		fmt.Fprintf(out, "- %s\n", markdown.Paragraph(note))
	}
	fmt.Fprint(out, "\n</details>\n")
}

// writeRation writes as many lines as there is room for, and says how many it left out.
func writeRation(out io.Writer, lines []string, room int, what string) {
	for i, line := range lines {
		if room -= len(line); room < 0 {
			fmt.Fprintf(out, "\nAnd %s more: `iosweep compare --format csv` or `json` has all.\n", format.Count(len(lines)-i, what))
			return
		}
		io.WriteString(out, line)
	}
}

// markdownRow is a row that fits in whatever room there is.
func markdownRow(fields ...string) string {
	for i, f := range fields {
		fields[i] = format.Shorten(f, fieldShown)
	}
	return markdown.Row(fields...)
}

// brief is a name, such as that of a directory, as code.
func brief(name string) string { return markdown.Code(format.Shorten(name, fieldShown)) }
