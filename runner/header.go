package runner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/experiments"
	"iosweep/internal/ceilings"
	"iosweep/internal/durable"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// header returns the header of the journal.
func (r *run) header(planned journal.Run) journal.Run {
	if planned.StartedAt.IsZero() {
		planned.StartedAt = r.started.UTC()
	}
	r.planned = planned
	planned.Cells = r.CellMap.Merged
	planned.Published = r.Published(planned.Published)
	return planned
}

// reviseHeader appends a header that replaces the earlier one.
func (r *run) reviseHeader(header journal.Run) error {
	header.RevisedAt = new(time.Now().UTC())
	return r.journal.Append(journal.Entry{Run: &header})
}

// newHeader returns a header that describes the plan and this machine, for a run that has not
// started.
func newHeader(p *preflight.Prepared, opt Options) (journal.Run, error) {
	h, err := planHeader(p.Plan, p.Cells, opt)
	programs := p.Programs()
	h.ID, h.Go, h.Sources = p.ID, p.Machine.Go, p.Revisions
	h.Programs, h.ProgramDetails, h.Versions = programs.Paths, programs.Details, p.Versions
	h.ProgramSums = map[string]string{}
	for name, d := range programs.Details {
		if d.SHA256 != "" {
			h.ProgramSums[name] = d.SHA256[:16]
		}
	}
	h.Machine = MachineOf(p)
	h.Workspaces = p.Workspaces
	h.Ceilings = ceilingsOf(p.Workspaces)
	if len(p.Workspaces) > 1 {
		for _, workspace := range p.Workspaces {
			h.Filesystems = append(h.Filesystems, p.Disks[workspace].Type)
		}
	}
	return h, err
}

// ceilingsOf returns the limits that were measured for workspaces. A file of the cache that cannot be
// read is no reason to stop a run.
func ceilingsOf(workspaces []string) (list []journal.Ceilings) {
	for _, workspace := range workspaces {
		if c, err := ceilings.Load(workspace); err == nil && c != nil {
			c.Workspace = workspace
			list = append(list, *c)
		}
	}
	return list
}

// MachineOf returns what the journal has about the machine of a plan.
func MachineOf(p *preflight.Prepared) journal.Machine {
	m := p.Machine
	machine := journal.Machine{
		Host: m.Host, OS: m.OS, Kernel: m.Kernel, CPUModel: m.CPUModel, CPUs: m.CPUs, Memory: m.Memory, Governor: m.Governor,
	}
	if len(p.Workspaces) > 0 {
		disk := p.Disks[p.Workspaces[0]]
		machine.Filesystem, machine.Mount = disk.Type, disk.Options
	}
	return machine
}

// planHeader returns the part of the header that does not depend on the machine. It also sets the
// fields of the cells that come from the experiment.
func planHeader(p *schedule.Plan, cells []journal.Cell, opt Options) (journal.Run, error) {
	e := p.Experiment
	commands, err := commandDefinitions(e, opt)
	cells = slices.Clone(cells)
	metrics := schedule.Metrics(e)
	commandSum := schedule.CommandSums(commands, metrics)
	for i, c := range e.Cells {
		cells[i].Levels = maps.Collect(e.FactorsOf(c))
		cells[i].Command = commandSum(cells[i].Levels)
		cells[i].Custom = c.Custom()
		if repeats := e.RepeatsOf(i); repeats != e.Trials.Repeats {
			cells[i].Repeats = repeats
		}
	}
	run := journal.Run{
		Version: journal.FormatVersion, PlanHash: p.Hash, Reproduce: opt.Reproduce,
		Name: e.Name, Title: e.Title, Description: e.Description, Iosweep: opt.Version,
		Repeats: e.Trials.Repeats, Warmup: e.Trials.Warmup, Order: string(e.Trials.Order), Seed: e.Trials.Seed,
		X: e.Reports.X, Plots: e.Reports.Plots, Formats: e.Reports.Formats,
		Cells:   cells,
		Profile: e.Profile, Overrides: opt.Overrides, Only: opt.Only, Published: cmp.Or(opt.Published, schedule.PublishedTable(e)),
		Origin: opt.Origin, Commands: commands, Operations: operationRecords(e), Found: e.Found,
		Metrics: metrics, Judge: e.Judge,
	}
	if e.AB != nil {
		run.AB = new(journal.AB(*e.AB))
	}
	if a := e.Trials.Adaptive; a != nil {
		run.Adaptive = new(journal.Adaptive(*a))
	}
	return run, err
}

// commandDefinitions returns the contenders, with the checksums of their scripts.
func commandDefinitions(e *experiments.Experiment, opt Options) (list []journal.Command, err error) {
	sums := map[string]map[string]string{} // of scripts, by command
	for c, s := range e.Scripts() {
		name, script := c.Name, s.Path
		if _, known := sums[name][script]; known {
			continue
		}
		sum, err := fileSum(filepath.Join(opt.Here, filepath.FromSlash(script)), opt.Scripts[script])
		if errors.Is(err, fs.ErrNotExist) { // a new run is refused earlier, and a resumed one compares the sums
			sum, err = journal.MissingScript, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the command %q uses {here}/%s: %w", name, script, err)
		}
		if sums[name] == nil {
			sums[name] = map[string]string{}
		}
		sums[name][script] = sum
	}
	for _, c := range e.Commands {
		command := journal.Command{
			Name: c.Name, Operation: c.Operation, Run: c.Run, Env: c.Environ(nil),
			ExpectFailure: c.ExpectFailure, ExpectError: c.ExpectError, Scripts: sums[c.Name], Files: otherFiles(e, &c),
		}
		if op, own := e.OperationNamed(c.Operation); own {
			command.Definition = op.Definition()
		}
		if c.Source != nil {
			command.Git, command.Build = c.Source.Git, c.Source.Build
		}
		list = append(list, command)
	}
	return list, nil
}

// otherFiles returns the paths of scripts that the journal does not have in the argv of a command:
// from env, which it has without placeholders, and from the operation.
func otherFiles(e *experiments.Experiment, c *experiments.Command) (list []string) {
	inRun := experiments.Command{Run: c.Run}
	known := inRun.ScriptTemplates()
	for _, s := range e.ScriptTemplates(c) {
		if !slices.ContainsFunc(known, func(k experiments.Script) bool { return k.Path == s.Path }) {
			list = append(list, s.Path)
		}
	}
	return list
}

// operationRecords describes the operations that the experiment defines.
func operationRecords(e *experiments.Experiment) (list []journal.Operation) {
	for i := range e.Operations {
		op := &e.Operations[i]
		record := journal.Operation{Name: op.Name, About: op.About}
		if op.Verifies() {
			record.Verify = op.Checks()
		}
		list = append(list, record)
	}
	return list
}

// fileSum returns the SHA-256 checksum of a file. If the file does not exist, it uses the content
// that will be written there. For a directory, which a command may use too, it returns the type
// of the file.
func fileSum(path string, content []byte) (string, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return info.Mode().Type().String(), nil
	}
	sum, err := contentOf(path) // in pieces, because a file may be as large as a disk image
	if errors.Is(err, fs.ErrNotExist) && content != nil {
		sum, err = sha256.Sum256(content), nil
	}
	return hex.EncodeToString(sum[:]), err
}

// writeScripts writes the scripts of a built-in experiment to the results directory, so that
// users can read them and run them again. It does not change an existing script: Resume has
// compared its checksum before.
func (opt *Options) writeScripts() error {
	for _, name := range slices.Sorted(maps.Keys(opt.Scripts)) {
		path := filepath.Join(opt.Out, filepath.FromSlash(name))
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		// The target of a symbolic link may belong to another program.
		dir := filepath.Dir(path)
		if info, err := os.Lstat(dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a symbolic link, which iosweep does not follow\nremove it, and iosweep will write the scripts of the experiment there again", dir)
		}
		if err := workspace.EnsureDirectory(dir); err != nil {
			return err
		}
		if err := durable.WriteFile(path, opt.Scripts[name]); err != nil {
			return err
		}
	}
	return nil
}
