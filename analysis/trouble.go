package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/journal"
)

// TroublesShown limits the list of cells that are not ok: if hundreds of cells fail, they
// fail for the same few reasons.
const TroublesShown = 50

// Troubles are the cells of a run that are neither ok nor xfail.
type Troubles struct {
	// Cells are the first TroublesShown cells, failed ones first. Omitted is the number
	// of all others.
	Cells   []*Summary
	Omitted int
	// Status and Reason are set if no cell is ok and all have the same reason. A run that
	// was interrupted early then needs only one line.
	Status Status
	Reason string
}

// troubles returns the cells that count against the run.
func (d *Data) troubles() Troubles {
	var t Troubles
	order := []Status{StatusFailed, StatusSkipped, StatusIncomplete}
	for _, s := range d.Cells() {
		if s.Status.isTrouble() {
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

// sharedTrouble returns the common status and reason if no cell is ok and all have the
// same reason. The number of trials may differ, because the same event may stop cells at
// different rounds.
func (d *Data) sharedTrouble() (status Status, reason string) {
	rows := d.Cells()
	if len(rows) < 2 || !rows[0].Status.isTrouble() {
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

// withoutProgress returns the reason of a cell without its number of trials.
func withoutProgress(s *Summary, run *journal.Run) string {
	if s.Status != StatusIncomplete {
		return s.Reason
	}
	return strings.TrimPrefix(s.Reason, progress(s.Trials, run))
}
