package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"iosweep/internal/format"
	"iosweep/internal/lazyregexp"
	"iosweep/journal"
)

// TroublesShown limits the list of cells that are not ok: if hundreds of cells fail, they
// fail for the same few reasons.
const TroublesShown = 25

// Troubles are the cells of a run that are neither ok nor xfail.
type Troubles struct {
	// Groups are all cells with trouble by their reason, failed ones first. Retired cells are in
	// no group, because nothing has to be done about them.
	Groups []Trouble
	// Status and Reason are set if no cell is ok and all have the same reason. A run that
	// was interrupted early then needs only one line.
	Status Status
	Reason string
}

// maxTroublesApart is the largest number of cells with the same reason that have groups of their own.
const maxTroublesApart = 3

// A Trouble is one or more cells that are not ok for the same reason.
type Trouble struct {
	Cells          []*Summary
	Reason         string // of the first cell
	Trials, Failed int    // of all cells
}

// Shown returns the first TroublesShown groups, and the number of cells in all others.
func (t *Troubles) Shown() (groups []Trouble, omitted int) {
	groups = t.Groups[:min(len(t.Groups), TroublesShown)]
	for _, g := range t.Groups[len(groups):] {
		omitted += len(g.Cells)
	}
	return groups, omitted
}

// Name returns the name of the first cell, and the number of the others.
func (t *Trouble) Name() string {
	if n := len(t.Cells) - 1; n > 0 {
		return t.Cells[0].Cell.Name + " and " + format.Count(n, "other cell")
	}
	return t.Cells[0].Cell.Name
}

// groupTroubles groups cells whose reasons differ only in numbers, such as the number of a file. A
// few cells with the same reason remain apart.
func groupTroubles(cells []*Summary, run *journal.Run) (list []Trouble) {
	keyOf := func(s *Summary) string {
		return string(s.Status) + " " + number().ReplaceAllString(withoutProgress(s, run), "0")
	}
	keys, parts := partition(cells, keyOf)
	for _, key := range keys {
		groups := [][]*Summary{parts[key]}
		if len(parts[key]) <= maxTroublesApart {
			groups = slices.Collect(slices.Chunk(parts[key], 1))
		}
		for _, cells := range groups {
			t := Trouble{Cells: cells, Reason: sharedReason(cells, run)}
			for _, s := range cells {
				t.Trials, t.Failed = t.Trials+s.Trials, t.Failed+s.Failed
			}
			list = append(list, t)
		}
	}
	return list
}

// number matches the digits of texts that are compared without them.
var number = lazyregexp.New(`[0-9]+`)

// troubles returns the cells that count against the run.
func (d *Data) troubles() Troubles {
	order := []Status{StatusFailed, StatusSkipped, StatusIncomplete}
	cells := slices.DeleteFunc(d.Cells(), func(s *Summary) bool { return !s.Status.isTrouble() || s.Cell.Retired })
	slices.SortStableFunc(cells, func(a, b *Summary) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	t := Troubles{Groups: groupTroubles(cells, &d.Run)}
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
	status, reason = rows[0].Status, withoutProgress(rows[0], &d.Run)
	for _, s := range rows {
		if s.Status != status || withoutProgress(s, &d.Run) != reason {
			return "", ""
		}
	}
	return status, sharedReason(rows, &d.Run)
}

// sharedReason returns the reason of the first of several cells with the same reason. If they are
// incomplete, it gives the numbers of trials of all.
func sharedReason(cells []*Summary, run *journal.Run) string {
	first := cells[0]
	if first.Status != StatusIncomplete {
		return first.Reason
	}
	fewest, most, repeats := first.Trials, first.Trials, 0
	for _, s := range cells {
		fewest, most, repeats = min(fewest, s.Trials), max(most, s.Trials), max(repeats, run.RepeatsOf(&s.Cell))
	}
	done := progress(most, repeats, run)
	if fewest < most {
		done = fmt.Sprintf("%d to %s", fewest, done)
	}
	return done + withoutProgress(first, run)
}

// withoutProgress returns the reason of a cell without its number of trials.
func withoutProgress(s *Summary, run *journal.Run) string {
	if s.Status != StatusIncomplete {
		return s.Reason
	}
	return strings.TrimPrefix(s.Reason, progress(s.Trials, run.RepeatsOf(&s.Cell), run))
}
