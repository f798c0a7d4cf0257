package reports

import (
	"cmp"
	"slices"
	"strings"
)

// troublesShown bounds the list of cells that are not ok: where hundreds fail
// they do so for the same few reasons.
const troublesShown = 50

// troubles are the cells that are not ok, failed ones first, and how many more
// there are than are worth a line.
func troubles(d *Data) (list []*Summary, omitted int) {
	order := []Status{StatusFailed, StatusSkipped, StatusIncomplete}
	for _, s := range d.rows() {
		if s.Status != StatusOK {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b *Summary) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	if n := len(list); n > troublesShown {
		return list[:troublesShown], n - troublesShown
	}
	return list, 0
}

// oneLine folds an error, which may hold a whole stack, into one line of a
// readable length.
func oneLine(s string) string {
	const longest = 300
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return string(runes)
}
