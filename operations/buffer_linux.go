package operations

import (
	"os"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page of the processors in common use.
const hugePage = 2 << 20

// newBuffer returns a buffer of at least n bytes, and a function that releases it, or nil. A large
// buffer has huge pages, where the system has them. Then it takes one page fault instead of 512; on a
// virtual machine the faults of 1 MiB took as long as reading 50 MiB. The heap may clear a new buffer,
// which touches every page before huge pages are asked for. So the buffer is outside the heap. Since
// Linux 6.7 the kernel places a mapping of this size on the boundary of a huge page.
func newBuffer(n int) (buf []byte, release func() error) {
	if n >= hugePage/2 {
		size := (n + hugePage - 1) &^ (hugePage - 1)
		if b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON); err == nil {
			_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // without huge pages it is a buffer like any other
			return b, func() error { return os.NewSyscallError("munmap", unix.Munmap(b)) }
		}
	}
	return make([]byte, n), nil
}
