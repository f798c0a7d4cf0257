package reports

import (
	"fmt"
	"io"
	"slices"

	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/journal"
	"iosweep/reports/plot"
	"iosweep/reports/table"
)

// writeMarkdownPublished writes the first section of the report of a run that is compared with
// a published table.
func writeMarkdownPublished(out io.Writer, d *Content) {
	r := d.Published
	fmt.Fprintf(out, "\n## Published and measured\n\nSource: %s.\n", markdown.Escape(origin(r, d.Machine())))
	if conditions := r.Conditions.Sentence(); conditions != "" {
		fmt.Fprintf(out, "\n%s.\n", markdown.Paragraph(conditions))
	}
	for _, counts := range r.OutcomeCounts() {
		fmt.Fprintf(out, "\n%s\n", markdown.Paragraph(counts))
	}
	fmt.Fprintln(out)
	fmt.Fprint(out, publishedSheet(r).Markdown())
	writePictures(out, "", d.Pictures, func(p plot.Picture) bool { return p.Kind == plot.Published })
	writeSentences(out, "Findings:", r.Findings)
	writeSentences(out, "Reasons for the verdicts:", r.Reasons())
}

// publishedSheet returns the table for a page, with a column for each name.
func publishedSheet(r *reproduce.Reproduction) table.Sheet {
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
	return table.Of(nil, columns, linesPerCell(r))
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

// writePublishedReading explains how to read the comparison with the published table.
func writePublishedReading(out io.Writer, r *reproduce.Reproduction) {
	fmt.Fprint(out, `- **Published and measured** times come from two machines, so the report does not compare their seconds. A published row
  is a claim. Each cell that runs the method of the row is an attempt to reproduce the claim.
`)
	claims := func(f func(claim string) bool) bool {
		return slices.ContainsFunc(r.Methods, func(m *reproduce.Method) bool { return m.Claim != "" && f(m.Claim) })
	}
	if claims(reproduce.IsOfCorruption) {
		fmt.Fprint(out, `- **intact** is reproduced if no good trial has a corrupt item, and contradicted if any has one. **corrupt** is reproduced
  if a good trial has a corrupt item. If none has one, it is inconclusive: corruption could still occur in other trials.
`)
	}
	if claims(func(claim string) bool { return claim == journal.ClaimFails }) {
		fmt.Fprint(out, `- **fails** is reproduced if every trial fails as its command expects, and contradicted if one succeeds.
`)
	}
	attempts := func(f func(a *reproduce.Attempt) bool) bool {
		return slices.ContainsFunc(r.Pairings(), func(p reproduce.Pairing) bool { return p.Attempt != nil && f(p.Attempt) })
	}
	if attempts((*reproduce.Attempt).IsExpectedFailure) {
		fmt.Fprint(out, `- **xfail** means that the program failed as its command expects. Its time proves nothing, so the claim is inconclusive.
`)
	}
	if attempts(func(a *reproduce.Attempt) bool { return a.Outcome == reproduce.Variant }) {
		fmt.Fprint(out, `- A **variant** does the work of a row in another way than the published program. It does not judge the row.
`)
	}
	if !claims(reproduce.IsOfTime) {
		return
	}
	percent := fmt.Sprintf("%.4g%%", 100*r.Table.Tolerance)
	fmt.Fprintf(out, `- A claim about time is faster, slower, or no difference. "No difference" means a speed-up within %s of 1. The baseline of a
  cell is the cell that runs the method of the published baseline. If there is such a program, it is the baseline of every
  program.
- Such a claim is **reproduced** if the whole 95%% interval agrees with it. It is **contradicted** if no part of the interval
  does, also after correcting for the number of cells of its kind. In all other cases it is **inconclusive**. It is **limited**
  if it holds, but its published size needs more cpus than this machine has. So chance contradicts a table of true claims in at
  most one of twenty runs.
- **size** compares the measured gain or loss with the published one. It is "as published" if the interval is within %s of
  the published speed-up, "larger" or "smaller" if the interval is outside this range, and "uncertain" in all other cases.
  If the verdict is "limited", it compares speed-ups per cpu.
`, percent, percent)
}
