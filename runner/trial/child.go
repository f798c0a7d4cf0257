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

// Trial is the life of the child process of a trial: what the hidden command
// `iosweep trial` does. It reads a spec as JSON, does the trial, verifies it,
// and writes one result as JSON. A trial that fails is a result; the error is
// for a spec that cannot be read or a result that cannot be written.
func Trial(ctx context.Context, in io.Reader, out io.Writer) error {
	process.RestoreName()
	process.CatchFileLimitSignal()
	var spec Spec
	if err := json.NewDecoder(in).Decode(&spec); err != nil {
		return fmt.Errorf("trial: no spec on standard input: %w", err)
	}
	life := begin(out)
	m, err := spec.run(ctx)
	result := response{Status: journal.OK, Measurement: m}
	if err != nil {
		result.Status, result.Error, result.Fault, result.Limit = spec.statusOf(err), err.Error(), spec.fault(err), spec.limit(err)
		if result.Fault != "" {
			result.Error += " (" + result.Fault + ")" // the program itself may not have noticed
		}
	}
	return life.finish(result)
}

// statusOf tells a process of the trial that crashed, be it a worker or a contender,
// from one that failed. A worker that fails says so and ends with 1; the runtime of
// Go ends it with 2 when it panics, or has caught a signal that is an error.
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

// limit is the limit of the machine that a trial met, "" if it met none, or met it
// for a result: how many files async-unbounded opens at once is what it shows.
func (spec *Spec) limit(err error) string {
	if errors.Is(err, syscall.EMFILE) {
		return ""
	}
	return process.LimitOf(err)
}

// run does a trial: it sets the cache, measures, and verifies. After an error
// the measurement says how far it came, or is nil.
func (spec *Spec) run(ctx context.Context) (m *journal.Measurement, err error) {
	op, ws, err := spec.enter()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ws.Close()) }()
	if spec.Command != nil {
		return spec.runCommand(ctx, op, ws)
	}
	return spec.runStrategy(ctx, op, ws)
}
