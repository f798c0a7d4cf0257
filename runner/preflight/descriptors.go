package preflight

import (
	"fmt"
	"runtime"

	"iosweep/experiments"
	"iosweep/internal/process"
	"iosweep/internal/units"
	"iosweep/operations"
	"iosweep/strategies"
)

// Descriptors that the processes of a run have open, in addition to those for items.
const (
	// processDescriptors counts:
	//   - the standard streams
	//   - the poller of the Go runtime, with its wake-up
	//   - the files of the control group that the runtime follows
	//   - the run directory
	//   - a few that are open for a moment, such as a new directory.
	processDescriptors = 14
	// workerDescriptors counts the two pipes to and from a worker process, and the descriptor
	// that reports its end (pidfd_open(2)).
	workerDescriptors = 3
	// startDescriptors counts the child's ends of its pipes and a pipe for its error, which
	// are open while one process is being started.
	startDescriptors = 4
	// lockDescriptors counts the lock file that worker processes share.
	lockDescriptors = 1
	// ringDescriptors counts the ring itself. The files that it opens are in its own table.
	ringDescriptors = 1
	// workspaceDescriptors counts a workspace and the run directory in it.
	workspaceDescriptors = 2
)

// tooManyFiles returns the reason why a cell exceeds the limit of descriptors of a process, or
// "". It uses the largest number that can be open at once. Whether all workers have a file open
// at the same time depends on chance, and a cell that fails by chance is worse than a skipped
// cell.
//
// An unbounded strategy is never skipped, because its failure is its result. The number
// that a contender needs is unknown.
func (p *Prepared) tooManyFiles(cell int, limit uint64) string {
	c := p.Plan.Experiment.Cells[cell]
	s, builtIn := strategies.Named(c.Level(experiments.Strategy))
	if !builtIn || footprint(s, c, p.Places[cell].Manifest.Len()).Unbounded {
		return ""
	}
	need, processName := p.Descriptors(cell)
	if uint64(need) <= limit {
		return ""
	}
	return fmt.Sprintf("it needs up to %d descriptors in %s and the limit is %d; raise the limit with ulimit -n, or use fewer workers", need, processName, limit)
}

// footprint returns the resources that a strategy uses in a cell.
func footprint(s strategies.Strategy, c experiments.Cell, items int) strategies.Footprint {
	return s.Footprint(max(1, c.Int(experiments.Workers)), max(1, c.Int(experiments.Threads)), items)
}

// Descriptors returns the largest number of descriptors that a process of a cell's trial has
// open at once, and the name of that process. It returns 0 if the number is unknown.
func (p *Prepared) Descriptors(cell int) (need int, processName string) {
	c, at := p.Plan.Experiment.Cells[cell], p.Places[cell]
	s, builtIn := strategies.Named(c.Level(experiments.Strategy))
	op, known := OperationOf(p.Plan.Experiment, c)
	if !builtIn || !known {
		return 0, ""
	}
	site := at.Site(c, "")
	site.Manifest = at.Manifest
	ranges := operations.RangesOf(site)
	f := footprint(s, c, ranges.Len())
	const trial, worker = "the trial's process", "a worker process"
	d := op.Descriptors(site)
	base := processDescriptors + d.Task
	if f.Rings > 0 {
		// A ring has its own table of files with the same limit: RLIMIT_NOFILE in
		// io_uring_register(2).
		table := f.Workers / f.Rings * operations.MaxFiles
		return max(base+f.Rings*ringDescriptors+f.Workers*d.Kept, table), trial
	}
	items := min(f.Workers, ranges.Len()) * d.Worker(f.Stages > 1)
	if f.Stages > 1 && d.Storing > 0 && site.HasBlocks() {
		// A file stays open until its last block is stored. The other blocks may wait in the queues.
		items += d.Storing * min(ranges.Len(), 2*c.Int(experiments.Queue))
	}
	if f.Processes == 0 {
		return base + items, trial
	}
	parent := base + f.Processes*workerDescriptors + startDescriptors
	if child := base + lockDescriptors + items; child > parent {
		return child, worker
	}
	return parent, trial
}

// checkDescriptors adds a problem if this process may not open enough descriptors for a run.
func (p *Prepared) checkDescriptors(l *locator) {
	limit, known := process.DescriptorLimit()
	// The results directory and the journal, the pipes of a trial, and the items that are
	// prepared in parallel, each in another folder.
	need := processDescriptors + 6 + workerDescriptors + startDescriptors +
		len(p.Workspaces)*workspaceDescriptors + 2*perCopy*runtime.GOMAXPROCS(0)
	if known && uint64(need) > limit {
		l.addAt(experiments.Position{File: "ulimit -n"}, "this process may open %d descriptors and a run needs up to %d; raise the limit with ulimit -n", limit, need)
	}
}

// perCopy is the number of descriptors that are open while one item is copied.
const perCopy = 2

// tooLargeFile returns the reason why the largest file of a cell exceeds the limit of file size,
// or "". The compression of an archive is not known in advance, so archives are not checked.
func tooLargeFile(largest, limit int64) string {
	if largest <= limit {
		return ""
	}
	return fmt.Sprintf("its largest file has %s and the limit is %s; raise the limit with ulimit -f", units.Size(largest), units.Size(limit))
}
