package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"

	"iosweep/runner/journal"
)

// runChild runs `iosweep trial` and fills the record with how it ended. At the
// timeout, or when ctx ends, the whole process group is killed.
func (r *run) runChild(ctx context.Context, spec *trialSpec, record *journal.Trial) {
	timeout := r.Plan.Experiment.Trials.Timeout
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd, err := trialCommand(timed, spec)
	if err != nil {
		record.Error = err.Error()
		return
	}
	var answer bytes.Buffer
	var said tail
	cmd.Stdout, cmd.Stderr = &answer, &said
	err = cmd.Run()
	if cmd.Process != nil {
		// Who was left behind would run on into the trials that follow. A group
		// that has members keeps its number from being given to another.
		_ = killGroup(cmd.Process)
	}
	var result trialResult
	signal, signalled := "", false
	if cmd.ProcessState != nil {
		signal, signalled = endedBySignal(cmd.ProcessState)
	}
	switch {
	case timed.Err() != nil && ctx.Err() == nil:
		record.Status = journal.Timeout
		record.Error = fmt.Sprintf("killed at the timeout of %v (trials.timeout)", timeout)
	case signalled:
		record.Status = journal.Crashed
		record.Error = "ended by signal: " + signal
	case err != nil && cmd.ProcessState == nil:
		record.Error = err.Error()
	case json.Unmarshal(answer.Bytes(), &result) != nil:
		record.Status = journal.Crashed
		record.Error = fmt.Sprintf("the trial's process ended without a result: %v%s", cmd.ProcessState, said.quoted())
	default:
		record.Status, record.Error, record.Measurement = result.Status, result.Error, result.Measurement
	}
	if record.Status != journal.OK {
		record.Stderr = said.String()
	}
}

// trialCommand is the child process of a trial, told its spec.
func trialCommand(ctx context.Context, spec *trialSpec) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	told, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "trial")
	cmd.Stdin = bytes.NewReader(told)
	ownGroup(cmd)
	bindToParent(cmd)
	cmd.Cancel = func() error { return killGroup(cmd.Process) }
	// Who has left the group and holds the pipes open is not waited for.
	cmd.WaitDelay = 2 * time.Second
	return cmd, nil
}
