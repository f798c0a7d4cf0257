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
	t.Status, t.Reason = d.sharedTrouble()
	return t
}

// sharedTrouble is why no cell is ok, if that is the same for all. Cells that were stopped
// by the same event may yet be a trial apart.
func (d *Data) sharedTrouble() (status Status, reason string) {
	rows := d.Cells()
	if len(rows) < 2 || rows[0].Status == StatusOK {
		return "", ""
	}
	fewest, most := rows[0].Trials, rows[0].Trials
	status, reason = rows[0].Status, withoutProgress(rows[0], &d.Run)
	for _, s := range rows {
		if s.Status != status || withoutProgress(s, &d.Run) != reason {
			return "", ""
		}
		fewest, most = min(fewest, s.Trials), max(most, s.Trials)
	}
	if status != StatusIncomplete {
		return status, reason
	}
	done := progress(most, &d.Run)
	if fewest < most {
		done = fmt.Sprintf("%d to %s", fewest, done)
	}
	return status, done + reason
}

// withoutProgress is the reason of a cell without how many trials it has.
func withoutProgress(s *Summary, run *journal.Run) string {
	if s.Status != StatusIncomplete {
		return s.Reason
	}
	return strings.TrimPrefix(s.Reason, progress(s.Trials, run))
}
