package operations

import (
	"io/fs"
	"time"

	"iosweep/internal/workload"
)

// A Ringed task can have its items done by requests to the kernel that are put into
// a queue, as io_uring(7) takes them, rather than by calls that a worker waits in. It
// says what is to be asked; it knows nothing of queues, and who drives one knows
// nothing of items.
//
// What cannot be asked for in this way is done by a call in between, within Advance: a
// folder is opened when an item is in another one than the last, a file that the
// mask of permissions would strip is given its own, and content is made.
type Ringed interface {
	// Advance looks at what came of the requests that it put into x the last time, of
	// which there are none at first, and puts in those that follow. An item for
	// which it has put in none is done. An error names the item, as Do's does.
	Advance(x *RingItem) (Result, error)
}

// An RingItem is one item on its way, by questions and answers. It is kept from item
// to item, as a Scratch is: the one that stands in it is used by it alone.
type RingItem struct {
	Item     int
	Scratch  *Scratch
	Requests []Request
	// Memory gives n bytes that the kernel may read and write, from a block boundary
	// on, and takes back what it gave before. They are not in the Go heap.
	Memory func(n int) ([]byte, error)

	progress
}

// progress is how far an item is. Each task has stages of its own.
type progress struct {
	stage  int
	file   workload.File // the item
	name   string        // its name in its folder
	buffer []byte        // of Memory; it alone is kept from item to item

	got   int   // bytes that were read just now; below 0 if nothing was to be
	put   int   // the same for bytes that were written
	moved int64 // bytes that were read in all

	data   []byte // what is to be stored and has not been yet
	stored int64  // bytes that have been
	last   bool   // no data follows
	made   bool   // the file to be stored into was asked for
	mode   bool   // and its permissions have to be set once it is there
}

// Reset makes the exchange carry another item and keeps its memory.
func (x *RingItem) Reset(item int) {
	x.Item, x.Requests = item, x.Requests[:0]
	x.progress = progress{buffer: x.buffer}
}

// At most so many requests are put in at once, and an item has so many files open.
const (
	MaxRequests = 5
	MaxFiles    = 2
)

// MaxTransfer is the most bytes that one request moves: MAX_RW_COUNT, see read(2). Of
// more the kernel moves as many and calls that a success, so whoever asks has to know.
const MaxTransfer = 0x7ffff000

// A Request is one system call that is asked for. Those of one item are begun side by
// side, except where one follows another.
type Request struct {
	Call   Call
	File   int    // which of the item's files, below MaxFiles; they have no descriptors
	Dir    int    // the folder of Name, a descriptor
	Name   string // without a zero byte
	Flags  int    // of openat(2)
	Mode   fs.FileMode
	Data   []byte
	Offset int64
	Wait   time.Duration // for CallWait
	Link   Link

	// Result is the answer: what the call returns, an error as its negative number.
	Result int32
}

// A Call is what a request asks for.
type Call uint8

// The calls that there are.
const (
	CallOpen   Call = iota // openat(2): of Dir, Name, Flags and Mode, as File
	CallRead               // pread(2): from File into Data, at Offset
	CallWrite              // pwrite(2): of Data into File, at Offset
	CallSync               // fsync(2) of File
	CallClose              // close(2) of File
	CallUnlink             // unlinkat(2) of Dir and Name
	CallWait               // for Wait; it answers ETIME
)

// Link is what a request is to the one that follows it.
type Link uint8

// A request may leave the next alone, or let it begin only when it has ended. Whoever
// waits for one that fails is not begun, and answers ECANCELED.
const (
	NoLink Link = iota
	// LinkOnSuccess: a transfer of fewer bytes than asked for is a failure too.
	LinkOnSuccess
	LinkOnEnd
)
