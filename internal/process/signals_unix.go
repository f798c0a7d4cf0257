//go:build unix

package process

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Setsid puts a child at the head of a session, and so of a process group, of
// its own: it can be killed with all that stays there. A terminal's Ctrl-C and
// Ctrl-Z do not reach it, nor is it stopped for reaching out to the terminal
// (setsid(2), and orphaned process groups in setpgid(2)).
func Setsid(cmd *exec.Cmd) {
	attr(cmd).Setsid = true
}

func attr(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	return cmd.SysProcAttr
}

// Terminate asks the process of a trial to end with all that it started. One that is
// stopped must be continued to hear it. Whether it is would be asked in vain: it may
// have been told to stop, and not have come to it.
func Terminate(p *os.Process) error {
	err := p.Signal(syscall.SIGTERM)
	if err == nil {
		err = p.Signal(syscall.SIGCONT)
	}
	return err
}

// KillGroup kills a child made with Setsid and everything in its group.
func KillGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// ReapGroup reaps what of the group has become a child of this process.
func ReapGroup(p *os.Process) {
	for {
		pid, err := unix.Wait4(-p.Pid, nil, unix.WNOHANG, nil)
		if pid <= 0 && err != unix.EINTR {
			return
		}
	}
}

// ExitBySignal ends this process as the signal would have, had it not been caught:
// who waits for it sees by what it ended. SIGQUIT is an exit code as shells have it:
// the runtime would print all goroutines over the stderr tail of a contender.
func ExitBySignal(s os.Signal) {
	if number, ok := s.(syscall.Signal); ok {
		if number != syscall.SIGQUIT {
			_ = syscall.Kill(os.Getpid(), number)
			time.Sleep(Grace / 4) // for it to arrive
		}
		os.Exit(128 + int(number))
	}
	os.Exit(1)
}

// FatalSignal names the signal that ended a process, if one did.
func FatalSignal(state *os.ProcessState) (string, bool) {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return s.Signal().String(), true
	}
	return "", false
}

// NotifyContinued tells of SIGCONT. That this process is stopped, nobody can tell it
// while it is.
func NotifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }
