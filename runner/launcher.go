package runner

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// A launcher runs the processes of a run's trials, one after the other.
type launcher struct {
	run     string        // the run's id
	timeout time.Duration // of a trial
	// group is the control group that holds the processes of trials; nil where none can
	// be made.
	group *workspace.Group
	// asleep is how long the machine has been suspended so far; nil: as its clocks say.
	asleep func() time.Duration
}

// runChild runs `iosweep trial` and fills the record with how it ended. When it
// returns, no process of the trial is left. suspended says why nothing was
// measured, "" for a trial that was neither stopped nor asleep with the machine; limit
// is the limit of the machine that it met, if it failed for one.
func (l *launcher) runChild(ctx context.Context, spec *trialSpec, ws *workspace.Workspace, record *journal.Trial) (suspended, limit string) {
	watch := watchSuspension(l.asleep)
	kills := sysinfo.ReadOOMKills()
	timed, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	child := l.execute(timed, spec, ws)
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
	child.judge(result, l.timeout, record)
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
func (l *launcher) execute(ctx context.Context, spec *trialSpec, ws *workspace.Workspace) *childRun {
	child := &childRun{}
	adoptOrphans()
	cmd, err := l.start(ctx, spec, ws, child)
	if l.group != nil && forbidsGroups(err) {
		// Some containers forbid to start a process in a control group (clone3(2)).
		_ = l.group.Close()
		l.group = nil
		cmd, err = l.start(ctx, spec, ws, child)
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
	if l.group != nil {
		l.group.Kill()
	}
	if !child.state.Success() {
		// It may not have come to ending what it started.
		endRun(l.run)
	}
	reapGroup(cmd.Process)
	return child
}

// start starts the process of a trial, in the control group of the run if it has one.
func (l *launcher) start(ctx context.Context, spec *trialSpec, ws *workspace.Workspace, child *childRun) (*exec.Cmd, error) {
	cmd, err := trialCommand(ctx, spec, ws)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(os.Environ(), runVariable+"="+l.run)
	cmd.Stdout, cmd.Stderr = &child.answer, &child.said
	cmd.Cancel = func() error {
		child.asked, child.halted = true, isStopped(cmd.Process)
		return askToEnd(cmd.Process)
	}
	if l.group != nil {
		intoGroup(cmd, l.group.FD())
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
	bequeath(cmd, ws.File())
	cmd.Stdin = bytes.NewReader(told)
	ownSession(cmd)
	askWithParent(cmd)
	// Who does not end when asked is killed then, and who has left the group and
	// holds the pipes open is not waited for.
	cmd.WaitDelay = grace
	return cmd, nil
}
