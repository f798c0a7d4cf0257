package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iosweep/analysis"
	"iosweep/analysis/reproduce"
	"iosweep/bundle"
	"iosweep/experiments"
	"iosweep/internal/durable"
	"iosweep/internal/regular"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/preflight"
)

// A bundled run is the run of a bundle that is an EXPERIMENT of the command line.
type bundledRun struct {
	log  *journal.Log
	head string // of the chain over its journal
	path string // of the bundle
}

// bundledExperiment returns the experiment of a bundle. It refuses a bundle that was changed. The experiment
// and its scripts are written to the cache of the user, so that commands find them.
func bundledExperiment(path string) (experimentSource, error) {
	b, err := bundle.Open(path)
	if err != nil {
		return experimentSource{}, err
	}
	v, err := b.VerifyRecord()
	if err != nil {
		return experimentSource{}, fmt.Errorf("%s: %w", path, err)
	}
	if v.Log.Run.AB != nil {
		return experimentSource{}, fmt.Errorf("%s is a run of iosweep ab, which needs the repository of the program: use iosweep ab with its experiment file", path)
	}
	if !v.Log.Run.IsResumable() {
		return experimentSource{}, fmt.Errorf("%s cannot be repeated: the iosweep that measured it did not record the experiment; iosweep verify checks it", path)
	}
	dir, err := unpack(b, v)
	if err != nil {
		return experimentSource{}, fmt.Errorf("cannot unpack %s: %w", path, err)
	}
	run := &v.Log.Run
	here := filepath.Join(dir, filepath.FromSlash(b.Here(run)))
	file := filepath.Join(here, "bundled-experiment.yaml") // the journal has a name, which anybody may have written
	if err := keep(file, []byte(run.Origin.Source)); err != nil {
		return experimentSource{}, fmt.Errorf("cannot unpack %s: %w", path, err)
	}
	work, err := os.Getwd()
	return experimentSource{
		file: path, path: file, here: here, work: work, data: []byte(run.Origin.Source), bundle: path, bundled: &bundledRun{v.Log, v.Head, path},
	}, err
}

// unpack writes the scripts of a bundle to a directory of the cache, and returns it.
func unpack(b *bundle.Bundle, v *bundle.Verification) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w\nset XDG_CACHE_HOME to a directory of yours, for the scripts of the bundle", err)
	}
	dir := filepath.Join(cache, "iosweep", "bundles", v.Head[:32])
	for _, f := range b.Scripts(&v.Log.Run) {
		name, err := filepath.Localize(f.Name)
		if err != nil {
			return "", fmt.Errorf("the name of the script %q is not valid on this system", f.Name)
		}
		if err := keep(filepath.Join(dir, name), f.Data); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// keep writes a file of the cache, unless it has this content. A command may run it: an archive need not keep the
// permissions of its files.
func keep(path string, data []byte) error {
	const mode = 0o700
	if have, err := regular.ReadFile(path, int64(len(data))+1); err == nil && bytes.Equal(have, data) {
		return os.Chmod(path, mode)
	}
	if err := workspace.CreateCache(filepath.Dir(path)); err != nil {
		return err
	}
	if err := durable.WriteFile(path, data); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

// apply puts the flags of the run of the bundle before the present ones. Its budget was for another machine. typed are
// the overrides of the present flags, which replace overrides of the same keys.
func (r *bundledRun) apply(f *experimentFlags, typed []string) {
	run := &r.log.Run
	later := []string{"budget"}
	for _, o := range typed {
		key, _, _ := strings.Cut(o, "=")
		later = append(later, key)
	}
	set := slices.DeleteFunc(slices.Clone(run.Overrides), func(o string) bool {
		key, _, _ := strings.Cut(o, "=")
		return slices.Contains(later, key)
	})
	f.set = append(set, f.set...)
	if f.profile == "" {
		f.profile = run.Profile
	}
	if f.only == nil {
		f.only = run.Only
	}
	if f.cpus == 0 {
		f.cpus = run.Machine.CPUs
		if run.CPUs > 0 {
			f.cpus = run.CPUs
		}
	}
	if f.maxCells == experiments.DefaultMaxCells {
		f.maxCells = max(f.maxCells, len(run.Cells))
	}
}

// table returns the results of the bundle as the published table of a plan with these cells.
func (r *bundledRun) table(cells []journal.Cell) (*journal.Published, error) {
	log := *r.log
	log.Run.Judge = "" // a published table is about the time
	d := analysis.New(&log)
	table := reproduce.Authors(d, fmt.Sprintf("run %s of %s with the head %s", log.Run.ID, log.Run.StartedAt.UTC().Format(time.DateOnly), r.head), r.head, cells)
	if len(table.Rows) == 0 {
		return nil, errors.New(r.path + " has no measured cell to reproduce")
	}
	return table, nil
}

// tableOfBundle returns the table of a run that reproduces a bundle, for the plan of an experiment.
func tableOfBundle(run *journal.Run, e *experiments.Experiment) *journal.Published {
	index := map[string]int{}
	for i, c := range preflight.PlannedCells(e) {
		index[c.Name] = i
	}
	find := func(cell int) int {
		if cell < 0 || cell >= len(run.Cells) {
			return -1
		}
		if i, ok := index[run.Cells[cell].Name]; ok {
			return i
		}
		return -1
	}
	table := *run.Published
	table.Rows = slices.Clone(table.Rows)
	for i := range table.Rows {
		var cells []journal.PublishedCell
		for _, c := range table.Rows[i].Cells {
			if c.Cell, c.Baseline = find(c.Cell), find(c.Baseline); c.Cell >= 0 {
				cells = append(cells, c)
			}
		}
		table.Rows[i].Cells = cells
	}
	return &table
}
