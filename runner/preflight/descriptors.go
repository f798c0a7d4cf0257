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

// How many files the processes of a run have open beside those of items.
const (
	// processDescriptors: the standard streams, the poller of the Go runtime with
	// its wake-up, the files of the control group that it follows, the workspace,
	// and a few that are open for a moment, as a directory that is made.
	processDescriptors = 14
	// spawnDescriptors: a pipe to and from a worker process, and what tells its end
	// (pidfd_open(2)).
	spawnDescriptors = 3
	// spawningDescriptors: while one process is started, the child's ends of its
	// pipes, and a pipe for its error.
	spawningDescriptors = 4
	// lockDescriptors: the lock that worker processes meet at.
	lockDescriptors = 1
	// ringDescriptors: a ring is one. The files that it opens are in its own table.
	ringDescriptors = 1
	// workspaceDescriptors: a workspace is held from its parent too.
	workspaceDescriptors = 2
)

// tooManyFiles says why a cell cannot be run within a limit of descriptors for a
// process, or "". What is needed is the most that can be open at once: whether all
// workers really have a file open at the same time is up to chance, and a cell that
// fails by chance is worse than one that is skipped.
//
// An unbounded strategy is never skipped, because its failure is its result. What a
// contender needs is not known.
func (p *Prepared) tooManyFiles(cell int, limit uint64) string {
	c := p.Plan.Experiment.Cells[cell]
	s, builtIn := strategies.Named(c.Level(experiments.Strategy))
	if !builtIn || footprint(s, c, p.Places[cell].Manifest.Len()).Unbounded {
		return ""
	}
	need, of := p.Descriptors(cell)
	if uint64(need) <= limit {
		return ""
	}
	return fmt.Sprintf("it needs up to %d descriptors in %s and the limit is %d; ulimit -n raises it, fewer workers need less", need, of, limit)
}

// footprint returns what a strategy occupies in a cell.
func footprint(s strategies.Strategy, c experiments.Cell, items int) strategies.Footprint {
	return s.Footprint(max(1, c.Int(experiments.Workers)), max(1, c.Int(experiments.Threads)), items)
}

// Descriptors returns the most descriptors that a process of a cell's trial has open at
// once, and which process that is, or 0 if that is not known.
func (p *Prepared) Descriptors(cell int) (need int, of string) {
	c, at := p.Plan.Experiment.Cells[cell], p.Places[cell]
	s, builtIn := strategies.Named(c.Level(experiments.Strategy))
	op, known := operations.Named(c.Level(experiments.Operation))
	if !builtIn || !known {
		return 0, ""
	}
	site := at.Site(c, "")
	site.Manifest = at.Manifest
	f := footprint(s, c, site.Manifest.Len())
	const trial, worker = "the trial's process", "a worker process"
	d := op.Descriptors(site)
	base := processDescriptors + d.Task
	if f.Rings > 0 {
		// The table of a ring is no part of the process's, and has the same limit:
		// RLIMIT_NOFILE in io_uring_register(2).
		table := f.Workers / f.Rings * operations.MaxFiles
		return max(base+f.Rings*ringDescriptors+f.Workers*d.Kept, table), trial
	}
	items := min(f.Workers, site.Manifest.Len()) * d.Worker(f.Stages > 1)
	if f.Processes == 0 {
		return base + items, trial
	}
	parent := base + f.Processes*spawnDescriptors + spawningDescriptors
	if child := base + lockDescriptors + items; child > parent {
		return child, worker
	}
	return parent, trial
}

// checkDescriptors refuses a run that is not allowed enough descriptors itself.
func (p *Prepared) checkDescriptors(l *locator) {
	limit, known := process.DescriptorLimit()
	// Results and journal, the pipes of a trial, and the items that are prepared
	// side by side, each in a folder of its own.
	need := processDescriptors + 6 + spawnDescriptors + spawningDescriptors +
		len(p.Workspaces)*workspaceDescriptors + 2*perCopy*runtime.GOMAXPROCS(0)
	if known && uint64(need) > limit {
		l.addAt(experiments.Position{File: "ulimit -n"}, "this process may have %d descriptors and a run needs up to %d; raise the limit", limit, need)
	}
}

// perCopy is what the copy of one item into another tree has open.
const perCopy = 2

// tooLargeFile reports why the files of a cell cannot be made within a limit for each
// file, or "". How far an archive gets smaller is not known beforehand.
func tooLargeFile(largest, limit int64) string {
	if largest <= limit {
		return ""
	}
	return fmt.Sprintf("its largest file has %s and the limit is %s; ulimit -f raises it", units.Size(largest), units.Size(limit))
}
