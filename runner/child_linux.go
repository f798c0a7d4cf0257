package runner

import (
	"errors"
	"os/exec"
	"syscall"
)

// bindToParent has the kernel kill a child when the thread that started it
// ends: PR_SET_PDEATHSIG in prctl(2). The Go runtime keeps its threads, so that
// is when this process dies, by whatever signal.
func bindToParent(cmd *exec.Cmd) {
	attr(cmd).Pdeathsig = syscall.SIGKILL
}

// askWithParent has the kernel ask a child to end when this process dies. It is
// for a child that has something to do first: to end all that it started.
func askWithParent(cmd *exec.Cmd) {
	attr(cmd).Pdeathsig = syscall.SIGTERM
}

// forbidsGroups reports whether a process could not be started for its control group.
func forbidsGroups(err error) bool {
	for _, errno := range []syscall.Errno{syscall.ENOSYS, syscall.EPERM, syscall.EINVAL, syscall.EOPNOTSUPP, syscall.EACCES, syscall.EBUSY, syscall.ENOENT, syscall.ENODEV} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// intoGroup starts a process in a control group: CLONE_INTO_CGROUP of clone3(2).
func intoGroup(cmd *exec.Cmd, fd int) {
	attr(cmd).UseCgroupFD = true
	attr(cmd).CgroupFD = fd
}

func attr(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	return cmd.SysProcAttr
}
