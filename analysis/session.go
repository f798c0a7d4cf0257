package analysis

import (
	"cmp"
	"fmt"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A run that was resumed has been measured in several sessions, each by a process
// of its own. What differs between them, such as the temperature of the room or
// what else the machine does, is the same for trials of one session only.

// Resumptions are the notes with which sessions begin, but for the first.
func (d *Data) Resumptions() []journal.Note {
	return slices.DeleteFunc(slices.Clone(d.Notes), func(n journal.Note) bool { return n.Kind != journal.NoteResumed })
}

// SessionsSentence says when a run was resumed, and how often; empty if it was not.
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
	return fmt.Sprintf("It was measured in %d sittings, resumed %s.", n+1, when)
}

// A split is a cell that was measured in another session than its baseline, in so
// many of the rounds that both have.
type split struct {
	cell           *Summary
	rounds, paired int
}

// splitWarning names the cells of a table that are split in more than one round.
// One such round comes of every interruption; more come of an extension, or of
// trials that were tried again later.
func splitWarning(d *Data, g Table) string {
	list := g.splits()
	if len(list) == 0 {
		return ""
	}
	name := ShortNames(d.Factors, g.Cells)
	var names []string
	for _, s := range list {
		names = append(names, fmt.Sprintf("%s (%d of %s)", name(s.cell), s.rounds, format.Count(s.paired, "round")))
	}
	return fmt.Sprintf("%s: measured in another sitting than the baseline: %s. What changed between the sittings is part of these speed-ups: pairing by round does not cancel it, and where most rounds are so there is no verdict.",
		g.Heading, format.Several(names))
}

func (g *Table) splits() (list []split) {
	if g.Baseline == nil {
		return nil
	}
	of := map[int]int{} // by round: the session of the baseline
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
				found.rounds++
			}
		}
		if found.rounds > 1 {
			list = append(list, found)
		}
	}
	slices.SortStableFunc(list, func(a, b split) int { return cmp.Compare(b.share(), a.share()) })
	return list
}

// share is how much of what is compared was not measured together.
func (s split) share() float64 { return float64(s.rounds) / float64(s.paired) }

// withholdVerdicts takes the verdict from cells of which most rounds were measured in
// another session than the baseline's: their pairs are none, and the interval, which
// counts on them, is of something else than the cell.
func (d *Data) withholdVerdicts() {
	for _, g := range d.Tables {
		for _, s := range g.splits() {
			if s.share() > 0.5 && s.cell.Verdict != "" {
				s.cell.Verdict = estimate.Inconclusive
			}
		}
	}
}

// session tells the session of a trial from where it stands in the journal.
func (d *Data) session(at int) int {
	session, _ := slices.BinarySearch(d.begins, at+1)
	return session
}
