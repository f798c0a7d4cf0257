package reports

import (
	"fmt"
	"io"
	"slices"

	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/reports/plot"
	"iosweep/reports/table"
)

// writeMarkdownPublished is the first section of the report of a run that is
// held against a published table.
func writeMarkdownPublished(out io.Writer, d *Content) {
	r := d.Published
	fmt.Fprintf(out, "\n## Published and measured\n\nSource: %s.\n", escapeMarkdown(origin(r, d.Run.Machine)))
	for _, tally := range r.Tallies() {
		fmt.Fprintf(out, "\n%s\n", paragraph(tally))
	}
	fmt.Fprintln(out)
	published, measured := publishedFigures(r), measuredFigures(r)
	writeRow(out, slices.Concat([]string{"method"}, table.Titles(published), []string{"cell"}, table.Titles(measured)))
	writeRow(out, slices.Concat([]string{"---"}, alignments(published), []string{"---"}, alignments(measured)))
	for _, line := range inOneLine(r) {
		var method, cell string
		if line.method != nil {
			method = line.method.Printed.Method
		}
		cell = format.Undefined
		if line.attempt != nil {
			cell = line.attempt.Contender
		}
		row := []string{method}
		for _, f := range published {
			row = append(row, f.Text(line))
		}
		row = append(row, cell)
		for _, f := range measured {
			row = append(row, f.Text(line))
		}
		writeRow(out, row)
	}
	writePictures(out, "", d.Pictures, func(p plot.Picture) bool { return p.Kind == plot.OfPublished })
	writeSentences(out, "Findings:", r.Findings)
	writeSentences(out, "Why a verdict is what it is:", r.Reasons())
}

func writeSentences(out io.Writer, heading string, list []string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n\n", heading)
	for _, sentence := range list {
		fmt.Fprintf(out, "- %s\n", paragraph(sentence))
	}
}

// writePublishedReading says how the table of what was published is meant.
func writePublishedReading(out io.Writer, r *reproduce.Reproduction) {
	fmt.Fprint(out, `- **Published and measured** are of two machines, so their seconds are not compared. A published row is a claim, and each
  cell that does what it says an attempt at it.
`)
	claims := func(f func(claim string) bool) bool {
		return slices.ContainsFunc(r.Methods, func(m reproduce.Method) bool { return m.Claim != "" && f(m.Claim) })
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
