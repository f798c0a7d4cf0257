package schedule

import (
	"iosweep/experiments"
	"iosweep/journal"
)

// PublishedTable returns the published table of an experiment in the form of the journal, or
// nil if the experiment has none.
func PublishedTable(e *experiments.Experiment) *journal.Published {
	if e.Published == nil {
		return nil
	}
	p := e.Published
	record := &journal.Published{
		Source: p.Source, CPUs: p.CPUs, OS: p.OS,
		Measure: p.Measure, Tolerance: p.Tolerance, Baseline: p.Baseline,
	}
	for _, row := range p.Rows {
		r := journal.PublishedRow{
			Method: row.Method, Runs: figures(row.Runs), Speedup: figures(row.Speedup),
			Claim: row.Claim, WhenFaster: row.WhenFaster,
		}
		if row.Mean != nil {
			r.Mean = new(journal.Figure(*row.Mean))
		}
		for _, c := range row.Cells {
			_, program := e.Command(e.Cells[c.Cell])
			r.Cells = append(r.Cells, journal.PublishedCell{Cell: c.Cell, Baseline: c.Baseline, Program: program})
		}
		record.Rows = append(record.Rows, r)
	}
	return record
}

func figures(printed []experiments.Printed) []journal.Figure {
	var list []journal.Figure
	for _, p := range printed {
		list = append(list, journal.Figure(p))
	}
	return list
}
