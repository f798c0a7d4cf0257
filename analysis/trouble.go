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

// Troubles are the cells of a run that are not ok.
type Troubles struct {
	// Cells are failed ones first, as many as are worth a line; Omitted are the others.
	Cells   []*Summary
	Omitted int
	// Status and Reason are those of all cells, if no cell is ok and all are so for the
	// same reason: a run that was interrupted early need not say so once per cell.
	Status Status
	Reason string
}

// troubles lists the cells that are not ok.
func (d *Data) troubles() Troubles {
	var t Troubles
	order := []Status{StatusFailed, StatusSkipped, StatusIncomplete}
	for _, s := range d.Cells() {
		if s.Status != StatusOK {
			t.Cells = append(t.Cells, s)
		}
	}
	slices.SortStableFunc(t.Cells, func(a, b *Summary) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	if n := len(t.Cells); n > TroublesShown {
		t.Cells, t.Omitted = t.Cells[:TroublesShown], n-TroublesShown
	}
	if status, reason, ok := d.sharedTrouble(); ok {
		t.Status, t.Reason = status, reason
	}
	return t
}

// sharedTrouble is why no cell is ok, if that is the same for all. Cells that were stopped
// by the same event may yet be a trial apart.
func (d *Data) sharedTrouble() (status Status, reason string, ok bool) {
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
