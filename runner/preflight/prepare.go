package preflight

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"iosweep/experiments"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workload"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/schedule"
	"iosweep/strategies"
)

// Prepared is a plan on this machine: every check that needs the machine has
// been made, and nothing has been written.
type Prepared struct {
	Plan *schedule.Plan
	ID   string // of the run: it names its workspaces
	// Cells is what the journal says of the cells, without their levels, which the
	// experiment has: maps of them for 100,000 cells take more than all else.
	Cells []journal.Cell

	Machine sysinfo.Machine

	Workspaces []string // directories under test, resolved, each once
	Places     []Place  // by cell
	manifests  manifests
	Disks      map[string]sysinfo.Filesystem // by workspace
}

// A place is where a cell's trials happen, resolved on this machine. Cells with the
// same workspace and workload share it.
type Place struct{ *spot }

type spot struct {
	Workspace string
	Workload  workload.Workload
	Survey    *survey
	extent    operations.Extent // of the workload in the workspace
}

// Base is where relative paths begin. Both are absolute.
type Base struct {
	Here string // the directory of the experiment file: of the trees that it names
	Dir  string // the working directory: of workspaces, and of trees named by an override
}

// Prepare checks a plan against this machine. The error is an
// experiments.Problems where it is the experiment that has to change.
func Prepare(ctx context.Context, plan *schedule.Plan, from Base, say func(string)) (*Prepared, error) {
	p := &Prepared{
		Plan: plan, ID: newID(), Machine: sysinfo.Read(), Disks: map[string]sysinfo.Filesystem{},
	}
	if err := p.locate(from); err != nil {
		return nil, err
	}
	if err := p.describeCells(ctx, say); err != nil {
		return nil, err
	}
	return p, nil
}

// Check says what Prepare would refuse about a plan on this machine, and which
// commands cannot run and why, without surveying any workload.
func Check(plan *schedule.Plan, from Base) (missing []string, err error) {
	p := &Prepared{Plan: plan, Disks: map[string]sysinfo.Filesystem{}}
	for _, cmd := range plan.Experiment.Commands {
		if why := whyMissing(cmd); why != "" {
			missing = append(missing, why)
		}
	}
	for _, why := range lacking(plan.Experiment) {
		missing = append(missing, why)
	}
	return missing, p.locate(from)
}

// newID is unique among runs, also those of one second.
func newID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // it never fails: crypto/rand
	return time.Now().Format("20060102-150405-") + hex.EncodeToString(b[:])
}

// locate resolves the trees and directories of all cells and reports every one
// that will not do, each once.
func (p *Prepared) locate(from Base) error {
	e := p.Plan.Experiment
	l := locator{experiment: e, from: from, spaces: map[string]string{}, trees: map[string]string{}}
	p.Places = make([]Place, 0, len(e.Cells))
	known := map[spot]Place{}
	for _, c := range e.Cells {
		w := e.WorkloadOf(c)
		at := spot{Workspace: l.workspace(c), Workload: workload.Workload{
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
		if op, ok := operations.Named(c.Level(experiments.Operation)); ok && at.Workload.From != "" && !p.Lends(op) {
			l.readFrom(c, at.Workload.From) // else it is copied into the workspace
		}
		shared, ok := known[at]
		if !ok {
			shared = Place{new(at)}
			known[at] = shared
		}
		p.Places = append(p.Places, shared)
	}
	return l.err()
}

// describeCells surveys every workload and fills in what the journal says of each cell.
func (p *Prepared) describeCells(ctx context.Context, say func(string)) error {
	e := p.Plan.Experiment
	missing, optional := map[string]string{}, map[string]bool{}
	for _, cmd := range e.Commands {
		missing[cmd.Name], optional[cmd.Name] = whyMissing(cmd), cmd.Optional
	}
	for name, why := range lacking(e) {
		missing[name] = why
	}
	p.Cells = namedCells(e)
	limit, limited := process.DescriptorLimit()
	largest := process.FileLimit()
	return p.survey(ctx, say, func(i int) {
		cell, survey, strategy := &p.Cells[i], p.Places[i].Survey, e.Cells[i].Level(experiments.Strategy)
		cell.Files, cell.Bytes, cell.Inputs = survey.Manifest.Len(), survey.bytes, survey.sum
		cell.Skip, cell.Optional = missing[strategy], optional[strategy]
		if cell.Skip == "" && limited {
			cell.Skip = p.tooManyFiles(i, limit)
		}
		if cell.Skip == "" {
			cell.Skip = tooLargeFile(p.Places[i].extent.Largest, largest)
		}
	})
}

// namedCells is what the plan alone says of its cells, without their levels.
func namedCells(e *experiments.Experiment) []journal.Cell {
	list := make([]journal.Cell, len(e.Cells))
	for i, c := range e.Cells {
		list[i] = journal.Cell{Name: c.String(), Baseline: e.Baseline[i], Concurrency: concurrency(c)}
	}
	return list
}

// OutlinedCells is what the plan alone says of its cells.
func OutlinedCells(e *experiments.Experiment) []journal.Cell {
	list := namedCells(e)
	for i, c := range e.Cells {
		list[i].Levels = LevelsOf(e, c)
		for _, f := range c.Custom() {
			list[i].Custom = append(list[i].Custom, f.Axis)
		}
	}
	return list
}

func LevelsOf(e *experiments.Experiment, c experiments.Cell) map[string]string {
	factors := e.FactorsOf(c)
	levels := make(map[string]string, len(factors))
	for _, f := range factors {
		levels[f.Axis] = f.Level
	}
	return levels
}

// whyMissing says why a contender cannot run on this machine, or "".
func whyMissing(c experiments.Command) string {
	if c.Operation == "read" && !process.CanVerifyReads {
		return fmt.Sprintf("what %s reads cannot be verified on %s", c.Name, runtime.GOOS)
	}
	for _, program := range c.Requires {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (the command %q requires it)", program, c.Name)
		}
	}
	// A placeholder or a path is known only when the trial is.
	if program := c.Run[0]; filepath.Base(program) == program && !hasPlaceholder(program) {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (it is what the command %q runs)", program, c.Name)
		}
	}
	return ""
}

// Programs are where the programs of contenders are, by name, every link on the
// way followed: python3 leads to python3.11. Those that are not there are left out.
func Programs(e *experiments.Experiment) map[string]string {
	found := map[string]string{}
	for _, c := range e.Commands {
		for _, program := range append([]string{c.Run[0]}, c.Requires...) {
			path, err := exec.LookPath(program)
			if err != nil || hasPlaceholder(program) {
				continue
			}
			if real, err := filepath.EvalSymlinks(path); err == nil {
				path = real
			}
			found[program] = path
		}
	}
	return found
}

func hasPlaceholder(s string) bool {
	for _, r := range s {
		if r == '{' {
			return true
		}
	}
	return false
}

// concurrency returns how many goroutines may work at once: workers, times the
// threads of each, times the stages that one stands for. It is 0 if nothing bounds
// them, and for a contender that does not say.
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

// Lends says whether programs that iosweep did not write are given the inputs of
// an operation. They never get at somebody's tree: a contender that moves where
// it should copy passes its verification, and the tree would be gone with the
// trial's directory.
func (p *Prepared) Lends(op operations.Operation) bool {
	return slices.ContainsFunc(p.Plan.Experiment.Commands, func(c experiments.Command) bool {
		return c.Operation == op.Info().Name
	})
}

// SiteOf is a cell's conditions as operations know them.
func SiteOf(c experiments.Cell, at Place, output string) operations.Site {
	level, _ := strconv.Atoi(c.Level(experiments.Level))
	return operations.Site{
		Workload: at.Workload, Output: output,
		Workers: max(1, c.Int(experiments.Workers)) * max(1, c.Int(experiments.Threads)),
		Level:   level,
		Layout:  c.Level(experiments.Layout), Cache: c.Level(experiments.Cache), Sync: c.Level(experiments.Sync),
		Sink: c.Level(experiments.Sink),
	}
}
