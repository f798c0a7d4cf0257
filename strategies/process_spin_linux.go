package strategies

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// spinTime is the longest time that a worker process waits for its first tasks without sleeping. The
// other processes become ready in this time.
const spinTime = 5 * time.Millisecond

// spin waits for the next frame without sleeping, for at most spinTime. A system takes up to a
// millisecond to wake a process that sleeps, which would be part of the time of its first item.
func (r *frameReader) spin() {
	pipe, ok := r.source.(*os.File)
	if !ok {
		return
	}
	fds := []unix.PollFd{{Fd: int32(pipe.Fd()), Events: unix.POLLIN}}
	for begun := time.Now(); time.Since(begun) < spinTime; {
		if n, err := unix.Poll(fds, 0); n > 0 || err != nil && err != unix.EINTR {
			return
		}
		// A process that is not ready yet, and the parent, may need this processor.
		_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
}
