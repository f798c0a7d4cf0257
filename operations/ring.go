package operations

import (
	"io/fs"
	"time"

	"iosweep/internal/workload"
)

// A Ringed task can do its items by requests in a ring, which is a queue of the kernel
// (io_uring(7)), instead of system calls that block a worker. The task chooses the
// requests. A driver in package strategies submits them and knows nothing about items.
//
// For some work there is no request, so Advance does it itself: it generates content, opens
// the folder of an item, and sets permissions that the umask would remove.
type Ringed interface {
	// Advance reads the results of the previous requests in x.Requests, which is empty
	// at first, and replaces them with the next ones. If it leaves x.Requests empty, the
	// item is done. An error names the item, as in Do.
	Advance(x *RingItem) (Result, error)
}

// A RingItem is the state of one item in flight on a ring. It is reused for later
// items, as a Scratch is. Its Scratch belongs to it alone.
type RingItem struct {
	Item     int
	Scratch  *Scratch
	Requests []Request
	// Memory returns n bytes that the kernel may read and write, aligned to a block.
	// They are outside the Go heap. A call frees the memory of the previous call.
	Memory func(n int) ([]byte, error)

	progress
}

// progress is the state of an item between two calls of Advance. Each task defines its own
// stages.
type progress struct {
	stage  int
	file   workload.File // the item's
	name   string        // the file's name in its folder
	buffer []byte        // from Memory; the only field that is kept for the next item

	input        blocks // the position in the input file
	inputOpen    bool
	bytesRead    int // by the previous requests; -1 if no read was done
	bytesWritten int // the same for writes
	digest       uint32
	generator    generator

	outputDir    string // the directory of the output file, in the output directory
	data         []byte // still to be written
	totalWritten int64  // the position in the output file
	last         bool   // no data follows
	outputExists bool   // the output file was made before the item
	created      bool   // the creation of the output file was requested
	needsMode    bool   // its permissions must be set after its creation
}

// Reset prepares x for another item and keeps its memory.
func (x *RingItem) Reset(item int) {
	x.Item, x.Requests = item, x.Requests[:0]
	x.progress = progress{buffer: x.buffer}
}

// Limits of one item: requests in flight at once, and files open at once.
const (
	MaxRequests = 5
	MaxFiles    = 2
)

// MaxTransfer is the largest number of bytes that one request moves: MAX_RW_COUNT, see
// read(2). The kernel shortens a longer request and reports success.
const MaxTransfer = 0x7ffff000

// A Request asks for one system call. The requests of an item run concurrently, except
// where they are linked.
type Request struct {
	Call   Call
	File   int    // index of one of the item's files, below MaxFiles; not a descriptor
	Dir    int    // the descriptor of the folder that contains Name
	Name   string // without a zero byte
	Flags  int    // for openat(2)
	Mode   fs.FileMode
	Data   []byte
	Offset int64
	Wait   time.Duration // for CallWait
	Link   Link

	// Result is the return value of the call, or a negative error number.
	Result int32
}

// A Call is the system call of a request.
type Call uint8

// The supported calls.
const (
	CallOpen   Call = iota // openat(2) with Dir, Name, Flags and Mode; opens File
	CallRead               // pread(2) from File into Data at Offset
	CallWrite              // pwrite(2) of Data into File at Offset
	CallSync               // fsync(2) of File
	CallClose              // close(2) of File
	CallUnlink             // unlinkat(2) of Dir and Name
	CallWait               // waits for the duration Wait; its result is ETIME
)

// A Link says when the next request may start.
type Link uint8

const (
	// NoLink lets the next request start at once.
	NoLink Link = iota
	// LinkOnSuccess lets the next request start when this one has succeeded. If it fails,
	// the linked requests after it do not start, and their result is ECANCELED. A transfer
	// of fewer bytes than requested is a failure.
	LinkOnSuccess
	// LinkOnEnd lets the next request start when this one has ended, even if it failed.
	LinkOnEnd
)
