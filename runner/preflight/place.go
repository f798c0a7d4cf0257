package preflight

import (
	"path/filepath"
	"slices"
	"strconv"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/journal"
	"iosweep/operations"
)

// A Place describes where the trials of a cell run: the workspace and the workload, resolved on
// this machine. Cells with the same workspace and workload share it.
type Place struct {
	where
	*survey
	extent operations.WorkloadSize // of the workload in the workspace
}

type where struct {
	Workspace string
	Workload  workload.Workload
}

// Base contains the directories that relative paths are relative to. Both are absolute.
type Base struct {
	Here string // the directory of the experiment file: for the trees that it names
	Dir  string // the working directory: for workspaces, and for trees named by an override
	// Sources are the revisions of the run being resumed. Their commits are built, although their
	// names may stand for others now.
	Sources []journal.Source
}

// Site returns the conditions of a cell in the form that operations use.
func (at *Place) Site(c experiments.Cell, output string) operations.Site {
	level, _ := strconv.Atoi(c.Level(experiments.Level))
	return operations.Site{
		Workload: at.Workload, Output: output,
		Workers: max(1, c.Int(experiments.Workers)) * max(1, c.Int(experiments.Threads)),
		Level:   level,
		Layout:  c.Level(experiments.Layout), Cache: c.Level(experiments.Cache), Sync: c.Level(experiments.Sync),
		Sink: c.Level(experiments.Sink), Block: blockSizeOf(c), Split: int64(c.Int(experiments.Split)),
	}
}

// blockSizeOf returns the level of the axis block_size in the form that operations use.
func blockSizeOf(c experiments.Cell) operations.Block {
	if c.Level(experiments.BlockSize) == experiments.BlockWhole {
		return operations.BlockWhole
	}
	return operations.Block(c.Int(experiments.BlockSize)) // 0 for auto
}

// HasContender reports whether the experiment has a contender for an operation. Then all cells
// of the operation read a copy of a tree and never the tree itself. A contender that moves files
// instead of copying them would pass its verification, and the user's files would be deleted
// with the trial directory.
func (p *Prepared) HasContender(op operations.Operation) bool {
	return slices.ContainsFunc(p.Plan.Experiment.Commands, func(c experiments.Command) bool {
		return c.Operation == op.Info().Name
	})
}

// locate resolves the workspaces and trees of all cells. The error lists each unsuitable
// directory once.
func (p *Prepared) locate(from Base) error {
	e := p.Plan.Experiment
	l := locator{experiment: e, from: from, workspaces: map[string]string{}, trees: map[string]string{}}
	p.Places = make([]*Place, 0, len(e.Cells))
	known := map[where]*Place{}
	for _, c := range e.Cells {
		at := where{Workspace: l.workspace(c), Workload: workloadOf(e, c)}
		if tree := at.Workload.From; tree != "" {
			at.Workload.From = l.tree(c, tree, at.Workspace)
		}
		if _, ok := p.Disks[at.Workspace]; !ok {
			p.Disks[at.Workspace] = sysinfo.FilesystemOf(at.Workspace)
			p.Workspaces = append(p.Workspaces, at.Workspace)
		}
		l.checkCombination(c, p.Disks[at.Workspace])
		if known[at] == nil {
			space, _ := sysinfo.SpaceOf(at.Workspace) // not Known after an error
			l.checkTotal(c, at, space)
		}
		op, ok := OperationOf(e, c)
		cache := c.Level(experiments.Cache)
		if ok && at.Workload.From != "" && !p.HasContender(op) && (cache == operations.CacheCold || cache == operations.CacheDirect) {
			l.checkOnDisk(c, sysinfo.FilesystemOf(at.Workload.From), "tree") // with a contender the workspace has a copy
			l.checkAlignment(c, at.Workload.From, false)
		} else {
			l.checkAlignment(c, at.Workspace, true)
		}
		shared, ok := known[at]
		if !ok {
			shared = &Place{where: at}
			known[at] = shared
		}
		p.Places = append(p.Places, shared)
	}
	return l.err()
}

// below joins a relative path to a directory. It returns an absolute or empty path unchanged.
func below(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// mountedAt describes the path at which a workspace is mounted inside a tree. It returns ""
// if that is the path of the workspace itself.
func mountedAt(at, ws string) string {
	if at == ws {
		return ""
	}
	return ", mounted at " + at
}
