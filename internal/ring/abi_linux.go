package ring

import "fmt"

// This file declares the kernel's interface of include/uapi/linux/io_uring.h. The names
// come from the header, without its prefix. The man pages are io_uring_setup(2),
// io_uring_enter(2) and io_uring_register(2).

// An Op is the operation of a request: enum io_uring_op.
type Op uint8

// The operations in use, each with the first Linux release that supports it.
const (
	Nop      Op = 0  // IORING_OP_NOP, 5.1
	Fsync    Op = 3  // IORING_OP_FSYNC, 5.1
	Timeout  Op = 11 // IORING_OP_TIMEOUT, 5.4
	Cancel   Op = 14 // IORING_OP_ASYNC_CANCEL, 5.5
	OpenAt   Op = 18 // IORING_OP_OPENAT, 5.6; into a file table since 5.15
	Close    Op = 19 // IORING_OP_CLOSE, 5.6; from a file table since 5.15
	Read     Op = 22 // IORING_OP_READ, 5.6
	Write    Op = 23 // IORING_OP_WRITE, 5.6
	UnlinkAt Op = 36 // IORING_OP_UNLINKAT, 5.11
)

var opNames = map[Op]string{
	Nop: "NOP", Fsync: "FSYNC", Timeout: "TIMEOUT", Cancel: "ASYNC_CANCEL", OpenAt: "OPENAT",
	Close: "CLOSE", Read: "READ", Write: "WRITE", UnlinkAt: "UNLINKAT",
}

func (o Op) String() string {
	if name, ok := opNames[o]; ok {
		return name
	}
	return fmt.Sprintf("opcode %d", uint8(o))
}

// Flags of io_uring_setup(2).
const (
	setupCQSize       = 1 << 3  // IORING_SETUP_CQSIZE: cqEntries is set
	setupClamp        = 1 << 4  // IORING_SETUP_CLAMP: a queue that is too large gets the maximum size
	setupSubmitAll    = 1 << 7  // IORING_SETUP_SUBMIT_ALL, 5.18: an invalid entry does not stop the following entries
	setupCoopTaskrun  = 1 << 8  // IORING_SETUP_COOP_TASKRUN, 5.19: no interrupt for a completion
	setupSingleIssuer = 1 << 12 // IORING_SETUP_SINGLE_ISSUER, 6.0: one thread submits
	setupDeferTaskrun = 1 << 13 // IORING_SETUP_DEFER_TASKRUN, 6.1: completions are processed while the program waits for them
)

// Features of a ring as the kernel reports them: io_uring_params.features.
const (
	featSingleMmap = 1 << 0  // IORING_FEAT_SINGLE_MMAP, 5.4: one mapping for both queues
	featNoDrop     = 1 << 1  // IORING_FEAT_NODROP, 5.5: completions are kept when the queue is full
	featLinkedFile = 1 << 12 // IORING_FEAT_LINKED_FILE, 5.17: a linked request may use the file that the previous one opened
)

// Flags of an entry: io_uring_sqe.flags. A link is an order of two requests, not a link of a
// file.
const (
	sqeFixedFile = 1 << 0 // IOSQE_FIXED_FILE: fd is a slot of the ring's file table
	sqeLink      = 1 << 2 // IOSQE_IO_LINK: the next request starts after this one has succeeded
	sqeHardLink  = 1 << 3 // IOSQE_IO_HARDLINK: the next request starts after this one has succeeded or failed
)

const (
	enterGetEvents = 1 << 0 // IORING_ENTER_GETEVENTS
	cancelAll      = 1 << 0 // IORING_ASYNC_CANCEL_ALL, 5.19
	cancelAny      = 1 << 2 // IORING_ASYNC_CANCEL_ANY, 5.19

	offSQRing = 0          // IORING_OFF_SQ_RING
	offSQEs   = 0x10000000 // IORING_OFF_SQES

	registerFiles      = 2  // IORING_REGISTER_FILES, 5.1; -1 for an empty slot since 5.5
	registerProbe      = 8  // IORING_REGISTER_PROBE, 5.6
	registerMaxWorkers = 19 // IORING_REGISTER_IOWQ_MAX_WORKERS, 5.15

	opSupported = 1 << 0 // IO_URING_OP_SUPPORTED
)

// params is struct io_uring_params.
type params struct {
	sqEntries, cqEntries      uint32
	flags                     uint32
	sqThreadCPU, sqThreadIdle uint32
	features                  uint32
	wqFD                      uint32
	_                         [3]uint32
	sq                        sqOffsets
	cq                        cqOffsets
}

// sqOffsets is struct io_sqring_offsets: the offset of each field in the mapping.
type sqOffsets struct {
	head, tail, ringMask, ringEntries, flags, dropped, array, _ uint32
	_                                                           uint64
}

// cqOffsets is struct io_cqring_offsets.
type cqOffsets struct {
	head, tail, ringMask, ringEntries, overflow, cqes, flags, _ uint32
	_                                                           uint64
}

// An Entry is one request in the submission queue: struct io_uring_sqe.
type Entry struct {
	op          Op
	flags       uint8
	ioprio      uint16
	fd          int32
	off         uint64
	addr        uint64
	len         uint32
	opFlags     uint32 // the union of open_flags, fsync_flags, timeout_flags and so on
	userData    uint64
	bufIndex    uint16
	personality uint16
	fileIndex   uint32
	_           [2]uint64
}

// completion is struct io_uring_cqe.
type completion struct {
	userData uint64
	res      int32
	flags    uint32
}

// probe is struct io_uring_probe with space for every possible opcode.
type probe struct {
	lastOp, opsLen uint8
	_              uint16
	_              [3]uint32
	ops            [256]struct {
		op, _ uint8
		flags uint16
		_     uint32
	}
}
