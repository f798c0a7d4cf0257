package trial

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"time"

	"iosweep/internal/oneline"
	"iosweep/internal/process"
	"iosweep/internal/sysinfo"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// A Launcher runs the trials of a run in child processes, one after the other.
type Launcher struct {
	RunID   string
	Timeout time.Duration // of a trial
	// TimeoutKey is the key of the experiment file that sets the timeout, for messages.
	TimeoutKey string
	// Cgroup is the control group for the processes of trials, or nil if this process cannot
	// create one.
	Cgroup *workspace.Cgroup
	// Asleep returns the total time for which the machine has been suspended. If it is nil,
	// the clocks of the machine are used.
	Asleep func() time.Duration
}

// Run runs `iosweep trial` and writes its result into the record. When it returns, no process of
// the trial is running. suspended is the reason why nothing was measured: a process was stopped
// or the machine was suspended. limit is the limit of the machine that made the trial fail.
// Otherwise both are "".
func (l *Launcher) Run(ctx context.Context, spec *Spec, ws *workspace.Workspace, record *journal.Trial) (suspended, limit string) {
	watch := process.WatchSuspension(l.Asleep)
	kills := sysinfo.ReadOOMKills()
	timed, cancel := context.WithTimeout(ctx, cmp.Or(spec.Timeout, l.Timeout))
	defer cancel()
	child := l.execute(timed, spec, ws)
	interruption := watch.End()
	if ctx.Err() != nil {
		return "", "" // the run was cancelled, and the trial does not count
	}
	result := child.result()
	switch {
	case interruption != "":
		return interruption, ""
	case result.Suspended != "":
		return result.Suspended, ""
	case child.stopped:
		return "the trial's process was stopped and not continued before its timeout", ""
	}
	child.judge(result, l.Timeout.String()+" ("+l.TimeoutKey+")", record)
	if record.Status != journal.OK {
		record.Stderr = child.stderr.String()
		if text := sysinfo.ReadOOMKills().Since(kills); text != "" && record.Status != journal.Timeout {
			record.Error += ", and the kernel's out-of-memory killer was at work: " + text
		}
		record.Error = oneline.Of(record.Error)
		return "", cmp.Or(result.Limit, child.threadLimit())
	}
	return "", ""
}

// execute runs the process of a trial, and ends all processes that it started.
func (l *Launcher) execute(ctx context.Context, spec *Spec, ws *workspace.Workspace) *child {
	child := newChild()
	process.AdoptOrphans()
	cmd, err := l.start(ctx, spec, ws, child)
	if l.Cgroup != nil && process.CgroupRefused(err) {
		// Some containers forbid starting a process in a control group (clone3(2)).
		_ = l.Cgroup.Close()
		l.Cgroup = nil
		cmd, err = l.start(ctx, spec, ws, child)
	}
	if err != nil {
		child.err = err
		return child
	}
	child.err = cmd.Wait()
	child.state = cmd.ProcessState
	// A process that is still running would disturb the next trials. While the process group has
	// members, its number is not reused.
	_ = process.KillGroup(cmd.Process)
	if l.Cgroup != nil {
		l.Cgroup.Kill()
	}
	if !child.state.Success() {
		// The process may have ended before it could end the processes that it started.
		process.KillRun(l.RunID)
	}
	process.ReapGroup(cmd.Process)
	return child
}

// start starts the process of a trial with its spec on standard input. The process runs in the
// control group of the run, if there is one.
func (l *Launcher) start(ctx context.Context, spec *Spec, ws *workspace.Workspace, child *child) (*exec.Cmd, error) {
	encoded, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	cmd := process.SelfCommand(ctx, "trial")
	process.PassFile(cmd, ws.File())
	cmd.Env = append(os.Environ(), process.RunVariable+"="+l.RunID)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(encoded), &child.stdout, &child.stderr
	process.Setsid(cmd)
	process.TerminateWithParent(cmd)
	cmd.Cancel = func() error {
		child.cancelled, child.stopped = true, process.IsStopped(cmd.Process)
		return process.Terminate(cmd.Process)
	}
	// After this delay a process that has not ended is killed. A process that has left the group
	// and keeps the pipes open does not delay the run.
	cmd.WaitDelay = process.Grace
	if l.Cgroup != nil {
		process.StartInCgroup(cmd, l.Cgroup.FD())
	}
	return cmd, cmd.Start()
}
