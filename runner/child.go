package runner

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
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
	answer answer
	said   tail
}

// runChild runs `iosweep trial` and fills the record with how it ended. When it
// returns, no process of the trial is left. suspended says why nothing was
// measured, "" for a trial that was neither stopped nor asleep with the machine; limit
// is the limit of the machine that it met, if it failed for one.
func (r *run) runChild(ctx context.Context, spec *trialSpec, ws *workspace.Workspace, record *journal.Trial) (suspended, limit string) {
	watch := watchSuspension(r.opt.asleep)
	kills := sysinfo.ReadOOMKills()
	timeout := r.Plan.Experiment.Trials.Timeout
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	child := r.execute(timed, spec, ws)
	halted := watch.end()
	if ctx.Err() != nil {
		return "", "" // it was abandoned, and is no trial
	}
	result := child.result()
	switch {
	case halted != "":
		return halted, ""
	case result.Suspended != "":
		return result.Suspended, ""
	case child.halted:
		return "the trial's process was stopped, and not continued until its timeout", ""
	}
	child.judge(result, timeout, record)
	if record.Status != journal.OK {
		record.Stderr = child.said.String()
		if text := sysinfo.ReadOOMKills().Since(kills); text != "" && record.Status != journal.Timeout {
			record.Error += ", and the kernel's out-of-memory killer was at work: " + text
		}
		record.Error = oneline.Of(record.Error)
		return "", cmp.Or(result.Limit, child.threadLimit())
	}
	return "", ""
}

// execute runs the process of a trial to its end, and to that of all that it
// started.
func (r *run) execute(ctx context.Context, spec *trialSpec, ws *workspace.Workspace) *childRun {
	child := &childRun{}
	adoptOrphans()
	cmd, err := r.start(ctx, spec, ws, child)
	if r.group != nil && forbidsGroups(err) {
		// Some containers forbid to start a process in a control group (clone3(2)).
		_ = r.group.Close()
		r.group = nil
		cmd, err = r.start(ctx, spec, ws, child)
	}
	if err != nil {
		child.err = err
		return child
	}
	child.err = cmd.Wait()
	child.state = cmd.ProcessState
	// Who was left behind would run on into the trials that follow. A process group
	// that has members keeps its number from being given to another.
	_ = killGroup(cmd.Process)
	if r.group != nil {
		r.group.Kill()
	}
	if !child.state.Success() {
		// It may not have come to ending what it started.
		endRun(r.ID)
	}
	reapGroup(cmd.Process)
	return child
}

// start starts the process of a trial, in the control group of the run if it has one.
func (r *run) start(ctx context.Context, spec *trialSpec, ws *workspace.Workspace, child *childRun) (*exec.Cmd, error) {
	cmd, err := trialCommand(ctx, spec, ws)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(os.Environ(), runVariable+"="+r.ID)
	cmd.Stdout, cmd.Stderr = &child.answer, &child.said
	cmd.Cancel = func() error {
		child.asked, child.halted = true, isStopped(cmd.Process)
		return askToEnd(cmd.Process)
	}
	if r.group != nil {
		intoGroup(cmd, r.group.FD())
	}
	return cmd, cmd.Start()
}

// trialCommand is the child process of a trial, told its spec.
func trialCommand(ctx context.Context, spec *trialSpec, ws *workspace.Workspace) (*exec.Cmd, error) {
	told, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	cmd := selfCommand(ctx, "trial")
	bequeath(cmd, ws)
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
	for answers := json.NewDecoder(bytes.NewReader(c.answer.buf)); ; {
		var next trialResult
		if err := answers.Decode(&next); errors.Is(err, io.EOF) {
			return result
		} else if err != nil {
			// Something else is written there, by a contender perhaps: then the answers
			// before it may be forged, too.
			return trialResult{Suspended: result.Suspended}
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
	case c.answer.over:
		record.Error = fmt.Sprintf("the trial's process answered more than %s: a program of the trial writes to it", Size(mostAnswered))
	case whole && !result.plausible():
		record.Error = "the trial's process gave an answer that cannot be: a program of the trial may have written it"
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
		// Nothing of the cell was done: this process may start no more, or may not
		// open what it takes.
		record.Void = true
		record.Error = "the trial's process cannot be started: " + explain(c.err).Error()
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

// threadLimit is the limit that ended a program of Go which could start no more
// threads: newosproc in runtime/os_linux.go.
func (c *childRun) threadLimit() string {
	if c.state == nil || c.state.ExitCode() != 2 || !bytes.Contains(c.said.buf, []byte("runtime: failed to create new OS thread")) {
		return ""
	}
	return "no more threads may be started; ulimit -u raises it, or pids.max of the control group"
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

// mostAnswered is how much of an answer is kept. One is a measurement of a few KiB;
// but a contender may find the pipe and write to it.
const mostAnswered = 16 << 20

// answer keeps what the process of a trial answers, within bounds.
type answer struct {
	buf  []byte
	over bool // there was more
}

func (a *answer) Write(p []byte) (int, error) {
	kept := p[:min(len(p), mostAnswered-len(a.buf))]
	a.buf = append(a.buf, kept...)
	a.over = a.over || len(kept) < len(p)
	return len(p), nil
}
