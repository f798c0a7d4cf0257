package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/journal"
)

// TroublesShown bounds the list of cells that are not ok: where hundreds fail
// they do so for the same few reasons.
const TroublesShown = 50

// Troubles are the cells that are not ok, failed ones first, and how many more
// there are than are worth a line.
func Troubles(d *Data) (list []*Summary, omitted int) {
	order := []Status{StatusFailed, StatusSkipped, StatusIncomplete}
	for _, s := range d.Cells() {
		if s.Status != StatusOK {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b *Summary) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	if n := len(list); n > TroublesShown {
		return list[:TroublesShown], n - TroublesShown
	}
	return list, 0
}

// SharedTrouble is why no cell is ok, if that is the same for all: a run that
// was interrupted early need not say so once per cell. Cells that were stopped
// by the same event may yet be a trial apart.
func SharedTrouble(d *Data) (status Status, reason string, ok bool) {
	rows := d.Cells()
	if len(rows) < 2 || rows[0].Status == StatusOK {
		return "", "", false
	}
	fewest, most, first := rows[0].Trials, rows[0].Trials, rows[0]
	for _, s := range rows {
		if s.Status != first.Status || withoutProgress(s, &d.Run) != withoutProgress(first, &d.Run) {
			return "", "", false
		}
		fewest, most = min(fewest, s.Trials), max(most, s.Trials)
	}
	reason = withoutProgress(first, &d.Run)
	if first.Status != StatusIncomplete {
		return first.Status, reason, true
	}
	done := progress(most, &d.Run)
	if fewest < most {
		done = fmt.Sprintf("%d to %s", fewest, done)
	}
	return first.Status, done + reason, true
}

// withoutProgress is the reason of a cell without how many trials it has.
func withoutProgress(s *Summary, run *journal.Run) string {
	if s.Status != StatusIncomplete {
		return s.Reason
	}
	return strings.TrimPrefix(s.Reason, progress(s.Trials, run))
}
