package checkup

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ioUring asks the kernel for a ring and gives it back.
func ioUring(s *subject) Check {
	return judgeRing(s, setUpRing())
}

// setUpRing calls io_uring_setup(2) for one entry. The parameters are 120 bytes, all
// of them 0: nothing special is asked for.
func setUpRing() error {
	var params [120]byte
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&params)), 0)
	if errno != 0 {
		return errno
	}
	return unix.Close(int(fd))
}

func judgeRing(s *subject, err error) Check {
	const setting = "/proc/sys/kernel/io_uring_disabled"
	disabled := s.root.Text(setting)
	switch {
	case err == nil:
		return fit("rings can be made")
	case err == unix.ENOSYS:
		return unfit("run a kernel of 5.1 or later that has CONFIG_IO_URING", "this kernel has none")
	case err == unix.EPERM && (disabled == "1" || disabled == "2"):
		// 1 lets processes with CAP_SYS_ADMIN and one group use it: admin-guide/sysctl/kernel.rst.
		return unfit("sudo sysctl kernel.io_uring_disabled=0", "it is forbidden: %s is %s", setting, disabled)
	case err == unix.EPERM || err == unix.EACCES:
		return unfit("allow it in the container's system calls (docker: --security-opt seccomp=unconfined)",
			"it is forbidden by a filter of system calls, or a security module: %v", err)
	case err == unix.ENOMEM:
		return unfit("raise the limit of locked memory (ulimit -l)", "there is too little locked memory for a ring: %v", err)
	}
	return unfit("see io_uring_setup(2)", "a ring cannot be made: %v", err)
}
