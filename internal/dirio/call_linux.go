//go:build !portable

package dirio

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// holds is the setting of HoldProcessors.
var holds atomic.Bool

// heldBytes is the most that a call moves while its goroutine keeps its P. Longer calls gain
// nothing, and a garbage collection would wait for them.
const heldBytes = 8 << 20

// HoldProcessors sets whether a goroutine keeps its P during system calls that open, read, write,
// copy, remove, rename or close files. A P is the resource that the Go scheduler needs to run a
// goroutine (runtime/proc.go).
//
// Normally the P of a goroutine in a system call can be taken by another goroutine. The runtime's
// monitor (sysmon) looks for such a P up to every 20 us. If each worker has a processor of its own,
// no other goroutine needs the P, and the monitor only interrupts the workers. Reads of 1 MiB then
// had one context switch for each call, and took a third longer than in a C program.
//
// If goroutines keep their Ps, no more of them than there are Ps can be in such a call, and a
// garbage collection waits for the end of the call. So it is for at most as many workers as
// processors, while they work.
func HoldProcessors(hold bool) { holds.Store(hold) }

// holdsFor reports whether a call that moves n bytes keeps the P.
func holdsFor(n int) bool { return n <= heldBytes && holds.Load() }

func read(fd int, p []byte) (int, error) {
	if len(p) == 0 || !holdsFor(len(p)) {
		return unix.Read(fd, p)
	}
	return result(unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p))))
}

// write writes p, which must not be empty.
func write(fd int, p []byte) (int, error) {
	if !holdsFor(len(p)) {
		return unix.Write(fd, p)
	}
	return result(unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p))))
}

// pwrite writes p, which must not be empty. On 32-bit systems an offset takes two arguments.
func pwrite(fd int, p []byte, offset int64) (int, error) {
	if !holdsFor(len(p)) || unsafe.Sizeof(uintptr(0)) < 8 {
		return unix.Pwrite(fd, p, offset)
	}
	return result(unix.RawSyscall6(unix.SYS_PWRITE64, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(offset), 0, 0))
}

func closeFile(fd int) error {
	if !holds.Load() {
		return unix.Close(fd)
	}
	_, err := result(unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0))
	return err
}

func copyFileRange(out, in, n int) (int, error) {
	if !holdsFor(n) {
		return unix.CopyFileRange(in, nil, out, nil, n, 0)
	}
	return result(unix.RawSyscall6(unix.SYS_COPY_FILE_RANGE, uintptr(in), 0, uintptr(out), 0, uintptr(n), 0))
}

func sendfile(out, in, n int) (int, error) {
	if !holdsFor(n) {
		return unix.Sendfile(out, in, nil, n)
	}
	return result(unix.RawSyscall6(unix.SYS_SENDFILE, uintptr(out), uintptr(in), 0, uintptr(n), 0, 0))
}

// pathCall makes a system call on a descriptor and a path. It needs no allocation for the path,
// unlike the functions of package unix.
func pathCall(trap uintptr, fd int, path *byte, a, b uintptr) (int, error) {
	if holds.Load() {
		return result(unix.RawSyscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(path)), a, b, 0, 0))
	}
	return result(unix.Syscall6(trap, uintptr(fd), uintptr(unsafe.Pointer(path)), a, b, 0, 0))
}

// rename is like pathCall, with two paths.
func rename(fd int, path *byte, toFD int, newPath *byte) error {
	var err error
	if holds.Load() {
		_, err = result(unix.RawSyscall6(unix.SYS_RENAMEAT2, uintptr(fd), uintptr(unsafe.Pointer(path)), uintptr(toFD), uintptr(unsafe.Pointer(newPath)), 0, 0))
	} else {
		_, err = result(unix.Syscall6(unix.SYS_RENAMEAT2, uintptr(fd), uintptr(unsafe.Pointer(path)), uintptr(toFD), uintptr(unsafe.Pointer(newPath)), 0, 0))
	}
	return err
}

// result returns the result of a system call.
func result(n, _ uintptr, errno unix.Errno) (int, error) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
