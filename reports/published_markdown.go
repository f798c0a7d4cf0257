package reports

import (
	"fmt"
	"io"
	"slices"

	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/reports/plot"
	"iosweep/reports/table"
)

// writeMarkdownPublished is the first section of the report of a run that is
// held against a published table.
func writeMarkdownPublished(out io.Writer, d *Content) {
	r := d.Published
	fmt.Fprintf(out, "\n## Published and measured\n\nSource: %s.\n", markdown.Escape(origin(r, d.Run.Machine)))
	for _, tally := range r.Tallies() {
		fmt.Fprintf(out, "\n%s\n", markdown.Paragraph(tally))
	}
	fmt.Fprintln(out)
	method := table.Text("method", 0, func(l line) string {
		if l.Method == nil {
			return ""
		}
		return l.Method.Printed.Method
	}).Left()
	cell := table.Text("cell", 0, func(l line) string {
		if l.Attempt == nil {
			return format.Undefined
		}
		return l.Attempt.Contender
	}).Left()
	columns := slices.Concat([]table.Column[line]{method}, publishedFigures(r), []table.Column[line]{cell}, measuredFigures(r))
	fmt.Fprint(out, table.Of(nil, columns, inOneLine(r)).Markdown())
	writePictures(out, "", d.Pictures, func(p plot.Picture) bool { return p.Kind == plot.Published })
	writeSentences(out, "Findings:", r.Findings)
	writeSentences(out, "Why a verdict is what it is:", r.Reasons())
}

func writeSentences(out io.Writer, heading string, list []string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n\n", heading)
	for _, sentence := range list {
		fmt.Fprintf(out, "- %s\n", markdown.Paragraph(sentence))
	}
}

// writePublishedReading says how the table of what was published is meant.
func writePublishedReading(out io.Writer, r *reproduce.Reproduction) {
	fmt.Fprint(out, `- **Published and measured** are of two machines, so their seconds are not compared. A published row is a claim, and each
  cell that does what it says an attempt at it.
`)
	claims := func(f func(claim string) bool) bool {
		return slices.ContainsFunc(r.Methods, func(m *reproduce.Method) bool { return m.Claim != "" && f(m.Claim) })
	}
	if claims(reproduce.IsOfCorruption) {
		fmt.Fprint(out, `- **intact** is reproduced if no good trial has a corrupt item, and contradicted if any has. **corrupt** is reproduced if
  one of them has, and else inconclusive: that none had does not say that none can.
`)
	}
	if !claims(func(claim string) bool { return !reproduce.IsOfCorruption(claim) }) {
		return
	}
	percent := fmt.Sprintf("%.4g%%", 100*r.Table.Tolerance)
	fmt.Fprintf(out, `- A claim of time is faster, slower, or no difference, which is a speed-up within %s of 1. Here the baseline of a cell is
  the one that does what the published baseline says: a program's is a program, wherever there is one.
- Such a claim is **reproduced** if the whole 95%% interval lies where it says, **contradicted** if none of it does, and
  else **inconclusive**. It is **limited** if it holds, and its size takes more cpus than this machine has. Each cell is
  judged by itself: of forty claims that are true, one may yet be contradicted, by chance.
- **size** is what was found, beside what was published: "as published" if the interval lies within %s of the
  published speed-up, "larger" or "smaller" if it lies beyond, else "uncertain"; per cpu where the verdict is "limited".
`, percent, percent)
}
