package runner

import (
	"context"
	"fmt"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/program"
	"iosweep/runner/trial"
)

// An own operation may have programs around the trial. Each runs in a process of its own, like the
// trial, so that the same code ends it, its descendants and what they left.

// addOwn adds the programs and the checks of an own operation to a spec.
func (r *run) addOwn(ctx context.Context, cell int, store *store, spec *trialSpec, own *experiments.OwnOperation, values map[string]string) error {
	if own.Setup != nil {
		shared, err := r.shared(ctx, cell, store, own)
		if err != nil {
			return err
		}
		values["shared"] = shared
	}
	at := r.Places[cell]
	if at.Workload.From != "" {
		values[experiments.Files.String()] = fmt.Sprint(at.Manifest.Len())
	}
	filled := own.Filled(values)
	spec.Own = ownOf(r.Plan.Experiment, cell)
	spec.prepare, spec.cleanup = filled.Prepare, filled.Cleanup
	items, bytes := filled.Work.Amounts(int64(at.Manifest.Len()), at.Manifest.Bytes())
	spec.Program = &program.Operation{Items: int(items), Bytes: bytes}
	for _, c := range filled.Verify {
		check := program.Check{Files: c.Files, Count: c.Amount(), Run: c.Run, Stdout: c.Stdout, ExitCode: c.ExitCode}
		if c.SameAs != "" {
			check.SameAs = c.Of
		}
		spec.Program.Checks = append(spec.Program.Checks, check)
	}
	return nil
}

// runSteps runs the trial and the programs around it. prepare and the trial share one timeout, and
// cleanup has its own. cleanup also runs if the trial has failed or was cancelled.
func (r *run) runSteps(ctx context.Context, launcher *trial.Launcher, spec *trialSpec, result *trialResult) {
	begun := time.Now()
	ready := true
	if spec.prepare != nil {
		ready = r.runStep(ctx, launcher, spec, "prepare", spec.prepare, result)
		spec.Timeout = max(time.Millisecond, launcher.Timeout-time.Since(begun))
	}
	if ready && ctx.Err() == nil {
		result.suspended, result.limit = launcher.Run(ctx, &spec.Spec, result.store.ws, &result.record)
	}
	r.cleanUpAfter(ctx, launcher, spec, result)
}

// cleanUpAfter runs the cleanup of an own operation.
func (r *run) cleanUpAfter(ctx context.Context, launcher *trial.Launcher, spec *trialSpec, result *trialResult) {
	if spec.cleanup == nil {
		return
	}
	ended, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(cancelledCleanup, cancel) })
	defer stop()
	r.runStep(ended, launcher, spec, "cleanup", spec.cleanup, result)
}

// cancelledCleanup is the time for the cleanup of a trial that was cancelled, for example by a signal.
const cancelledCleanup = 10 * time.Second

// runStep runs a program of the trial and reports whether it succeeded. A failure is added to the
// record.
func (r *run) runStep(ctx context.Context, launcher *trial.Launcher, spec *trialSpec, name string, argv []string, result *trialResult) bool {
	step := spec.Spec
	step.Step, step.Timeout = name, 0
	step.Program = nil
	step.Command = &trial.Command{Name: name, Argv: argv, Dir: spec.Command.Dir}
	record := journal.Trial{Status: journal.Failed}
	suspended, limit := launcher.Run(ctx, &step, result.store.ws, &record)
	if suspended != "" {
		result.suspended = suspended
	}
	if suspended != "" || ctx.Err() != nil || record.Status == journal.OK {
		return suspended == "" && ctx.Err() == nil
	}
	result.addStep(name, &record, limit)
	return false
}

// addStep adds the failure of a program to the record of its trial.
func (result *trialResult) addStep(name string, step *journal.Trial, limit string) {
	record := &result.record
	text := name + ": " + step.Error
	if record.Error == "" {
		record.Status, record.Error = step.Status, text
	} else {
		record.Error += "; " + text
	}
	record.Stderr += step.Stderr
	record.Void = record.Void || step.Void
	if result.limit == "" {
		result.limit = limit
	}
}
