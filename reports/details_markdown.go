package reports

import (
	"fmt"
	"io"
	"strconv"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// writeMarkdownDetails is the second table of a group, for who doubts the first. It
// is folded, where the page can be.
func writeMarkdownDetails(out io.Writer, d *Data, shown []*Summary, names []string) {
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

// SecondsInterval reads like 1.20 to 1.35 s.
func SecondsInterval(i estimate.Interval) string {
	if !i.OK {
		return undefined
	}
	u := unitFor(i.High, timeUnits)
	return digits(i.Low/u.size, 3) + " to " + digits(i.High/u.size, 3) + " " + u.name
}

// probability reads like 0.031; what is smaller than anybody can tell is not shown as 0.
func probability(p estimate.Value) string {
	switch {
	case !p.OK:
		return undefined
	case p.X < 0.0001:
		return "< 0.0001"
	}
	return strconv.FormatFloat(p.X, 'f', 4, 64)
}
