package preflight

import (
	"cmp"
	"context"

	"iosweep/experiments"
	"iosweep/internal/process"
	"iosweep/journal"
	"iosweep/strategies"
)

// describeCells surveys every workload and sets the fields of each cell.
func (p *Prepared) describeCells(ctx context.Context, from Base, progress func(string)) error {
	e := p.Plan.Experiment
	missing, optional := map[string]string{}, map[string]bool{}
	listed := map[string]bool{} // the reasons in p.Missing
	for _, cmd := range e.Commands {
		optional[cmd.Name] = cmd.Optional
	}
	for _, a := range unavailable(e) {
		missing[a.name] = a.why
		p.Missing = append(p.Missing, a.why)
	}
	whyNoInterpreter := p.findInterpreters(ctx, from)
	p.Cells = PlannedCells(e)
	limit, limited := process.DescriptorLimit()
	largest := process.FileSizeLimit()
	return p.survey(ctx, progress, func(i int) {
		cell, survey, strategy := &p.Cells[i], p.Places[i].survey, e.Cells[i].Level(experiments.Strategy)
		cell.Files, cell.Bytes, cell.Inputs = survey.Manifest.Len(), survey.bytes, survey.sum
		cell.Median, cell.Largest = survey.median, survey.largest
		cell.Directories = len(survey.Manifest.Dirs)
		cell.LeftOut = survey.Manifest.LeftOut
		if at := p.SourceOf(i); at >= 0 {
			cell.Source = p.Sources[at].Identity()
		}
		cell.Skip, cell.Optional = missing[strategy], optional[strategy]
		if cell.Skip == "" {
			cell.Skip = cmp.Or(p.whyNoProgram(e.Cells[i]), whyNoInterpreter(e.Cells[i]))
			if cell.Skip != "" && !listed[cell.Skip] {
				listed[cell.Skip] = true
				p.Missing = append(p.Missing, cell.Skip)
			}
		}
		if cell.Skip == "" && limited {
			cell.Skip = p.tooManyFiles(i, limit)
		}
		if cell.Skip == "" {
			cell.Skip = tooLargeFile(p.Places[i].extent.Largest, largest)
		}
	})
}

// PlannedCells returns the cells of an experiment with the fields that do not depend on the
// machine, and without their levels.
func PlannedCells(e *experiments.Experiment) []journal.Cell {
	list := make([]journal.Cell, len(e.Cells))
	for i, c := range e.Cells {
		list[i] = journal.Cell{Name: c.String(), Baseline: e.Baseline[i], Concurrency: concurrency(c)}
	}
	return list
}

// concurrency returns the number of goroutines that may work at once: the workers, times the
// threads of each, times the stages of a pipeline. It returns 0 if the number is unbounded, and
// for a contender without these axes.
func concurrency(c experiments.Cell) int {
	s, builtIn := strategies.Named(c.Level(experiments.Strategy))
	if !builtIn {
		return c.Int(experiments.Workers) * max(1, c.Int(experiments.Threads))
	}
	f := footprint(s, c, 0)
	if f.Unbounded {
		return 0
	}
	return f.Concurrency()
}
