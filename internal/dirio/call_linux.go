//go:build !portable

package dirio

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// holds is the setting of HoldProcessors.
var holds atomic.Bool

// HoldProcessors sets whether a goroutine keeps its P during system calls that open, read, write,
// copy, remove, rename or close files. A P is the resource that the Go scheduler needs to run a
// goroutine (runtime/proc.go).
//
// Normally the P of a goroutine in a system call can be taken by another goroutine. The runtime's
// monitor (sysmon) looks for such a P up to every 20 us. If each worker has a processor of its own,
// nobody needs the P, and the monitor only interrupts the workers: reads of 1 MiB had one context
// switch for each call, and took a third longer than in a C program. If goroutines keep their Ps,
// no more of them than there are Ps can be in such a call, and a garbage collection waits for the
// end of the call. So it is for at most as many workers as processors.
func HoldProcessors(hold bool) { holds.Store(hold) }

// dataCall makes a system call on a descriptor and a buffer, which must not be empty.
func dataCall(trap uintptr, fd int, p []byte, offset int64) (int, error) {
	var n uintptr
	var errno unix.Errno
	if holds.Load() {
		n, _, errno = unix.RawSyscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(offset), 0, 0)
	} else {
		n, _, errno = unix.Syscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(offset), 0, 0)
	}
	return result(n, errno)
}

// pathCall makes a system call on a descriptor and a path.
func pathCall(trap uintptr, fd int, path *byte, a, b uintptr) (int, error) {
	var n uintptr
	var errno unix.Errno
	if holds.Load() {
		n, _, errno = unix.RawSyscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(path)), a, b, 0, 0)
	} else {
		n, _, errno = unix.Syscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(path)), a, b, 0, 0)
	}
	return result(n, errno)
}

// renameCall makes the system call that renames a file.
func renameCall(fd int, path *byte, toFD int, newPath *byte) (int, error) {
	var n uintptr
	var errno unix.Errno
	if holds.Load() {
		n, _, errno = unix.RawSyscall6(unix.SYS_RENAMEAT2, uintptr(fd), uintptr(unsafe.Pointer(path)), uintptr(toFD), uintptr(unsafe.Pointer(newPath)), 0, 0)
	} else {
		n, _, errno = unix.Syscall6(unix.SYS_RENAMEAT2, uintptr(fd), uintptr(unsafe.Pointer(path)), uintptr(toFD), uintptr(unsafe.Pointer(newPath)), 0, 0)
	}
	return result(n, errno)
}

// call makes a system call without pointers.
func call(trap, a, b, c, d, e uintptr) (int, error) {
	var n uintptr
	var errno unix.Errno
	if holds.Load() {
		n, _, errno = unix.RawSyscall6(trap, a, b, c, d, e, 0)
	} else {
		n, _, errno = unix.Syscall6(trap, a, b, c, d, e, 0)
	}
	return result(n, errno)
}

// result returns the result of a system call.
func result(n uintptr, errno unix.Errno) (int, error) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
