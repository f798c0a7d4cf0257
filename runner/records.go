package runner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"iosweep/internal/durable"
	"iosweep/internal/sysinfo"
	"iosweep/journal"
	"iosweep/runner/preflight"
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
