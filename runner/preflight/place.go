package preflight

import (
	"path/filepath"
	"slices"
	"strconv"

	"iosweep/experiments"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/operations"
)

// A Place is where a cell's trials happen, resolved on this machine. Cells with the
// same workspace and workload share it.
type Place struct {
	where
	*survey
	extent operations.WorkloadSize // of the workload in the workspace
}

type where struct {
	Workspace string
	Workload  workload.Workload
}

// Base is where relative paths begin. Both are absolute.
type Base struct {
	Here string // the directory of the experiment file: of the trees that it names
	Dir  string // the working directory: of workspaces, and of trees named by an override
}

// Site is a cell's conditions as operations know them.
func (at *Place) Site(c experiments.Cell, output string) operations.Site {
	level, _ := strconv.Atoi(c.Level(experiments.Level))
	return operations.Site{
		Workload: at.Workload, Output: output,
		Workers: max(1, c.Int(experiments.Workers)) * max(1, c.Int(experiments.Threads)),
		Level:   level,
		Layout:  c.Level(experiments.Layout), Cache: c.Level(experiments.Cache), Sync: c.Level(experiments.Sync),
		Sink: c.Level(experiments.Sink),
	}
}

// HasContender reports whether programs that iosweep did not write are given the inputs of
// an operation. They never get at somebody's tree: a contender that moves where
// it should copy passes its verification, and the tree would be gone with the
// trial's directory.
func (p *Prepared) HasContender(op operations.Operation) bool {
	return slices.ContainsFunc(p.Plan.Experiment.Commands, func(c experiments.Command) bool {
		return c.Operation == op.Info().Name
	})
}

// locate resolves the trees and directories of all cells and reports every one
// that will not do, each once.
func (p *Prepared) locate(from Base) error {
	e := p.Plan.Experiment
	l := locator{experiment: e, from: from, spaces: map[string]string{}, trees: map[string]string{}}
	p.Places = make([]*Place, 0, len(e.Cells))
	known := map[where]*Place{}
	for _, c := range e.Cells {
		w := e.WorkloadOf(c)
		at := where{Workspace: l.workspace(c), Workload: workload.Workload{
			Files: w.Files, Content: w.Content, Lines: w.Lines, Values: w.Values, Size: w.Size, Seed: w.Seed,
		}}
		if w.From != "" {
			at.Workload = workload.Workload{From: l.tree(c, w.From, at.Workspace)}
		}
		if _, ok := p.Disks[at.Workspace]; !ok {
			p.Disks[at.Workspace] = sysinfo.FilesystemOf(at.Workspace)
			p.Workspaces = append(p.Workspaces, at.Workspace)
		}
		l.combination(c, p.Disks[at.Workspace])
		op, ok := operations.Named(c.Level(experiments.Operation))
		cache := c.Level(experiments.Cache)
		if ok && at.Workload.From != "" && !p.HasContender(op) && (cache == operations.CacheCold || cache == operations.CacheDirect) {
			l.onDisk(c, sysinfo.FilesystemOf(at.Workload.From), "tree") // else it is copied into the workspace
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

// below is a path that may be relative to a directory; an empty one stays empty.
func below(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// alias is where a workspace shows up in a tree, if that is under another path.
func alias(at, space string) string {
	if at == space {
		return ""
	}
	return ", mounted at " + at
}
