package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A resumed run has several sessions, each in a separate process. Conditions such as the
// temperature of the room or the load of the machine may differ between sessions. They
// are the same only for trials of one session.

// Resumptions returns the notes that begin sessions. The first session has no note.
func (d *Data) Resumptions() []journal.Note {
	return slices.DeleteFunc(slices.Clone(d.Notes), func(n journal.Note) bool { return n.Kind != journal.NoteResumed })
}

// SessionsSentence describes how often and when a run was resumed. It is empty if the run
// was not resumed.
func (d *Data) SessionsSentence() string {
	resumed := d.Resumptions()
	if len(resumed) == 0 {
		return ""
	}
	n := len(resumed)
	first, last := format.Moment(resumed[0].At), format.Moment(resumed[n-1].At)
	when := "on " + first
	switch {
	case n == 2:
		when += " and on " + last
	case n > 2:
		when = fmt.Sprintf("%d times, first on %s and last on %s", n, first, last)
	}
	return fmt.Sprintf("It was measured in %d sessions, resumed %s.", n+1, when)
}

// A split describes a cell that was measured in another session than its baseline in
// some rounds.
type split struct {
	cell   *Summary
	paired int // rounds in which both have a good trial
	split  int // paired rounds that were measured in two sessions
}

// splitWarning names the cells of a table that are split in more than one round. Every
// interruption splits one round. More split rounds come from an extension, or from trials
// that were repeated later.
func splitWarning(d *Data, g Table) string {
	list := g.splits()
	if len(list) == 0 {
		return ""
	}
	name := ShortNames(d.Factors, g.Cells)
	var names []string
	for _, s := range list {
		names = append(names, fmt.Sprintf("%s (%d of %s)", name(s.cell), s.split, format.Count(s.paired, "round")))
	}
	return fmt.Sprintf("%s: measured in another session than the baseline: %s. Changes between the sessions are part of these speed-ups, because pairing by round does not cancel them. If this affects most rounds of a cell, its verdict is inconclusive.",
		g.Heading, format.Several(names))
}

func (g *Table) splits() (list []split) {
	if g.Baseline == nil {
		return nil
	}
	of := map[int]int{} // session of the baseline, by round
	for _, t := range g.Baseline.results {
		if t.good() {
			of[t.Round] = t.session
		}
	}
	for _, s := range g.Cells {
		found := split{cell: s}
		for _, t := range s.results {
			session, paired := of[t.Round]
			if !paired || !t.good() {
				continue
			}
			found.paired++
			if session != t.session {
				found.split++
			}
		}
		if found.split > 1 {
			list = append(list, found)
		}
	}
	slices.SortStableFunc(list, func(a, b split) int { return cmp.Compare(b.share(), a.share()) })
	return list
}

// share returns the fraction of the paired rounds in which the cell and its baseline were
// measured in different sessions.
func (s split) share() float64 { return float64(s.split) / float64(s.paired) }

// isMostlySplit reports whether share is above one half.
func (s split) isMostlySplit() bool { return s.share() > 0.5 }

// withholdVerdicts makes cells inconclusive that are split in most rounds. The two trials
// of a pair then come from different sessions, so the interval of the speed-up does not
// describe the cell.
func (d *Data) withholdVerdicts() {
	for _, g := range d.Tables {
		for _, s := range g.splits() {
			if s.isMostlySplit() && s.cell.Verdict != "" {
				s.cell.Verdict = estimate.Inconclusive
			}
			for i := range s.cell.Tails {
				if t := &s.cell.Tails[i]; s.isMostlySplit() && t.Verdict != "" {
					t.Verdict = estimate.Inconclusive
				}
			}
		}
	}
}

// session returns the session of the trial at an index in the journal.
func (d *Data) session(at int) int {
	session, _ := slices.BinarySearch(d.sessionStarts, at+1)
	return session
}
