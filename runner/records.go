package runner

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"iosweep/internal/durable"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/runner/journal"
)

// Names of the files that say what a run was.
const (
	experimentFile  = "experiment.yaml"
	planFile        = "plan.json"
	environmentFile = "environment.json"
)

// planRecord is plan.json.
type planRecord struct {
	Hash      string        `json:"plan_hash"`
	Seed      int64         `json:"seed"`
	Order     string        `json:"order"`
	Profile   string        `json:"profile,omitempty"`
	Overrides []string      `json:"overrides"`
	Only      []string      `json:"only"`
	Cells     []plannedCell `json:"cells"`
	Rounds    []plannedOnce `json:"rounds"`
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
	Phase string `json:"phase"`
	Round int    `json:"round"`
	Cells []int  `json:"cells"`
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
	plan := planRecord{
		Hash: r.Plan.Hash, Seed: r.Plan.Experiment.Trials.Seed, Order: r.order(),
		Profile:   r.Plan.Experiment.Profile,
		Overrides: append([]string{}, r.opt.Overrides...), Only: append([]string{}, r.opt.Only...),
	}
	for _, c := range r.Cells {
		plan.Cells = append(plan.Cells, plannedCell{c.Name, c.Levels, c.Baseline, c.Skip})
	}
	for _, round := range r.Plan.Rounds {
		plan.Rounds = append(plan.Rounds, plannedOnce{round.Phase, round.Number, round.Order})
	}
	if err := r.writeFile(experimentFile, r.opt.Source); err != nil {
		return err
	}
	if err := r.writeJSON(planFile, plan); err != nil {
		return err
	}
	return r.writeJSON(environmentFile, environmentRecord{
		Machine: r.Machine, Iosweep: r.opt.Version, Programs: programs(r.Plan.Experiment), StartedAt: r.started.UTC(), Filesystems: r.disks,
	})
}

// writeScripts puts the contenders that come with the experiment beside its
// results: what was run stays there to be read, and to be run again.
func (r *run) writeScripts() error {
	for _, name := range slices.Sorted(maps.Keys(r.opt.Scripts)) {
		path := filepath.Join(r.opt.Out, filepath.FromSlash(name))
		if err := workspace.CreateIn(filepath.Dir(path)); err != nil {
			return err
		}
		if err := r.writeFile(filepath.FromSlash(name), r.opt.Scripts[name]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) order() string {
	if r.Plan.Experiment.Trials.Shuffled {
		return "shuffled"
	}
	return "listed"
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
func (r *run) header() journal.Run {
	e, m := r.Plan.Experiment, r.Machine
	h := journal.Run{
		Version: journal.FormatVersion, ID: r.ID, PlanHash: r.Plan.Hash,
		Name: e.Name, Title: e.Title, Description: e.Description,
		StartedAt: r.started.UTC(), Iosweep: r.opt.Version, Go: m.Go,
		Repeats: e.Trials.Repeats, Warmup: e.Trials.Warmup, Order: r.order(), Seed: e.Trials.Seed,
		X: e.Reports.X.String(), Plots: e.Reports.Plots,
		Machine: journal.Machine{
			Host: m.Host, OS: m.OS, Kernel: m.Kernel, CPUModel: m.CPUModel, CPUs: m.CPUs, Memory: m.Memory,
		},
		Cells: r.Cells, Programs: programs(e),
		Profile: e.Profile, Overrides: r.opt.Overrides, Only: r.opt.Only, Published: PublishedTable(e),
	}
	if len(r.workspaces) > 0 {
		h.Machine.Filesystem = r.disks[r.workspaces[0]].Type
	}
	return h
}
