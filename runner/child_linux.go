package runner

import (
	"os/exec"
	"syscall"
)

// bindToParent has the kernel kill a child when the thread that started it
// ends. The Go runtime keeps its threads, so that is when this process dies,
// by whatever signal.
func bindToParent(cmd *exec.Cmd) {
	attr(cmd).Pdeathsig = syscall.SIGKILL
}

func attr(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	return cmd.SysProcAttr
}
