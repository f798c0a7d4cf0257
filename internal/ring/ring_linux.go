package ring

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Ring is a pair of queues shared with the kernel. It belongs to the thread that created it.
type Ring struct {
	fd     int
	params params

	queues  []byte // the mapping of both queues
	entries []byte // the mapping of the submission queue's entries

	sq submissionQueue
	cq completionQueue

	// inFlight counts the entries that were filled and whose completion was not taken yet.
	inFlight int
}

// submissionQueue is the queue to the kernel. The kernel advances head; this program advances
// tail.
type submissionQueue struct {
	head, tail *uint32
	mask       uint32
	size       uint32
	entries    []Entry
	filled     uint32 // the tail that Enter will publish
}

// completionQueue is the queue from the kernel. The kernel advances tail; this program
// advances head.
type completionQueue struct {
	head, tail *uint32
	mask       uint32
	entries    []completion
}

// setupFlags lists the ways to set up a ring, the fastest first. A kernel returns EINVAL for a
// flag that it does not support.
var setupFlags = []uint32{
	setupSubmitAll | setupSingleIssuer | setupDeferTaskrun, // 6.1
	setupSubmitAll | setupCoopTaskrun,                      // 5.19
	setupSubmitAll,                                         // 5.18
	0,
}

// New creates a ring for at least the given numbers of requests and completions. The kernel
// rounds both up to a power of 2. It limits them to 32,768 requests and twice as many
// completions.
func New(requests, completions int) (*Ring, error) {
	for _, flags := range setupFlags {
		r, err := setUp(requests, completions, flags)
		if !errors.Is(err, unix.EINVAL) {
			return r, err
		}
	}
	return nil, os.NewSyscallError("io_uring_setup", unix.EINVAL)
}

func setUp(requests, completions int, flags uint32) (*Ring, error) {
	r := &Ring{params: params{
		cqEntries: uint32(max(requests, completions)),
		flags:     flags | setupCQSize | setupClamp,
	}}
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, uintptr(max(1, requests)), uintptr(unsafe.Pointer(&r.params)), 0)
	if errno != 0 {
		return nil, os.NewSyscallError("io_uring_setup", errno)
	}
	r.fd = int(fd)
	if missing := r.checkFeatures(featSingleMmap | featNoDrop); missing != nil {
		return nil, errors.Join(missing, r.release())
	}
	if err := r.mapQueues(); err != nil {
		return nil, errors.Join(err, r.release())
	}
	return r, nil
}

// mapQueues maps the memory that is shared with the kernel. io_uring_setup(2) defines the
// sizes.
func (r *Ring) mapQueues() (err error) {
	p := &r.params
	size := max(
		int(p.sq.array)+int(p.sqEntries)*int(unsafe.Sizeof(uint32(0))),
		int(p.cq.cqes)+int(p.cqEntries)*int(unsafe.Sizeof(completion{})),
	)
	const prot, flags = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_SHARED | unix.MAP_POPULATE
	if r.queues, err = unix.Mmap(r.fd, offSQRing, size, prot, flags); err != nil {
		return fmt.Errorf("mapping the queues of a ring: %w", err)
	}
	if r.entries, err = unix.Mmap(r.fd, offSQEs, int(p.sqEntries)*int(unsafe.Sizeof(Entry{})), prot, flags); err != nil {
		return fmt.Errorf("mapping the entries of a ring: %w", err)
	}
	r.sq = submissionQueue{
		head: r.word(p.sq.head), tail: r.word(p.sq.tail),
		mask: *r.word(p.sq.ringMask), size: *r.word(p.sq.ringEntries),
		entries: unsafe.Slice((*Entry)(unsafe.Pointer(unsafe.SliceData(r.entries))), p.sqEntries),
	}
	r.cq = completionQueue{
		head: r.word(p.cq.head), tail: r.word(p.cq.tail), mask: *r.word(p.cq.ringMask),
		entries: unsafe.Slice((*completion)(unsafe.Pointer(&r.queues[p.cq.cqes])), p.cqEntries),
	}
	// Each slot of the queue always refers to the entry with the same index.
	for i, slots := uint32(0), unsafe.Slice(r.word(p.sq.array), p.sqEntries); i < p.sqEntries; i++ {
		slots[i] = i
	}
	r.sq.filled = atomic.LoadUint32(r.sq.tail)
	return nil
}

// word returns a pointer to the field at an offset of the queues.
func (r *Ring) word(offset uint32) *uint32 {
	return (*uint32)(unsafe.Pointer(&r.queues[offset]))
}

// RegisterFiles gives the ring a file table with n empty slots. A file opened into the table
// has no descriptor, so it does not use the descriptor table, which all threads of the process
// share. The limit of open files also limits n.
func (r *Ring) RegisterFiles(n int) error {
	empty := make([]int32, n)
	for i := range empty {
		empty[i] = -1
	}
	return r.register(registerFiles, unsafe.Pointer(unsafe.SliceData(empty)), n)
}

// LimitWorkers limits the number of kernel threads for requests of this thread that cannot
// complete at once. The kernel calls work on regular files bounded work, and other work
// unbounded work. It has a limit for each kind: see IORING_REGISTER_IOWQ_MAX_WORKERS.
// LimitWorkers sets both limits to n.
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

// Close withdraws entries that were not submitted, cancels the other requests and waits until
// they have ended, because the kernel may write to their memory until then. Completions that
// were not taken are lost.
func (r *Ring) Close() error {
	return errors.Join(r.end(), r.release())
}

// end cancels all requests and takes their completions.
func (r *Ring) end() error {
	r.withdraw()
	if r.inFlight > 0 {
		e := r.Next()
		for e == nil {
			if err := r.Enter(1); err != nil {
				return err
			}
			r.discard()
			e = r.Next()
		}
		e.cancelAll() // kernels before 5.19 refuse it; then the requests must end normally
	}
	for r.inFlight > 0 {
		if err := r.Enter(1); err != nil {
			return err
		}
		r.discard()
	}
	return nil
}

// discard takes all available completions.
func (r *Ring) discard() {
	for ok := true; ok; {
		_, _, ok = r.Completion()
	}
}

// release frees the memory and closes the descriptor.
func (r *Ring) release() (err error) {
	for _, m := range [][]byte{r.queues, r.entries} {
		if m != nil {
			err = errors.Join(err, unix.Munmap(m))
		}
	}
	return errors.Join(err, os.NewSyscallError("close", unix.Close(r.fd)))
}

// Map allocates n bytes (at least one) outside the Go heap. They are zero and start at a page
// boundary. They use no memory until they are accessed. Unmap frees them.
func Map(n int) ([]byte, error) {
	m, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("mapping %d bytes: %w", n, err)
	}
	return m, nil
}

// Unmap frees memory of Map. m must be the whole slice, and no request may use it.
func Unmap(m []byte) error { return unix.Munmap(m) }
