package runner

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/experiments"
	"iosweep/internal/durable"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// Names of the files that say what a run was.
const (
	experimentFile  = "experiment.yaml"
	planFile        = "plan.json"
	environmentFile = "environment.json"
)

// planRecord is plan.json without its last two keys, cells and rounds.
type planRecord struct {
	Hash      string   `json:"plan_hash"`
	Seed      int64    `json:"seed"`
	Order     string   `json:"order"`
	Profile   string   `json:"profile,omitempty"`
	Overrides []string `json:"overrides"`
	Only      []string `json:"only"`
}

// plannedCell is a cell of the plan; its index in the list is its number.
type plannedCell struct {
	Name     string            `json:"name"`
	Levels   map[string]string `json:"levels"`
	Baseline int               `json:"baseline"`
	Skip     string            `json:"skip,omitempty"`
}

// plannedOnce is a round: the numbers of its cells in their order.
type plannedOnce struct {
	Phase journal.Phase `json:"phase"`
	Round int           `json:"round"`
	Cells []int         `json:"cells"`
}

// environmentRecord is environment.json.
type environmentRecord struct {
	sysinfo.Machine
	Iosweep     string                        `json:"iosweep"`
	Programs    map[string]string             `json:"programs,omitempty"` // of contenders: where they are
	StartedAt   time.Time                     `json:"started_at"`
	Filesystems map[string]sysinfo.Filesystem `json:"filesystems"` // by workspace
}

// writeRecords writes what was planned, and where, before anything is measured.
func (r *run) writeRecords() error {
	if err := r.writePlan(); err != nil {
		return err
	}
	return r.writeJSON(environmentFile, environmentRecord{
		Machine: r.Machine, Iosweep: r.opt.Version, Programs: preflight.Programs(r.Plan.Experiment), StartedAt: r.started.UTC(), Filesystems: r.Disks,
	})
}

// writePlan writes the experiment and what became of it.
func (r *run) writePlan() error {
	plan := planRecord{
		Hash: r.Plan.Hash, Seed: r.Plan.Experiment.Trials.Seed, Order: string(r.Plan.Experiment.Trials.Order),
		Profile:   r.Plan.Experiment.Profile,
		Overrides: append([]string{}, r.opt.Overrides...), Only: append([]string{}, r.opt.Only...),
	}
	if err := r.writeFile(experimentFile, []byte(r.opt.Origin.Source)); err != nil {
		return err
	}
	return durable.Write(filepath.Join(r.opt.Out, planFile), func(w io.Writer) error {
		return r.encodePlan(w, plan)
	})
}

// mostListed is the number of trials up to which plan.json lists the order of every
// round. Beyond it the list would take gigabytes, and seed and order determine it.
const mostListed = 1_000_000

// encodePlan writes plan.json cell by cell and round by round: as one value it would
// take several times the memory of the plan.
func (r *run) encodePlan(w io.Writer, plan planRecord) error {
	head, err := json.MarshalIndent(plan, "", " ")
	if err != nil {
		return err
	}
	if _, err := w.Write(bytes.TrimSuffix(head, []byte("\n}"))); err != nil {
		return err
	}
	err = encodeList(w, "cells", len(r.Cells), func(i int) any {
		e, c := r.Plan.Experiment, &r.Cells[i]
		return plannedCell{c.Name, preflight.LevelsOf(e, e.Cells[i]), c.Baseline, c.Skip}
	})
	if err == nil && r.Plan.Trials() <= mostListed {
		err = encodeList(w, "rounds", r.Plan.Rounds, func(n int) any {
			round := r.Plan.Round(n)
			return plannedOnce{round.Phase, round.Number, r.Plan.Order(n)}
		})
	}
	if err == nil {
		_, err = io.WriteString(w, "\n}\n")
	}
	return err
}

// encodeList writes a further key of an object with a list of at least one element,
// as json.MarshalIndent does.
func encodeList(w io.Writer, key string, length int, element func(int) any) error {
	separator := ",\n \"" + key + "\": ["
	for i := range length {
		data, err := json.MarshalIndent(element(i), "  ", " ")
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s\n  %s", separator, data); err != nil {
			return err
		}
		separator = ","
	}
	_, err := io.WriteString(w, "\n ]")
	return err
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
// there already is left as it is: whether it may be another was settled before.
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
		if err := workspace.CreateIn(dir); err != nil {
			return err
		}
		if err := r.writeFile(filepath.FromSlash(name), r.opt.Scripts[name]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return r.writeFile(name, append(data, '\n'))
}

// writeFile writes whole or not at all: a reader never sees half a plan.
func (r *run) writeFile(name string, data []byte) error {
	return durable.WriteFile(filepath.Join(r.opt.Out, name), data)
}

// header is the first line of the journal.
func (r *run) header(planned journal.Run) journal.Run {
	planned.Cells = r.Continuation.Merged
	planned.Published = r.Published(planned.Published)
	planned.StartedAt = r.started.UTC()
	return planned
}

// planned is what a journal says of the plan on this machine: the header of a run
// that has not begun.
func planned(p *preflight.Prepared, opt Options) (journal.Run, error) {
	e, m := p.Plan.Experiment, p.Machine
	h, err := outline(p.Plan, opt)
	h.ID, h.Go, h.Programs = p.ID, m.Go, preflight.Programs(e)
	h.ProgramSums = programSums(h.Programs)
	h.Machine = journal.Machine{
		Host: m.Host, OS: m.OS, Kernel: m.Kernel, CPUModel: m.CPUModel, CPUs: m.CPUs, Memory: m.Memory, Governor: m.Governor,
	}
	h.Workspaces = p.Workspaces
	for i := range p.Cells {
		cell, here := &h.Cells[i], &p.Cells[i]
		cell.Files, cell.Bytes, cell.Inputs, cell.Skip, cell.Optional = here.Files, here.Bytes, here.Inputs, here.Skip, here.Optional
	}
	if len(p.Workspaces) > 0 {
		disk := p.Disks[p.Workspaces[0]]
		h.Machine.Filesystem, h.Machine.Mount = disk.Type, disk.Options
	}
	return h, err
}

// outline is the part of it that the plan alone decides, whatever the machine.
func outline(p *schedule.Plan, opt Options) (journal.Run, error) {
	e := p.Experiment
	commands, err := definitions(e, opt)
	cells := preflight.OutlinedCells(e)
	sums := schedule.CommandSums(commands)
	for i, c := range e.Cells {
		cells[i].Command = sums[c.Level(experiments.Strategy)]
	}
	return journal.Run{
		Version: journal.FormatVersion, PlanHash: p.Hash, Reproduce: opt.Reproduce,
		Name: e.Name, Title: e.Title, Description: e.Description, Iosweep: opt.Version,
		Repeats: e.Trials.Repeats, Warmup: e.Trials.Warmup, Order: string(e.Trials.Order), Seed: e.Trials.Seed,
		X: e.Reports.X.String(), Plots: e.Reports.Plots,
		Cells: cells, Adaptive: adaptiveOf(e),
		Profile: e.Profile, Overrides: opt.Overrides, Only: opt.Only, Published: schedule.PublishedTable(e),
		Origin: opt.Origin, Commands: commands,
	}, err
}

func adaptiveOf(e *experiments.Experiment) *journal.Adaptive {
	if a := e.Trials.Adaptive; a != nil {
		return &journal.Adaptive{Min: a.Min, Width: a.Width}
	}
	return nil
}

// definitions are the contenders with the content of the scripts that they run.
func definitions(e *experiments.Experiment, opt Options) (list []journal.Command, err error) {
	for _, c := range e.Commands {
		command := journal.Command{
			Name: c.Name, Operation: c.Operation, Run: c.Run, Env: c.Environ(nil),
			ExpectFailure: c.ExpectFailure, ExpectError: c.ExpectError,
		}
		for _, script := range c.Beside() {
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
