package ring

import (
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The size of each queue is a power of 2. Its head and tail only grow. The writer of a
// queue publishes the tail after it has written the entries, and the reader reads the tail
// before it reads the entries. For the head it is the reverse. Go's atomics are
// sequentially consistent, which is stronger than the acquire and release order that
// io_uring(7) requires.

// Free returns the number of entries that Next can return before Enter must be called.
func (r *Ring) Free() int {
	return int(r.sq.size - (r.sq.filled - atomic.LoadUint32(r.sq.head)))
}

// Next returns the next entry of the submission queue, all zero, or nil if the queue is full.
// A call of Enter between two entries breaks their link.
func (r *Ring) Next() *Entry {
	if r.Free() == 0 {
		return nil
	}
	e := &r.sq.entries[r.sq.filled&r.sq.mask]
	*e = Entry{}
	r.sq.filled++
	r.inFlight++
	return e
}

// InFlight returns the number of entries that were filled and whose completion was not taken
// yet.
func (r *Ring) InFlight() int { return r.inFlight }

// Enter submits all filled entries and waits until at least wait completions are available. An
// entry that the kernel refuses also has a completion.
//
// Enter returns earlier if the kernel has no room for more requests. The caller must then take
// the available completions and call Enter again.
func (r *Ring) Enter(wait int) error {
	wait = min(wait, r.inFlight)
	atomic.StoreUint32(r.sq.tail, r.sq.filled)
	for {
		pending := r.sq.filled - atomic.LoadUint32(r.sq.head)
		if pending == 0 && r.ready() >= wait {
			return nil
		}
		// IORING_ENTER_GETEVENTS makes the kernel process completions even if Enter need
		// not wait. It also adds the completions that did not fit into the queue before.
		_, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(pending), uintptr(wait), enterGetEvents, 0, 0)
		switch errno {
		case 0, unix.EINTR:
			// The runtime interrupts its threads with SIGURG to preempt goroutines.
		case unix.EAGAIN, unix.EBUSY:
			if r.ready() > 0 {
				return nil
			}
			if r.inFlight == int(pending) {
				return os.NewSyscallError("io_uring_enter", errno)
			}
			// Requests in flight free their entries when they end.
			return r.await()
		default:
			return os.NewSyscallError("io_uring_enter", errno)
		}
	}
}

// await submits nothing and waits for a completion.
func (r *Ring) await() error {
	for r.ready() == 0 {
		_, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), 0, 1, enterGetEvents, 0, 0)
		if errno != 0 && errno != unix.EINTR {
			return os.NewSyscallError("io_uring_enter", errno)
		}
	}
	return nil
}

// withdraw removes the entries that were filled and not submitted.
func (r *Ring) withdraw() {
	published := atomic.LoadUint32(r.sq.tail)
	r.inFlight -= int(r.sq.filled - published)
	r.sq.filled = published
}

// ready returns the number of available completions.
func (r *Ring) ready() int {
	return int(atomic.LoadUint32(r.cq.tail) - atomic.LoadUint32(r.cq.head))
}

// Completion takes the next completion. It returns the tag of the entry and the result of its
// system call, with errors as negative numbers. It does not wait; ok is false if there is no
// completion.
func (r *Ring) Completion() (tag uint64, result int32, ok bool) {
	head := *r.cq.head // only this thread writes it
	if head == atomic.LoadUint32(r.cq.tail) {
		return 0, 0, false
	}
	c := r.cq.entries[head&r.cq.mask]
	atomic.StoreUint32(r.cq.head, head+1)
	r.inFlight--
	return c.userData, c.res, true
}

var _ = [1]struct{}{}[unsafe.Sizeof(Entry{})-64] // an entry has 64 bytes
