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

// A Launcher runs the processes of a run's trials, one after the other.
type Launcher struct {
	RunID   string        // of the run
	Timeout time.Duration // of a trial
	// Cgroup is the control group that holds the processes of trials; nil where none can
	// be made.
	Cgroup *workspace.Cgroup
	// Asleep returns how long the machine has been suspended so far; nil: as its clocks say.
	Asleep func() time.Duration
}

// Run runs `iosweep trial` and fills the record with how it ended. When it
// returns, no process of the trial is left. suspended says why nothing was
// measured, "" for a trial that was neither stopped nor asleep with the machine; limit
// is the limit of the machine that it met, if it failed for one.
func (l *Launcher) Run(ctx context.Context, spec *Spec, ws *workspace.Workspace, record *journal.Trial) (suspended, limit string) {
	watch := process.WatchSuspension(l.Asleep)
	kills := sysinfo.ReadOOMKills()
	timed, cancel := context.WithTimeout(ctx, l.Timeout)
	defer cancel()
	child := l.execute(timed, spec, ws)
	halted := watch.End()
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
	child.judge(result, l.Timeout, record)
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

// execute runs the process of a trial to its end, and to that of all that it
// started.
func (l *Launcher) execute(ctx context.Context, spec *Spec, ws *workspace.Workspace) *child {
	child := newChild()
	process.AdoptOrphans()
	cmd, err := l.start(ctx, spec, ws, child)
	if l.Cgroup != nil && process.CgroupRefused(err) {
		// Some containers forbid to start a process in a control group (clone3(2)).
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
	// Who was left behind would run on into the trials that follow. A process group
	// that has members keeps its number from being given to another.
	_ = process.KillGroup(cmd.Process)
	if l.Cgroup != nil {
		l.Cgroup.Kill()
	}
	if !child.state.Success() {
		// It may not have come to ending what it started.
		process.KillRun(l.RunID)
	}
	process.ReapGroup(cmd.Process)
	return child
}

// start starts the process of a trial, told its spec, in the control group of the run if
// it has one.
func (l *Launcher) start(ctx context.Context, spec *Spec, ws *workspace.Workspace, child *child) (*exec.Cmd, error) {
	told, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	cmd := process.SelfCommand(ctx, "trial")
	process.PassFile(cmd, ws.File())
	cmd.Env = append(os.Environ(), process.RunVariable+"="+l.RunID)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(told), &child.stdout, &child.stderr
	process.Setsid(cmd)
	process.TerminateWithParent(cmd)
	cmd.Cancel = func() error {
		child.asked, child.halted = true, process.IsStopped(cmd.Process)
		return process.Terminate(cmd.Process)
	}
	// Who does not end when asked is killed then, and who has left the group and
	// holds the pipes open is not waited for.
	cmd.WaitDelay = process.Grace
	if l.Cgroup != nil {
		process.StartInCgroup(cmd, l.Cgroup.FD())
	}
	return cmd, cmd.Start()
}
