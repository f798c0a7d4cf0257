package analysis

import (
	"slices"

	"iosweep/journal"
)

// Data is what the journal of a run says.
type Data struct {
	Run    journal.Run
	Trials []journal.Trial
	Notes  []journal.Note
	// Summaries has one element per cell of the run, in the same order.
	Summaries []Summary
	// Sweeps are the cells that a law of scaling could be fitted to.
	Sweeps []Sweep
	// Warnings are sentences for people; none of them is fatal.
	Warnings []string

	// turns are all that were done, by cell; good are the trials of them that
	// estimates are made from.
	turns [][]turn
	Good  [][]*journal.Trial
	// factors are all axes of the run in the order in which people see them,
	// and telling those by which a group may differ from another.
	Factors, telling []string
}

// New summarises a journal.
func New(log *journal.Log) *Data {
	d := &Data{Run: log.Run, Trials: log.Trials, Notes: log.Notes, Factors: factors(log.Run)}
	unread := d.summarise()
	d.telling = telling(d.Factors, d.Cells())
	d.Sweeps = d.sweeps()
	d.Warnings = warnings(d, log.Torn, unread)
	return d
}

// Cells are the summaries by reference.
func (d *Data) Cells() []*Summary {
	rows := make([]*Summary, len(d.Summaries))
	for i := range rows {
		rows[i] = &d.Summaries[i]
	}
	return rows
}

// A Group is the cells that share a baseline: the same work, done in different
// ways. It is one table of the report, and its p values are adjusted together.
type Group struct {
	Baseline *Summary // nil if the journal names none
	Cells    []*Summary
}

// Groups are in the order in which their first cells stand in the run.
func (d *Data) Groups() []Group {
	var groups []Group
	at := map[int]int{} // the baseline's index -> the group's
	for i := range d.Summaries {
		s := &d.Summaries[i]
		g, known := at[s.Cell.Baseline]
		if !known {
			g = len(groups)
			at[s.Cell.Baseline] = g
			groups = append(groups, Group{Baseline: d.baselineOf(s)})
		}
		groups[g].Cells = append(groups[g].Cells, s)
	}
	return groups
}

// Measured says whether any trial of a group ended well.
func (d *Data) Measured(g Group) bool {
	return AnyCell(g.Cells, func(s *Summary) bool { return len(d.Good[s.Index]) > 0 })
}

// MeasuredGroups are those that there is anything to draw of. A retired cell is not
// drawn beside another of its name, which has taken its place.
func (d *Data) MeasuredGroups() []Group {
	live := map[string]bool{}
	for _, c := range d.Run.Cells {
		live[c.Name] = live[c.Name] || !c.Retired
	}
	groups := d.Groups()
	for i := range groups {
		groups[i].Cells = slices.DeleteFunc(groups[i].Cells, func(s *Summary) bool { return s.Cell.Retired && live[s.Cell.Name] })
	}
	return slices.DeleteFunc(groups, func(g Group) bool { return !d.Measured(g) })
}

// baselineOf is the summary that a cell's speed-up is against.
func (d *Data) baselineOf(s *Summary) *Summary { return d.Summary(s.Cell.Baseline) }

// Summary is that of a cell by its index, nil if there is no such cell.
func (d *Data) Summary(cell int) *Summary {
	if cell < 0 || cell >= len(d.Summaries) {
		return nil
	}
	return &d.Summaries[cell]
}
