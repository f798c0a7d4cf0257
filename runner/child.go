package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/sysinfo"
	"iosweep/runner/journal"
)

// runVariable is in the environment of all processes of a run's trials, with the
// run's id. Whoever outlives the trial's process is known by it.
const runVariable = "IOSWEEP_RUN"

// grace is how long the process of a trial that is asked to end has for ending
// all that it started, and how long what it left may hold its output open.
const grace = 2 * time.Second

// A childRun is what came of running the process of a trial.
type childRun struct {
	state  *os.ProcessState // nil if it was never started
	err    error
	asked  bool // it was asked to end: at its timeout, or with the run
	halted bool // it was found stopped, when it was asked to end
	answer bytes.Buffer
	said   tail
}

// runChild runs `iosweep trial` and fills the record with how it ended. When it
// returns, no process of the trial is left. suspended says why nothing was
// measured, "" for a trial that was neither stopped nor asleep with the machine.
func (r *run) runChild(ctx context.Context, spec *trialSpec, record *journal.Trial) (suspended string) {
	watch := watchSuspension(r.opt.asleep)
	kills := sysinfo.ReadOOMKills()
	timeout := r.Plan.Experiment.Trials.Timeout
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	child := r.execute(timed, spec)
	halted := watch.end()
	if ctx.Err() != nil {
		return "" // it was abandoned, and is no trial
	}
	result := child.result()
	switch {
	case halted != "":
		return halted
	case result.Suspended != "":
		return result.Suspended
	case child.halted:
		return "the trial's process was stopped, and not continued until its timeout"
	}
	child.judge(result, timeout, record)
	if record.Status != journal.OK {
		record.Stderr = child.said.String()
		if text := sysinfo.ReadOOMKills().Since(kills); text != "" && record.Status != journal.Timeout {
			record.Error += ", and the kernel's out-of-memory killer was at work: " + text
		}
		record.Error = oneline.Of(record.Error)
	}
	return ""
}

// execute runs the process of a trial to its end, and to that of all that it
// started.
func (r *run) execute(ctx context.Context, spec *trialSpec) *childRun {
	child := &childRun{}
	cmd, err := trialCommand(ctx, spec)
	if err != nil {
		child.err = err
		return child
	}
	cmd.Env = append(os.Environ(), runVariable+"="+r.ID)
	cmd.Stdout, cmd.Stderr = &child.answer, &child.said
	cmd.Cancel = func() error {
		child.asked, child.halted = true, isStopped(cmd.Process)
		return askToEnd(cmd.Process)
	}
	adoptOrphans()
	child.err = cmd.Run()
	if child.state = cmd.ProcessState; child.state == nil {
		return child
	}
	// Who was left behind would run on into the trials that follow. A group that
	// has members keeps its number from being given to another.
	_ = killGroup(cmd.Process)
	if !child.state.Success() {
		// It may not have come to ending what it started.
		endRun(r.ID)
	}
	reapGroup(cmd.Process)
	return child
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
	ownSession(cmd)
	askWithParent(cmd)
	// Who does not end when asked is killed then, and who has left the group and
	// holds the pipes open is not waited for.
	cmd.WaitDelay = grace
	return cmd, nil
}

// result is what the process answered; its Status is "" if it did not come to
// that. What it said of a suspension, it has said as soon as it knew.
func (c *childRun) result() (result trialResult) {
	for answers := json.NewDecoder(&c.answer); ; {
		var next trialResult
		if answers.Decode(&next) != nil {
			return result
		}
		if next.Suspended == "" {
			next.Suspended = result.Suspended
		}
		result = next
	}
}

// judge fills a record with how the process ended.
func (c *childRun) judge(result trialResult, timeout time.Duration, record *journal.Trial) {
	whole := result.Status != "" && c.state != nil && c.state.Success()
	signal, signalled := "", false
	if c.state != nil {
		signal, signalled = endedBySignal(c.state)
	}
	switch {
	case whole:
		record.Status, record.Error, record.Measurement = result.Status, result.Error, result.Measurement
		record.Void = result.Fault != ""
		if result.Status == journal.Crashed && !strings.Contains(result.Error, "signal: ") {
			record.Error += c.lastWords()
		}
	case c.asked, errors.Is(c.err, context.DeadlineExceeded):
		// However it went about ending, it was told to.
		record.Status = journal.Timeout
		record.Error = fmt.Sprintf("killed at the timeout of %v (trials.timeout)", timeout)
	case c.state == nil:
		record.Error = c.err.Error()
	case signalled:
		record.Status = journal.Crashed
		record.Error = "ended by signal: " + signal
	default:
		record.Status = journal.Crashed
		record.Error = fmt.Sprintf("the trial's process ended without a result: %v", c.state)
		if words := c.lastWords(); words != "" {
			record.Error += words
		} else {
			record.Error += c.said.quoted()
		}
	}
}

var goCrash = regexp.MustCompile(`(?m)^(panic|fatal error|SIG[A-Z0-9]+): .*$`)

// lastWords is the line with which a Go program says why it crashed. It ends with
// exit code 2 then, also where a signal was the reason.
func (c *childRun) lastWords() string {
	if line := goCrash.Find(c.said.buf); line != nil {
		return ": " + brief(line)
	}
	return ""
}
