package analysis

import (
	"slices"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// Data contains the results of a run that reports show, computed once from its journal.
type Data struct {
	Run    journal.Run
	Trials []journal.Trial
	Notes  []journal.Note
	// Summaries has one element per cell of the run, in the order of the cells.
	Summaries []Summary
	// Tables are in the order of their first cells.
	Tables []Table
	// Overview is the head of a report.
	Overview Overview
	// Next are the runs that would answer open questions.
	Next []NextRun
	// Sweeps are the cells to which a scaling law could be fitted.
	Sweeps []Sweep
	// Effects show which factors matter, for the tables with at least two.
	Effects []Effects
	// Troubles are the cells that are neither ok nor xfail.
	Troubles Troubles
	// Warnings are sentences for readers of a report.
	Warnings []string
	// Nodes are the machines of a merged run, with the results by node; nil for a run of one machine.
	Nodes *Nodes
	// AB is the result of `iosweep ab`; nil: another command began the run.
	AB *AB
	// Interpreters are the Python interpreters of contenders.
	Interpreters []journal.Interpreter
	// Factors are all axes of the run, in display order.
	Factors []string
	// Judge is the figure that speed-ups and verdicts are about.
	Judge Figure

	selected      []*Summary // the cells that Only has chosen; nil: all
	sharedFactors []string   // the factors that distinguish tables
	sessionStarts []int      // number of trials before each session but the first
}

// New analyses a journal.
func New(log *journal.Log) *Data {
	d := &Data{Run: log.Run, Trials: log.Trials, Notes: log.Notes, Factors: factors(log.Run), Judge: judgeOf(&log.Run), Interpreters: journal.Interpreters(log.Notes)}
	unread := d.summarise()
	for i := range d.Summaries {
		d.Summaries[i].Unverified = d.unverified(&d.Summaries[i].Cell) != ""
	}
	d.Nodes = d.nodes()
	d.Sweeps = d.sweeps()
	d.Effects = d.effects()
	d.Troubles = d.troubles()
	d.AB = d.ab()
	d.Warnings = warnings(d, log.Torn, unread)
	d.Overview, d.Next = d.overview(), d.nextRuns()
	return d
}

// Cells returns pointers to all summaries, or to those that Only has chosen.
func (d *Data) Cells() []*Summary {
	if d.selected != nil {
		return slices.Clone(d.selected)
	}
	rows := make([]*Summary, len(d.Summaries))
	for i := range rows {
		rows[i] = &d.Summaries[i]
	}
	return rows
}

// A Table contains the cells that share a baseline: the same work, done in different
// ways. It is one table of the report, and its p values are adjusted together.
type Table struct {
	Baseline *Summary // nil if the journal names no baseline
	Cells    []*Summary
	// Heading distinguishes the table from other tables. BaselineLabel distinguishes its
	// baseline from other cells.
	Heading, BaselineLabel string
	// Factors distinguish the cells. Conditions describe what all cells have in common.
	Factors    []string
	Conditions Conditions
	// Measured reports whether the table has any good trial.
	Measured bool
	Judge    Figure         // of the run
	race     *estimate.Race // nil: the cells do not race
	// Answers name the best cell of the table, and the cells that may be as good.
	Answers []string
}

// tables groups the cells by their baselines.
func (d *Data) tables() []Table {
	var tables []Table
	baselines, parts := partition(d.Cells(), func(s *Summary) int { return s.Cell.Baseline })
	for _, b := range baselines {
		g := Table{Baseline: d.Summary(b), Cells: parts[b]}
		d.describe(&g)
		tables = append(tables, g)
	}
	d.distinguish(tables)
	return tables
}

// describe sets the fields of a table that follow from its cells.
func (d *Data) describe(g *Table) {
	g.Judge = d.Judge
	g.Heading, g.Factors, g.Conditions = heading(d, *g), Naming(d.Factors, g.Cells), d.SharedConditions(g.Cells)
	g.Measured = slices.ContainsFunc(g.Cells, func(s *Summary) bool { return len(s.Good) > 0 })
	if g.Baseline != nil {
		g.BaselineLabel = baselineLabel(d, *g)
	}
}

// MeasuredTables returns the tables that a plot can show. It leaves out a retired cell if
// another cell has the same name, because that cell has replaced it.
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
	d.distinguish(list)
	return list
}

// MergedTables is like MeasuredTables, but joins the tables that differ only in some factors, such as
// the size of the items. A joined table has no Baseline, because each of its cells has its own. It has a
// BaselineLabel if all baselines have the same.
func (d *Data) MergedTables(factors ...string) (list []Table) {
	tables := d.MeasuredTables()
	others := Without(d.sharedFactors, factors...)
	if len(others) == len(d.sharedFactors) {
		return tables // no factor distinguishes tables
	}
	key := func(g Table) string {
		return Label(g.Cells[0].Cell, append([]string{experiments.Operation.String()}, others...))
	}
	for _, g := range tables {
		at := slices.IndexFunc(list, func(m Table) bool { return key(m) == key(g) })
		if at < 0 {
			list = append(list, g)
			continue
		}
		m := Table{Cells: slices.Concat(list[at].Cells, g.Cells)}
		if d.describe(&m); list[at].BaselineLabel == g.BaselineLabel {
			m.BaselineLabel = g.BaselineLabel
		}
		list[at] = m
	}
	return list
}

// baselineOf returns the summary of a cell's baseline.
func (d *Data) baselineOf(s *Summary) *Summary { return d.Summary(s.Cell.Baseline) }

// Summary returns the summary of a cell by its index, or nil if there is no such cell.
func (d *Data) Summary(cell int) *Summary {
	if cell < 0 || cell >= len(d.Summaries) {
		return nil
	}
	return &d.Summaries[cell]
}
