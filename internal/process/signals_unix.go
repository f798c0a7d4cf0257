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

// Setsid starts a child in a new session, and so in a new process group that can be killed as
// a whole. Ctrl-C and Ctrl-Z in a terminal do not reach it, and it is not stopped when it uses
// the terminal (setsid(2), and orphaned process groups in setpgid(2)).
func Setsid(cmd *exec.Cmd) {
	attr(cmd).Setsid = true
}

func attr(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	return cmd.SysProcAttr
}

// Terminate asks the process of a trial to end together with everything that it started. It
// also sends SIGCONT, because a stopped process does not handle SIGTERM. It does not test
// first whether the process is stopped: a stop signal may be pending.
func Terminate(p *os.Process) error {
	err := p.Signal(syscall.SIGTERM)
	if err == nil {
		err = p.Signal(syscall.SIGCONT)
	}
	return err
}

// KillGroup kills a child started with Setsid and everything in its process group.
func KillGroup(p *os.Process) error {
	err := syscall.Kill(-p.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// ReapGroup reaps the children of this process that are in the group of p.
func ReapGroup(p *os.Process) {
	for {
		pid, err := unix.Wait4(-p.Pid, nil, unix.WNOHANG, nil)
		if pid <= 0 && err != unix.EINTR {
			return
		}
	}
}

// ExitBySignal ends this process by the signal that it has caught, so that its parent sees the
// signal. For SIGQUIT it only exits with the code that shells use. The signal would make the Go
// runtime print all goroutines, and only that would remain in the stderr tail.
func ExitBySignal(s os.Signal) {
	if number, ok := s.(syscall.Signal); ok {
		if number != syscall.SIGQUIT {
			_ = syscall.Kill(os.Getpid(), number)
			time.Sleep(Grace / 4) // wait for the signal
		}
		os.Exit(128 + int(number))
	}
	os.Exit(1)
}

// FatalSignal returns the name of the signal that ended a process, if a signal ended it.
func FatalSignal(state *os.ProcessState) (string, bool) {
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		return s.Signal().String(), true
	}
	return "", false
}

// NotifyContinued sends SIGCONT to c. A process cannot notice that it is stopped before it is
// continued.
func NotifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }
