package ring

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Ring is a pair of queues to the kernel. It belongs to the thread that made it.
type Ring struct {
	fd     int
	params params

	queues  []byte // the mapping of both queues
	entries []byte // the mapping of the submission queue's entries

	sq submissions
	cq completions

	// inFlight is how many requests were filled in and have not been taken back as
	// completions.
	inFlight int
}

// submissions is the queue to the kernel, which moves head; we move tail.
type submissions struct {
	head, tail *uint32
	mask       uint32
	size       uint32
	entries    []Entry
	filled     uint32 // tail as it will be published by Enter
}

// completions is the queue from the kernel, which moves tail; we move head.
type completions struct {
	head, tail *uint32
	mask       uint32
	entries    []completion
}

// flavours are the ways to set up a ring, the fastest first. An older kernel answers
// EINVAL to a flag that it does not know.
var flavours = []uint32{
	setupSubmitAll | setupSingleIssuer | setupDeferTaskrun, // 6.1
	setupSubmitAll | setupCoopTaskrun,                      // 5.19
	setupSubmitAll,                                         // 5.18
	0,
}

// New makes a ring that takes at least so many requests at a time and holds at least
// so many completions; the kernel rounds up to a power of 2, and down to 32,768 and
// twice as many.
func New(requests, answers int) (*Ring, error) {
	for _, flavour := range flavours {
		r, err := setUp(requests, answers, flavour)
		if !errors.Is(err, unix.EINVAL) {
			return r, err
		}
	}
	return nil, os.NewSyscallError("io_uring_setup", unix.EINVAL)
}

func setUp(requests, answers int, flags uint32) (*Ring, error) {
	r := &Ring{params: params{
		cqEntries: uint32(max(requests, answers)),
		flags:     flags | setupCQSize | setupClamp,
	}}
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, uintptr(max(1, requests)), uintptr(unsafe.Pointer(&r.params)), 0)
	if errno != 0 {
		return nil, os.NewSyscallError("io_uring_setup", errno)
	}
	r.fd = int(fd)
	if missing := r.lacking(featSingleMmap | featNoDrop); missing != nil {
		return nil, errors.Join(missing, r.release())
	}
	if err := r.mapQueues(); err != nil {
		return nil, errors.Join(err, r.release())
	}
	return r, nil
}

// mapQueues maps the memory that is shared with the kernel: io_uring_setup(2) has the
// sizes.
func (r *Ring) mapQueues() (err error) {
	p := &r.params
	size := max(
		int(p.sq.array)+int(p.sqEntries)*int(unsafe.Sizeof(uint32(0))),
		int(p.cq.cqes)+int(p.cqEntries)*int(unsafe.Sizeof(completion{})),
	)
	const prot, flags = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_SHARED | unix.MAP_POPULATE
	if r.queues, err = unix.Mmap(r.fd, offSQRing, size, prot, flags); err != nil {
		return fmt.Errorf("map the queues of a ring: %w", err)
	}
	if r.entries, err = unix.Mmap(r.fd, offSQEs, int(p.sqEntries)*int(unsafe.Sizeof(Entry{})), prot, flags); err != nil {
		return fmt.Errorf("map the entries of a ring: %w", err)
	}
	r.sq = submissions{
		head: r.word(p.sq.head), tail: r.word(p.sq.tail),
		mask: *r.word(p.sq.ringMask), size: *r.word(p.sq.ringEntries),
		entries: unsafe.Slice((*Entry)(unsafe.Pointer(unsafe.SliceData(r.entries))), p.sqEntries),
	}
	r.cq = completions{
		head: r.word(p.cq.head), tail: r.word(p.cq.tail), mask: *r.word(p.cq.ringMask),
		entries: unsafe.Slice((*completion)(unsafe.Pointer(&r.queues[p.cq.cqes])), p.cqEntries),
	}
	// Which entry each place of the queue refers to: its own, for good.
	for i, places := uint32(0), unsafe.Slice(r.word(p.sq.array), p.sqEntries); i < p.sqEntries; i++ {
		places[i] = i
	}
	r.sq.filled = atomic.LoadUint32(r.sq.tail)
	return nil
}

// word is a field of the queues, by its offset.
func (r *Ring) word(offset uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&r.queues[offset]))
}

// RegisterFiles gives the ring a table of n files, all places empty. A file that is
// opened into it has no descriptor: the process's own table, which all of its threads
// share, is not touched. n is bounded by the limit of open files.
func (r *Ring) RegisterFiles(n int) error {
	empty := make([]int32, n)
	for i := range empty {
		empty[i] = -1
	}
	return r.register(registerFiles, unsafe.Pointer(unsafe.SliceData(empty)), n)
}

// LimitWorkers bounds the threads that the kernel starts for requests of this thread
// that cannot be done at once. Work on regular files is bounded work; see
// IORING_REGISTER_IOWQ_MAX_WORKERS.
func (r *Ring) LimitWorkers(n int) error {
	limits := [2]uint32{uint32(n), uint32(n)} // IO_WQ_BOUND, IO_WQ_UNBOUND
	return r.register(registerMaxWorkers, unsafe.Pointer(&limits), len(limits))
}

func (r *Ring) register(what uintptr, arg unsafe.Pointer, n int) error {
	for {
		_, _, errno := unix.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(r.fd), what, uintptr(arg), uintptr(n), 0, 0)
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return os.NewSyscallError("io_uring_register", errno)
		}
	}
}

// Close forgets what was not handed over, ends what is under way and waits until it has ended, because the kernel may
// write to the memory of a request until then. Completions that were not taken are
// lost.
func (r *Ring) Close() error {
	return errors.Join(r.end(), r.release())
}

// end cancels all requests and takes their completions.
func (r *Ring) end() error {
	r.takeBack()
	if r.inFlight > 0 {
		e := r.Next()
		for e == nil {
			if err := r.Enter(1); err != nil {
				return err
			}
			r.discard()
			e = r.Next()
		}
		e.cancelAll() // before 5.19 it is refused, and requests end in their own time
	}
	for r.inFlight > 0 {
		if err := r.Enter(1); err != nil {
			return err
		}
		r.discard()
	}
	return nil
}

// discard takes all completions that are there.
func (r *Ring) discard() {
	for ok := true; ok; {
		_, _, ok = r.Completion()
	}
}

// release gives back the memory and the descriptor.
func (r *Ring) release() (err error) {
	for _, m := range [][]byte{r.queues, r.entries} {
		if m != nil {
			err = errors.Join(err, unix.Munmap(m))
		}
	}
	return errors.Join(err, os.NewSyscallError("close", unix.Close(r.fd)))
}

// Map gives n bytes, one at least, outside of the Go heap: all zero, from a page
// boundary on. They take no memory until they are touched. Unmap gives them back.
func Map(n int) ([]byte, error) {
	m, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes: %w", n, err)
	}
	return m, nil
}

// Unmap gives back what Map gave, all of it. No request may be using it.
func Unmap(m []byte) error { return unix.Munmap(m) }
