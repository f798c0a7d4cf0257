package reports

import (
	"fmt"
	"io"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/journal"
	"iosweep/reports/table"
)

// writeMarkdownDetails is the second table of a group, for who doubts the first. It
// is folded, where the page can be.
func writeMarkdownDetails(out io.Writer, d *Content, shown []*analysis.Summary, names []string) {
	rows := make([]analysis.Details, len(shown))
	for i, s := range shown {
		rows[i] = d.DetailsOf(s)
	}
	fmt.Fprint(out, "\n<details>\n<summary>Details</summary>\n\n")
	writeMarkdownTable(out, names, detailFigures(rows), rows, func(r analysis.Details) journal.Cell { return r.Cell })
	fmt.Fprint(out, "\n</details>\n")
}

// detailFigures are the columns that the cells have something for.
func detailFigures(rows []analysis.Details) []table.Figure[analysis.Details] {
	of := func(title string, text func(analysis.Details) string) table.Figure[analysis.Details] {
		return table.NewFigure(title, text, 1)
	}
	any := func(f func(analysis.Details) bool) bool {
		for _, r := range rows {
			if f(r) {
				return true
			}
		}
		return false
	}
	list := []table.Figure[analysis.Details]{
		of("good trials", func(r analysis.Details) string { return format.Thousands(int64(r.Seconds.N)) }),
		of("median", func(r analysis.Details) string { return format.Seconds(r.Seconds.Median) }),
		of("95% interval", func(r analysis.Details) string { return format.SecondsInterval(r.Seconds.MedianCI) }),
		of("CV", func(r analysis.Details) string { return format.Percent(r.Seconds.CV) }),
		of("outliers", func(r analysis.Details) string { return outliersText(r.Summary) }),
	}
	if any(func(r analysis.Details) bool { return r.Noisy > 0 }) {
		list = append(list, of("noisy", func(r analysis.Details) string { return format.Thousands(int64(r.Noisy)) }))
	}
	if any(func(r analysis.Details) bool { return r.Speedup.P.OK }) {
		list = append(list,
			of("p", func(r analysis.Details) string { return format.Probability(r.Speedup.P) }),
			of("adjusted p", func(r analysis.Details) string { return format.Probability(r.Adjusted) }),
			of("signed-rank p", func(r analysis.Details) string { return format.Probability(r.Speedup.Rank) }))
	}
	if any(func(r analysis.Details) bool { return r.Serial.OK }) {
		list = append(list, of("serial", func(r analysis.Details) string { return format.Percent(r.Serial) }))
	}
	return list
}

// outliersText reads like "2 mild, 1 far".
func outliersText(s *analysis.Summary) string {
	switch mild, far := s.Seconds.Outliers, s.Seconds.FarOutliers; {
	case s.Seconds.N == 0:
		return format.Undefined
	case mild > 0 && far > 0:
		return fmt.Sprintf("%d mild, %d far", mild, far)
	case mild > 0:
		return fmt.Sprintf("%d mild", mild)
	case far > 0:
		return fmt.Sprintf("%d far", far)
	}
	return "none"
}
