package process

import (
	"errors"
	"os/exec"
	"slices"
	"syscall"
)

// KillWithParent makes the kernel kill a child when the thread that started it ends:
// PR_SET_PDEATHSIG in prctl(2). The Go runtime keeps its threads, so the child is killed when
// this process dies, for any reason.
func KillWithParent(cmd *exec.Cmd) {
	attr(cmd).Pdeathsig = syscall.SIGKILL
}

// TerminateWithParent makes the kernel send SIGTERM to a child when this process dies. It is
// for a child that must first end everything that it started.
func TerminateWithParent(cmd *exec.Cmd) {
	attr(cmd).Pdeathsig = syscall.SIGTERM
}

// CgroupRefused reports whether a process could not be started because of its control group.
func CgroupRefused(err error) bool {
	errno, ok := errors.AsType[syscall.Errno](err)
	return ok && slices.Contains([]syscall.Errno{syscall.ENOSYS, syscall.EPERM, syscall.EINVAL, syscall.EOPNOTSUPP, syscall.EACCES, syscall.EBUSY, syscall.ENOENT, syscall.ENODEV}, errno)
}

// StartInCgroup makes a process start in a control group: CLONE_INTO_CGROUP of clone3(2).
func StartInCgroup(cmd *exec.Cmd, fd int) {
	attr(cmd).UseCgroupFD = true
	attr(cmd).CgroupFD = fd
}
