package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"iosweep/experiments"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// header is the first line of the journal.
func (r *run) header(planned journal.Run) journal.Run {
	planned.Cells = r.CellMap.Merged
	planned.Published = r.Published(planned.Published)
	planned.StartedAt = r.started.UTC()
	return planned
}

// newHeader is what a journal says of the plan on this machine: the header of a run
// that has not begun.
func newHeader(p *preflight.Prepared, opt Options) (journal.Run, error) {
	e, m := p.Plan.Experiment, p.Machine
	h, err := planHeader(p.Plan, p.Cells, opt)
	h.ID, h.Go, h.Programs = p.ID, m.Go, preflight.Programs(e)
	h.ProgramSums = programSums(h.Programs)
	h.Machine = journal.Machine{
		Host: m.Host, OS: m.OS, Kernel: m.Kernel, CPUModel: m.CPUModel, CPUs: m.CPUs, Memory: m.Memory, Governor: m.Governor,
	}
	h.Workspaces = p.Workspaces
	if len(p.Workspaces) > 0 {
		disk := p.Disks[p.Workspaces[0]]
		h.Machine.Filesystem, h.Machine.Mount = disk.Type, disk.Options
	}
	return h, err
}

// planHeader is the part of it that the plan alone decides, whatever the machine. The cells
// get what the experiment says of them.
func planHeader(p *schedule.Plan, cells []journal.Cell, opt Options) (journal.Run, error) {
	e := p.Experiment
	commands, err := definitions(e, opt)
	cells = slices.Clone(cells)
	sums := schedule.CommandSums(commands)
	for i, c := range e.Cells {
		cells[i].Levels, cells[i].Command = maps.Collect(e.FactorsOf(c)), sums[c.Level(experiments.Strategy)]
		cells[i].Custom = c.Custom()
	}
	run := journal.Run{
		Version: journal.FormatVersion, PlanHash: p.Hash, Reproduce: opt.Reproduce,
		Name: e.Name, Title: e.Title, Description: e.Description, Iosweep: opt.Version,
		Repeats: e.Trials.Repeats, Warmup: e.Trials.Warmup, Order: string(e.Trials.Order), Seed: e.Trials.Seed,
		X: e.Reports.X.String(), Plots: e.Reports.Plots,
		Cells:   cells,
		Profile: e.Profile, Overrides: opt.Overrides, Only: opt.Only, Published: schedule.PublishedTable(e),
		Origin: opt.Origin, Commands: commands,
	}
	if a := e.Trials.Adaptive; a != nil {
		run.Adaptive = new(journal.Adaptive(*a))
	}
	return run, err
}

// definitions are the contenders with the content of the scripts that they run.
func definitions(e *experiments.Experiment, opt Options) (list []journal.Command, err error) {
	for _, c := range e.Commands {
		command := journal.Command{
			Name: c.Name, Operation: c.Operation, Run: c.Run, Env: c.Environ(nil),
			ExpectFailure: c.ExpectFailure, ExpectError: c.ExpectError,
		}
		for _, script := range c.ScriptPaths() {
			sum, err := scriptSum(filepath.Join(opt.Here, filepath.FromSlash(script)), opt.Scripts[script])
			if err != nil {
				return nil, fmt.Errorf("the command %q has {here}/%s: %w", c.Name, script, err)
			}
			if command.Scripts == nil {
				command.Scripts = map[string]string{}
			}
			command.Scripts[script] = sum
		}
		list = append(list, command)
	}
	return list, nil
}

// programSums name the content of programs, by their names; one that may not be read
// has none.
func programSums(paths map[string]string) map[string]string {
	list := map[string]string{}
	for name, path := range paths {
		if sum, err := scriptSum(path, nil); err == nil {
			list[name] = sum[:min(16, len(sum))]
		}
	}
	return list
}

// scriptSum is the SHA-256 of a file, or of what is yet to be put there. What is no
// file has none: a command may as well be given a directory.
func scriptSum(path string, yet []byte) (string, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return info.Mode().Type().String(), nil
	}
	sum, err := contentOf(path) // it may be as large as a disk image
	if errors.Is(err, fs.ErrNotExist) && yet != nil {
		sum, err = sha256.Sum256(yet), nil
	}
	return hex.EncodeToString(sum[:]), err
}

// writeScripts puts the contenders that come with the experiment beside its
// results: what was run stays there to be read, and to be run again. One that is
// there already is left as it is: whether it may be another was checked before.
func (r *run) writeScripts() error {
	for _, name := range slices.Sorted(maps.Keys(r.opt.Scripts)) {
		path := filepath.Join(r.opt.Out, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		// Of one that a link leads to, nobody knows whose it is.
		dir := filepath.Dir(path)
		if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a symbolic link, which is not followed: remove it, and the scripts of the experiment are put there again", dir)
		}
		if err := workspace.EnsureDirectory(dir); err != nil {
			return err
		}
		if err := r.writeFile(filepath.FromSlash(name), r.opt.Scripts[name]); err != nil {
			return err
		}
	}
	return nil
}
