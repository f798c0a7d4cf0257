package schedule

import (
	"iosweep/experiments"
	"iosweep/internal/workload"
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
		Source: p.Source, CPUs: p.CPUs, OS: p.OS, Python: p.Python,
		Measure: p.Measure, Tolerance: p.Tolerance, Baseline: p.Baseline,
		FileSize: printedSize(p.FileSize), TotalSize: printedSize(p.TotalSize),
	}
	if p.FileSize != nil || p.TotalSize != nil {
		record.Workload = sizesOf(p.Workload)
	}
	for _, row := range p.Rows {
		r := journal.PublishedRow{
			Method: row.Method, Runs: figures(row.Runs), Speedup: figures(row.Speedup),
			Claim: row.Claim, Error: row.Error, WhenFaster: row.WhenFaster,
		}
		if row.Mean != nil {
			r.Mean = new(journal.Figure(*row.Mean))
		}
		for _, c := range row.Cells {
			_, program := e.Command(e.Cells[c.Cell])
			r.Cells = append(r.Cells, journal.PublishedCell{Cell: c.Cell, Baseline: c.Baseline, Program: program, Differs: c.Differs})
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

func printedSize(p *experiments.PrintedSize) *journal.PrintedSize {
	if p == nil {
		return nil
	}
	return &journal.PrintedSize{Figure: journal.Figure(p.Printed), Name: p.Name, About: p.About}
}

// sizesOf returns the sizes of the files of a workload; nil if they are unknown.
func sizesOf(w experiments.Workload) *journal.WorkloadSizes {
	s, ok := workload.SizesOf(workload.Workload{
		Files: w.Files, Content: w.Content, Lines: w.Lines, Values: w.Values, Size: w.Size, Sigma: w.Sigma, Seed: w.Seed, From: w.From,
	})
	if !ok {
		return nil
	}
	return &journal.WorkloadSizes{Smallest: s.Smallest, Largest: s.Largest, Total: s.Total, Estimated: s.Estimated}
}
