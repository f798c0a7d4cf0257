package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"

	"iosweep/internal/process"
	"iosweep/journal"
)

// Trial implements the hidden command `iosweep trial`, the child process of a trial. It reads a
// spec as JSON, runs the trial, verifies its outcome, and writes one response as JSON. A failed
// trial is a response. Trial returns an error only if it cannot read the spec or write the
// response.
func Trial(ctx context.Context, in io.Reader, out io.Writer) error {
	process.RestoreName()
	process.CatchFileLimitSignal()
	var spec Spec
	if err := json.NewDecoder(in).Decode(&spec); err != nil {
		return fmt.Errorf("trial: no spec on standard input: %w", err)
	}
	life := begin(out)
	spec.life = life
	m, err := spec.run(ctx)
	result := response{Status: journal.OK, Measurement: m}
	if err != nil {
		result.Status, result.Error, result.Fault, result.Limit = spec.statusOf(err), err.Error(), spec.fault(err), spec.limit(err)
		if result.Fault != "" {
			result.Error += " (" + result.Fault + ")" // the error itself may not name the fault
		}
	}
	return life.finish(result)
}

// statusOf returns Crashed if a worker or a contender crashed, and Failed for any other error.
// A worker that fails exits with 1. The Go runtime exits with 2 after a panic or a signal that
// reports an error.
func (spec *Spec) statusOf(err error) journal.Status {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		_, signalled := process.FatalSignal(ended.ProcessState)
		if signalled || spec.Command == nil && ended.ExitCode() == 2 {
			return journal.Crashed
		}
	}
	return journal.Failed
}

// limit returns the limit of the machine that a trial has reached, or "". It ignores the limit
// of descriptors: reaching that limit is a result of async-unbounded.
func (spec *Spec) limit(err error) string {
	if errors.Is(err, syscall.EMFILE) {
		return ""
	}
	return process.LimitOf(err)
}

// run runs a trial: it sets the cache, measures, and verifies. After an error the measurement
// is incomplete or nil.
func (spec *Spec) run(ctx context.Context) (m *journal.Measurement, err error) {
	if spec.Build != nil {
		return spec.runBuild(ctx)
	}
	op, ws, err := spec.enter()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ws.Close()) }()
	if spec.Step != "" {
		return spec.runStep(ctx, ws)
	}
	if spec.Command != nil {
		return spec.runCommand(ctx, op, ws)
	}
	return spec.runStrategy(ctx, op, ws)
}
