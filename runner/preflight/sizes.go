package preflight

import (
	"runtime"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// checkTotal adds a problem if the generated files of a cell are larger than the whole file system
// of its workspace. The survey, which generates all of them, could take days before CheckSpace
// found that.
func (l *locator) checkTotal(c experiments.Cell, at where, space sysinfo.Space) {
	w := at.Workload
	if w.From != "" || w == (workload.Workload{}) || !space.Known || space.Total == 0 {
		return
	}
	least := float64(w.Files) * leastSize(w)
	found := "at least " + units.Bytes(least)
	if w.Sigma > 0 {
		s, ok := workload.SizesOf(w)
		least, found = float64(s.Total), units.Size(s.Total)+", the largest file "+units.Size(s.Largest)
		if !ok {
			least, found = 1<<63, "more than 8 EiB"
		}
	}
	if least > float64(space.Total) {
		l.add("workload", "the %s of this workload have %s, and the file system of workspace %s has %s in all; use fewer or smaller files, or another workspace",
			units.Count(w.Files, "file"), found, at.Workspace, units.Size(space.Total))
	}
}

// leastSize returns a size in bytes that every item of a workload reaches, or nearly so. It is a
// float, because a file may request a size that exceeds the range of integers.
func leastSize(w workload.Workload) float64 {
	numbers := float64(w.Lines) * float64(w.Values)
	switch w.Content {
	case workload.ContentRows:
		return numbers * 2
	case workload.ContentRandom, workload.ContentPythonRandom:
		return numbers * 15
	case workload.ContentTasks:
		return 1
	}
	return float64(w.Size)
}

// blocksHeld is the number of blocks that a worker has in memory at most: a pipeline has several.
const blocksHeld = 4

// checkMemory refuses cells whose blocks do not fit into the available memory. Such a trial would
// be killed, or measure the swap. The error lists all problems.
func (p *Prepared) checkMemory(available int64) error {
	l := locator{experiment: p.Plan.Experiment}
	for i, at := range p.Places {
		c := p.Plan.Experiment.Cells[i]
		block := blockSizeOf(c)
		if block == operations.BlockAuto || p.Cells[i].Skip != "" || available == 0 {
			continue
		}
		size := min(block.Of(at.extent.Largest), at.extent.Largest)
		held, level := int64(blocksHeld), units.Size(int64(block))
		if block == operations.BlockWhole {
			held, level = 1, experiments.BlockWhole
		}
		workers := int64(at.Site(c, "").Workers)
		if need := held * workers * size; need > available {
			l.add("grid.block_size", "block_size %s needs %s of memory with %s (%d x %s each), and %s are available; use smaller blocks or fewer workers",
				level, units.Size(need), units.Count(int(workers), "worker"), held, units.Size(size), units.Size(available))
		}
	}
	return l.err()
}

// availableMemory returns the memory that a trial can use, or 0 if it is unknown.
func availableMemory() int64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	return sysinfo.Host.Memory().Available
}
