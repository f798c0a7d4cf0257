package preflight

import (
	"fmt"
	"path/filepath"

	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

// checkNames refuses trees whose files cannot be in a workspace, before every trial of their cells
// fails. A name may be too long there, or equal to another one. An operation may add a suffix to
// it. The error lists all problems.
func (p *Prepared) checkNames() error {
	l := locator{experiment: p.Plan.Experiment}
	type work struct {
		place     *Place
		operation string
		strategy  string // of a contender
	}
	checked := map[work]bool{}
	for i, at := range p.Places {
		c := p.Plan.Experiment.Cells[i]
		op, ok := OperationOf(p.Plan.Experiment, c)
		if at.Workload.From == "" || !ok {
			continue
		}
		w := work{place: at, operation: op.Info().Name}
		_, contender := p.Plan.Experiment.Command(c)
		if contender {
			w.strategy = c.Level(experiments.Strategy)
		}
		if checked[w] {
			continue
		}
		checked[w] = true
		if p.makesItems(op, at, c) {
			space, _ := sysinfo.SpaceOf(at.Workspace) // a limit of 0 is unknown
			rules := operations.NameRules{Longest: int(space.LongestName), FoldsCase: sysinfo.FoldsCase(at.Workspace)}
			l.addTree(c, operations.CheckNames(op, at.Manifest, rules))
		}
		if contender && op.Info().Output == "" && at.extent.Output(op, at.Site(c, "")).Files > int64(at.Manifest.Len()) {
			l.addTree(c, p.longPaths(w.strategy, "write", trialOutput, at))
		} else if contender && op.Info().Needs != operations.NeedsNothing {
			l.addTree(c, p.longPaths(w.strategy, "read", sharedInput, at))
		}
	}
	return l.err()
}

// makesItems reports whether the trials of a cell make a file for each item in the workspace.
func (p *Prepared) makesItems(op operations.Operation, at *Place, c experiments.Cell) bool {
	info, site := op.Info(), at.Site(c, "")
	return info.Needs == operations.NeedsDisposableCopy ||
		info.Needs == operations.NeedsFiles && p.HasContender(op) ||
		info.Output == "" && op.Footprint(site, at.extent).Files >= int64(at.Manifest.Len())
}

// maxPath is the maximum length of a path in a system call: PATH_MAX in path_resolution(7),
// without the zero byte at the end.
const maxPath = 4095

// longPaths returns the reason why a contender cannot write or read the items of a tree in a
// directory, if the path of one is too long. Built-in strategies use paths relative to open
// directories.
func (p *Prepared) longPaths(contender, verb, dir string, at *Place) []string {
	prefix := len(filepath.Join(workspace.PathOf(at.Workspace, p.ID), dir)) + 1
	longest, count := "", 0
	for _, file := range at.Manifest.All() {
		if prefix+len(file.Name) > maxPath {
			count++
			if len(file.Name) > len(longest) {
				longest = file.Name
			}
		}
	}
	if count == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the command %q would %s %s at a path of %d bytes in the run directory, but programs can open only %d (files with such paths: %d); choose a workspace with a shorter path, or use a tree with shorter paths",
		contender, verb, oneline.Name(longest), prefix+len(longest), maxPath, count)}
}

// Examples of directories of a trial, relative to the run directory. The input is the shortest one.
const (
	trialOutput = "trials/000001/output"
	sharedInput = "inputs/1"
)
