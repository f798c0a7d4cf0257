package runner

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"time"

	"iosweep/internal/durable"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
)

// Names of the files beside the journal that describe a run.
const (
	experimentFile  = "experiment.yaml"
	planFile        = "plan.json"
	environmentFile = "environment.json"
)

// planRecord is the content of plan.json.
type planRecord struct {
	Hash      string         `json:"plan_hash"`
	Seed      int64          `json:"seed"`
	Order     string         `json:"order"`
	Profile   string         `json:"profile,omitempty"`
	Overrides []string       `json:"overrides"`
	Only      []string       `json:"only"`
	Cells     []plannedCell  `json:"cells"`
	Rounds    []plannedRound `json:"rounds,omitempty"`
}

// plannedCell describes a cell of the plan. Rounds refer to its index in the list.
type plannedCell struct {
	Name     string            `json:"name"`
	Levels   map[string]string `json:"levels"`
	Baseline int               `json:"baseline"`
	Skip     string            `json:"skip,omitempty"`
}

// plannedRound describes a round: the indices of its cells in their order.
type plannedRound struct {
	Phase journal.Phase `json:"phase"`
	Round int           `json:"round"`
	Cells []int         `json:"cells"`
}

// environmentRecord is the content of environment.json.
type environmentRecord struct {
	sysinfo.Machine
	Iosweep  string            `json:"iosweep"`
	Programs map[string]string `json:"programs,omitempty"` // paths of the programs of contenders
	// ProgramDetails and Versions are as in the journal.
	ProgramDetails map[string]journal.ProgramDetails `json:"program_details,omitempty"`
	Versions       []journal.Version                 `json:"versions,omitempty"`
	// Interpreters are the Python interpreters of contenders, with the seconds of their start.
	Interpreters []journal.Interpreter         `json:"interpreters,omitempty"`
	StartedAt    time.Time                     `json:"started_at"`
	Filesystems  map[string]sysinfo.Filesystem `json:"filesystems"` // by workspace
}

// writeRecords writes the files that describe the plan and the machine, before the first trial.
func (r *run) writeRecords() error {
	if err := r.writePlan(); err != nil {
		return err
	}
	return r.writeJSON(environmentFile, environmentRecord{
		Machine: r.Machine, Iosweep: r.opt.Version, Programs: r.Programs().Paths, ProgramDetails: r.Programs().Details, Versions: r.Versions, Interpreters: r.interpreterRecords(), StartedAt: r.started.UTC(), Filesystems: r.Disks,
	})
}

// writePlan writes the experiment file and the plan. A shard writes neither: the directory of its sweep has the
// whole plan, which never changes.
func (r *run) writePlan() error {
	if r.opt.Shard != nil {
		return nil
	}
	if err := r.writeFile(experimentFile, []byte(r.opt.Origin.Source)); err != nil {
		return err
	}
	return r.writeJSON(planFile, r.planRecord())
}

// maxListedTrials is the largest number of trials for which plan.json lists the order of every
// round. For larger plans the list could take gigabytes. The settings seed and order, which
// plan.json contains too, determine it anyway.
const maxListedTrials = 1_000_000

func (r *run) planRecord() planRecord {
	e := r.Plan.Experiment
	record := planRecord{
		Hash: r.Plan.Hash, Seed: e.Trials.Seed, Order: string(e.Trials.Order), Profile: e.Profile,
		Overrides: append([]string{}, r.opt.Overrides...), Only: append([]string{}, r.opt.Only...),
	}
	for i, c := range r.Cells {
		record.Cells = append(record.Cells, plannedCell{c.Name, maps.Collect(e.FactorsOf(e.Cells[i])), c.Baseline, c.Skip})
	}
	if r.Plan.Trials() > maxListedTrials {
		return record
	}
	for n := range r.Plan.Rounds {
		round := r.Plan.Round(n)
		record.Rounds = append(record.Rounds, plannedRound{round.Phase, round.Number, r.Plan.Order(n)})
	}
	return record
}

func (r *run) writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return r.writeFile(name, append(data, '\n'))
}

// writeFile writes a file atomically, so that a reader never sees an incomplete plan.
func (r *run) writeFile(name string, data []byte) error {
	return durable.WriteFile(filepath.Join(r.opt.Out, name), data)
}
