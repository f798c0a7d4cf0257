package runner

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strconv"

	"iosweep/experiments"
	"iosweep/operations"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
	"iosweep/runner/trial"
)

// spec prepares the inputs and the Spec of a cell's trial.
func (r *run) spec(ctx context.Context, cell int, store *store, dir string) (*trialSpec, error) {
	spec, err := r.specOf(ctx, cell, store, dir)
	e := r.Plan.Experiment
	if own, ok := e.OperationOf(e.Cells[cell]); err == nil && ok && len(own.SameAs()) > 0 {
		spec.Program.Reference, err = r.reference(ctx, e.Baseline[cell], store)
	}
	return spec, err
}

// specOf is like spec, without the outcome that the trial is compared with.
func (r *run) specOf(ctx context.Context, cell int, store *store, dir string) (*trialSpec, error) {
	e := r.Plan.Experiment
	c, at := e.Cells[cell], r.Places[cell]
	op, ok := preflight.OperationOf(e, c)
	if !ok {
		return nil, fmt.Errorf("unknown operation %q", c.Level(experiments.Operation))
	}
	manifest, err := store.manifest(at.Workload, at.Manifest)
	if err != nil {
		return nil, err
	}
	output, err := store.ws.Make(filepath.Join(dir, "output"))
	if err != nil {
		return nil, err
	}
	spec := &trialSpec{Spec: trial.Spec{
		Setting: trial.Setting{
			Operation: op.Info().Name, Manifest: manifest,
			Workspace: store.ws.Path(), RunID: r.session,
			Site: at.Site(c, output),
			Lock: filepath.Join(filepath.Dir(output), "lock"),
		},
		Strategy: c.Level(experiments.Strategy),
		Workers:  c.Int(experiments.Workers), Threads: c.Int(experiments.Threads),
		Chunk: c.Int(experiments.ChunkSize), Queue: c.Int(experiments.Queue),
		Pool: c.Level(experiments.Pool),
	}}
	forInput := spec.Site
	forInput.Manifest, forInput.Dirs = at.Manifest, store.ws
	if spec.Site.Input, err = store.input(ctx, op, forInput, dir, r.HasContender(op)); err != nil {
		return nil, err
	}
	if cmd, ok := r.command(cell); ok {
		spec.Strategy = ""
		source, err := r.sourceDir(ctx, cell)
		if err != nil {
			return nil, err
		}
		values := r.placeholders(cell, spec.Site, source)
		if own, ok := e.OperationOf(c); ok {
			if err := r.addOwn(ctx, cell, store, spec, own, values); err != nil {
				return nil, err
			}
		}
		spec.Command = r.commandSpec(cmd, spec.Site, values)
		spec.Command.Captured = spec.Program != nil
	} else {
		spec.Descriptors, _ = r.Descriptors(cell)
	}
	return spec, nil
}

// launcherOf returns the launcher with the timeout of a cell.
func (r *run) launcherOf(cell int) *trial.Launcher {
	own := r.launcher
	if own.Timeout = r.Plan.Experiment.TimeoutOf(cell); own.Timeout != r.launcher.Timeout {
		own.TimeoutKey = "grid.timeout"
	}
	return &own
}

// A trialSpec is the Spec of a trial, with the programs that run before and after it.
type trialSpec struct {
	trial.Spec
	prepare, cleanup []string // nil: none
}

// placeholders returns the values of the placeholders in the texts of a cell.
func (r *run) placeholders(cell int, site operations.Site, source string) map[string]string {
	c, at, output := r.Plan.Experiment.Cells[cell], r.Places[cell], site.Output
	if op, ok := preflight.OperationOf(r.Plan.Experiment, c); ok {
		output = op.Info().OutputPath(output)
	}
	values := map[string]string{
		"input":  site.Input,
		"output": output,
		"here":   r.opt.Here,
		"cpus":   strconv.Itoa(r.Machine.CPUs),
	}
	maps.Insert(values, r.Plan.Experiment.FactorsOf(c))
	// The program runs in another directory, so relative paths of the file would be wrong.
	values[experiments.From.String()] = site.Workload.From
	values[experiments.Workspace.String()] = at.Workspace
	values[experiments.Python.String()] = r.Python(c)
	if source != "" {
		values["source"] = source
		// A control runs the same program with the same arguments as the cell that it repeats.
		values[experiments.Revision.String()] = r.Plan.Experiment.RevisionOf(c)
	}
	return values
}

// commandSpec replaces the placeholders of a contender's command. The contender runs in its input
// directory or, if it has none, in its output directory.
func (r *run) commandSpec(cmd experiments.Command, site operations.Site, values map[string]string) *trial.Command {
	dir := site.Input
	if dir == "" {
		dir = site.Output
	}
	return &trial.Command{
		Name: cmd.Name, Argv: cmd.Argv(values), Env: cmd.Environ(values),
		Dir: dir, ExpectFailure: cmd.ExpectFailure, ExpectError: cmd.ExpectError,
		Metrics: schedule.Metrics(r.Plan.Experiment), Judge: r.Plan.Experiment.Judge,
	}
}
