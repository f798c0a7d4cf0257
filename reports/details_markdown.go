package reports

import (
	"fmt"
	"io"

	"iosweep/journal"
)

// writeMarkdownDetails is the second table of a group, for who doubts the first. It
// is folded, where the page can be.
func writeMarkdownDetails(out io.Writer, d *Content, shown []*Summary, names []string) {
	rows := make([]Details, len(shown))
	for i, s := range shown {
		rows[i] = d.detailsOf(s)
	}
	fmt.Fprint(out, "\n<details>\n<summary>Details</summary>\n\n")
	writeMarkdownTable(out, names, detailFigures(rows), rows, func(r Details) journal.Cell { return r.Cell })
	fmt.Fprint(out, "\n</details>\n")
}

// detailFigures are the columns that the cells have something for.
func detailFigures(rows []Details) []figure[Details] {
	of := func(title string, text func(Details) string) figure[Details] { return figure[Details]{title, text, 1} }
	any := func(f func(Details) bool) bool {
		for _, r := range rows {
			if f(r) {
				return true
			}
		}
		return false
	}
	list := []figure[Details]{
		of("good trials", func(r Details) string { return thousands(int64(r.Seconds.N)) }),
		of("median", func(r Details) string { return Seconds(r.Seconds.Median) }),
		of("95% interval", func(r Details) string { return SecondsInterval(r.Seconds.MedianCI) }),
		of("CV", func(r Details) string { return Percent(r.Seconds.CV) }),
		of("outliers", func(r Details) string { return outliersText(r.Summary) }),
	}
	if any(func(r Details) bool { return r.Noisy > 0 }) {
		list = append(list, of("noisy", func(r Details) string { return thousands(int64(r.Noisy)) }))
	}
	if any(func(r Details) bool { return r.Speedup.P.OK }) {
		list = append(list,
			of("p", func(r Details) string { return probability(r.Speedup.P) }),
			of("adjusted p", func(r Details) string { return probability(r.Adjusted) }),
			of("signed-rank p", func(r Details) string { return probability(r.Speedup.Rank) }))
	}
	if any(func(r Details) bool { return r.Serial.OK }) {
		list = append(list, of("serial", func(r Details) string { return Percent(r.Serial) }))
	}
	return list
}

// outliersText reads like "2 mild, 1 far".
func outliersText(s *Summary) string {
	switch mild, far := s.Seconds.Outliers, s.Seconds.FarOutliers; {
	case s.Seconds.N == 0:
		return undefined
	case mild > 0 && far > 0:
		return fmt.Sprintf("%d mild, %d far", mild, far)
	case mild > 0:
		return fmt.Sprintf("%d mild", mild)
	case far > 0:
		return fmt.Sprintf("%d far", far)
	}
	return "none"
}
