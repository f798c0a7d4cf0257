package analysis

import (
	"cmp"
	"slices"

	"iosweep/journal"
)

// Data is what the journal of a run says: everything that any report shows, computed
// once.
type Data struct {
	Run    journal.Run
	Trials []journal.Trial
	Notes  []journal.Note
	// Summaries has one element per cell of the run, in the same order.
	Summaries []Summary
	// Tables are in the order in which their first cells stand in the run.
	Tables []Table
	// Sweeps are the cells that a law of scaling could be fitted to.
	Sweeps []Sweep
	// Troubles are the cells that are not ok.
	Troubles Troubles
	// Warnings are sentences for people; none of them is fatal.
	Warnings []string
	// Factors are all axes of the run in the order in which people see them.
	Factors []string

	telling []string // the factors by which a group may differ from another
	begins  []int    // of each session but the first: how many trials stand before it
}

// New summarises a journal.
func New(log *journal.Log) *Data {
	d := &Data{Run: log.Run, Trials: log.Trials, Notes: log.Notes, Factors: factors(log.Run)}
	unread := d.summarise()
	d.Sweeps = d.sweeps()
	d.Troubles = d.troubles()
	d.Warnings = warnings(d, log.Torn, unread)
	for i := range d.Tables {
		d.Tables[i].abridge()
	}
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

// A Table is the cells that share a baseline: the same work, done in different
// ways. It is one table of the report, and its p values are adjusted together.
type Table struct {
	Baseline *Summary // nil if the journal names none
	Cells    []*Summary
	// Heading names the group among the others, BaselineLabel its baseline within it.
	Heading, BaselineLabel string
	// Factors are what tells the cells apart.
	Factors []string
	// Measured reports whether any trial ended well.
	Measured bool
	// Shown are the cells that a table shows, of which it leaves out Omitted.
	Shown   []*Summary
	Omitted int
}

// groups sorts the cells by their baselines.
func (d *Data) groups() []Table {
	var groups []Table
	baselines, parts := partition(d.Cells(), func(s *Summary) int { return s.Cell.Baseline })
	for _, b := range baselines {
		g := Table{Baseline: d.Summary(b), Cells: parts[b]}
		d.describe(&g)
		groups = append(groups, g)
	}
	return groups
}

// describe says what a group of cells is.
func (d *Data) describe(g *Table) {
	g.Heading, g.Factors = heading(d, *g), Naming(d.Factors, g.Cells)
	g.Measured = slices.ContainsFunc(g.Cells, func(s *Summary) bool { return len(s.Good) > 0 })
	if g.Baseline != nil {
		g.BaselineLabel = baselineLabel(d, *g)
	}
}

// MeasuredTables are those that there is anything to draw of. A retired cell is not
// drawn beside another of its name, which has taken its place.
func (d *Data) MeasuredTables() (list []Table) {
	live := map[string]bool{}
	for _, c := range d.Run.Cells {
		live[c.Name] = live[c.Name] || !c.Retired
	}
	for _, g := range d.Tables {
		g.Cells = slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool { return s.Cell.Retired && live[s.Cell.Name] })
		if len(g.Cells) == 0 {
			continue
		}
		if d.describe(&g); g.Measured {
			list = append(list, g)
		}
	}
	return list
}

// baselineOf is the summary that a cell's speed-up is against.
func (d *Data) baselineOf(s *Summary) *Summary { return d.Summary(s.Cell.Baseline) }

// Summary returns the summary of a cell by its index, or nil if there is no such cell.
func (d *Data) Summary(cell int) *Summary {
	if cell < 0 || cell >= len(d.Summaries) {
		return nil
	}
	return &d.Summaries[cell]
}

// A long table is not read. So of a group people are shown the baseline and the
// fastest and slowest cells; summary.csv has all.
const (
	FastestShown = 40
	SlowestShown = 10
)

// abridge chooses the cells of a group that a table shows. All cells stand in the order of
// the experiment file; if there are too many, what is left is sorted by time.
func (g *Table) abridge() {
	g.Shown = g.Cells
	if len(g.Cells) <= FastestShown+SlowestShown {
		return
	}
	ranked := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool {
		return !s.Seconds.Mean.OK
	})
	slices.SortStableFunc(ranked, func(a, b *Summary) int {
		return cmp.Compare(a.Seconds.Mean.X, b.Seconds.Mean.X)
	})
	if n := len(ranked); n > FastestShown+SlowestShown {
		base := slices.Index(ranked, g.Baseline)
		keep := slices.Clone(ranked[:FastestShown])
		if base >= FastestShown && base < n-SlowestShown {
			keep = append(keep, g.Baseline)
		}
		ranked = append(keep, ranked[n-SlowestShown:]...)
	}
	g.Shown, g.Omitted = ranked, len(g.Cells)-len(ranked)
}
