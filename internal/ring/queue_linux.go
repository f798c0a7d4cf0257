package ring

import (
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The queues are rings of a power of 2 places with a head and a tail that only grow.
// Who fills a queue publishes its tail after the entries, and who empties it reads the
// tail before them; the head is the same thing the other way round. Go's atomics are
// sequentially consistent, which is more than the acquire and release that
// io_uring(7) asks for.

// Free is how many entries Next can give before Enter has to be called.
func (r *Ring) Free() int {
	return int(r.sq.size - (r.sq.filled - atomic.LoadUint32(r.sq.head)))
}

// Next is the next entry of the submission queue, all zero; nil if there is no room.
// Entries between which there is a call of Enter are not linked.
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

// InFlight is how many requests were filled in and not taken back as completions.
func (r *Ring) InFlight() int { return r.inFlight }

// Enter hands over all entries that were filled in and waits until at least so many
// completions can be taken. An entry that the kernel refuses is a completion too.
//
// With fewer completions it returns if the kernel is short of room for more requests:
// take those that are there and call it again.
func (r *Ring) Enter(wait int) error {
	wait = min(wait, r.inFlight)
	atomic.StoreUint32(r.sq.tail, r.sq.filled)
	for {
		pending := r.sq.filled - atomic.LoadUint32(r.sq.head)
		if pending == 0 && r.ready() >= wait {
			return nil
		}
		// Asking for events makes the kernel work on completions even if there is no
		// need to wait for them, and lets in those that found no room.
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
			// What is under way makes room when it ends.
			return r.await()
		default:
			return os.NewSyscallError("io_uring_enter", errno)
		}
	}
}

// await hands nothing over and waits for a completion.
func (r *Ring) await() error {
	for r.ready() == 0 {
		_, _, errno := unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), 0, 1, enterGetEvents, 0, 0)
		if errno != 0 && errno != unix.EINTR {
			return os.NewSyscallError("io_uring_enter", errno)
		}
	}
	return nil
}

// takeBack forgets the entries that were filled in and not handed over.
func (r *Ring) takeBack() {
	published := atomic.LoadUint32(r.sq.tail)
	r.inFlight -= int(r.sq.filled - published)
	r.sq.filled = published
}

// ready is how many completions can be taken.
func (r *Ring) ready() int {
	return int(atomic.LoadUint32(r.cq.tail) - atomic.LoadUint32(r.cq.head))
}

// Completion takes the next completion: the tag of its entry, and what the system call
// of its request would have returned, an error as its negative number. It does not
// wait; not ok: there is none.
func (r *Ring) Completion() (tag uint64, result int32, ok bool) {
	head := *r.cq.head // nobody else writes it
	if head == atomic.LoadUint32(r.cq.tail) {
		return 0, 0, false
	}
	c := r.cq.entries[head&r.cq.mask]
	atomic.StoreUint32(r.cq.head, head+1)
	r.inFlight--
	return c.userData, c.res, true
}

var _ = [1]struct{}{}[unsafe.Sizeof(Entry{})-64] // an entry has 64 bytes
