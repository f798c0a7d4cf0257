package runner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
	"iosweep/runner/trial"
)

// An ended trial is what came of one. Its directory stands until tidy.
type endedTrial struct {
	record    journal.Trial
	suspended string // why nothing was measured: the trial was stopped while it ran
	changed   string // what the run stands on and is no longer as it was
	limit     string // the limit of the machine that the cell met
	store     *store
	dir       string
}

// trial runs one trial in a child process, in a fresh directory. Whatever goes wrong
// with the trial is in the record; the error is for what would go wrong with every
// trial.
func (r *run) trial(ctx context.Context, t schedule.Turn, attempt int) (*endedTrial, error) {
	round := r.Plan.Round(t.Round)
	store := r.stores[r.Places[t.Cell].Workspace]
	end := &endedTrial{store: store, record: journal.Trial{
		Trial: r.records + 1, Round: round.Number, Phase: round.Phase, Attempt: attempt,
		Cell: r.Index[t.Cell], Name: r.Cells[t.Cell].Name, Status: journal.Failed,
	}}
	r.attempts++
	name := fmt.Sprintf("%s/%06d", trialsName, r.attempts)
	dir, err := store.ws.Make(name)
	if err != nil {
		return end, err
	}
	end.dir = dir
	spec, err := r.spec(ctx, t.Cell, store, name)
	end.record.StartedAt = time.Now().UTC()
	if err != nil {
		end.record.Error, end.record.Void = err.Error(), fault.Of(err) != ""
		if errors.Is(err, errTooLong) {
			end.record.Status = journal.Timeout
		}
	} else if err := r.runGuarded(ctx, spec, end); err != nil {
		return end, err
	}
	if ctx.Err() == nil && end.suspended == "" {
		r.examine(ctx, t.Cell, end)
	}
	return end, nil
}

// tidy removes what a trial has left, or keeps it. What cannot be removed stays where
// it is: its cell gets no more trials, for it would leave more of it, and the run goes
// on.
func (r *run) tidy(ctx context.Context, t schedule.Turn, end *endedTrial) error {
	record := &end.record
	if end.dir == "" || end.changed != "" {
		return nil
	}
	if r.opt.KeepWorkspace && record.Status != journal.OK && !record.Void && end.suspended == "" && ctx.Err() == nil {
		end.store.kept = true
		return r.note(journal.Note{Kind: journal.NoteKept, Text: end.dir})
	}
	err := end.store.clear(end.dir)
	if left, ok := errors.AsType[*workspace.LeftError](err); ok {
		if ctx.Err() != nil {
			return nil // it was abandoned, and is done again
		}
		return r.setAside(t.Cell, left)
	}
	if err != nil {
		return err
	}
	// What this trial left to be written must not be written during the next.
	return settle(end.store.ws)
}

// spec prepares everything that the child of a cell's trial needs.
func (r *run) spec(ctx context.Context, cell int, store *store, dir string) (*trial.Spec, error) {
	e := r.Plan.Experiment
	c, at := e.Cells[cell], r.Places[cell]
	op, ok := operations.Named(c.Level(experiments.Operation))
	if !ok {
		return nil, fmt.Errorf("unknown operation %q", c.Level(experiments.Operation))
	}
	manifest, err := store.manifest(at.Workload, at.Survey.Manifest)
	if err != nil {
		return nil, err
	}
	output, err := store.ws.Make(filepath.Join(dir, "output"))
	if err != nil {
		return nil, err
	}
	spec := &trial.Spec{
		Setting: trial.Setting{
			Operation: op.Info().Name, Manifest: manifest,
			Workspace: store.ws.Path(), RunID: r.id,
			Site: preflight.SiteOf(c, at, output),
			Lock: filepath.Join(filepath.Dir(output), "lock"),
		},
		Strategy: c.Level(experiments.Strategy),
		Workers:  c.Int(experiments.Workers), Threads: c.Int(experiments.Threads),
		Chunk: c.Int(experiments.ChunkSize), Queue: c.Int(experiments.Queue),
		Pool: c.Level(experiments.Pool),
	}
	forInput := spec.Site
	forInput.Manifest, forInput.Dirs = at.Survey.Manifest, store.ws
	if spec.Site.Input, err = store.input(ctx, op, forInput, dir, r.Lends(op)); err != nil {
		return nil, err
	}
	if cmd, ok := e.Command(c); ok {
		spec.Strategy = ""
		spec.Command = r.commandSpec(cmd, c, at, spec.Site)
	} else {
		spec.Descriptors = r.Descriptors(cell)
	}
	return spec, nil
}

// commandSpec fills in a contender's placeholders. It runs in the directory
// that it reads, or else in the one that it writes.
func (r *run) commandSpec(cmd experiments.Command, c experiments.Cell, at preflight.Place, site operations.Site) *trial.Command {
	output := site.Output
	if op, ok := operations.Named(cmd.Operation); ok {
		output = op.Info().OutputPath(output)
	}
	values := map[string]string{
		"input":  site.Input,
		"output": output,
		"here":   r.opt.Here,
		"cpus":   strconv.Itoa(r.Machine.CPUs),
	}
	for _, f := range r.Plan.Experiment.FactorsOf(c) {
		values[f.Axis] = f.Level
	}
	// The program runs elsewhere, so a path as the file has it would lead nowhere.
	values[experiments.From.String()] = site.Workload.From
	values[experiments.Workspace.String()] = at.Workspace
	dir := site.Input
	if dir == "" {
		dir = site.Output
	}
	return &trial.Command{
		Name: cmd.Name, Argv: cmd.Argv(values), Env: cmd.Environ(values),
		Dir: dir, ExpectFailure: cmd.ExpectFailure, ExpectError: cmd.ExpectError,
	}
}
