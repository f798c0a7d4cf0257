package operations

import (
	"errors"
	"io"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A Task does the items of one trial in one process.
type Task interface {
	// Do does one item. It is safe for concurrent use with distinct scratches.
	// An error names the item.
	Do(s *Scratch, item int) (Result, error)
	// Close releases what Open acquired. It is not timed.
	Close() error
}

// Result is what a task says of one item that it did.
type Result struct {
	// Bytes is how much of the item's content went through.
	Bytes int64
	// Digest is the CRC-32 (IEEE) of the content where the outcome is in memory
	// alone, as after a read; elsewhere 0, and Verify looks at the files.
	Digest uint32
}

// result is what a task says of an item all of whose content went through, or of one that
// failed.
func result(m *workload.Manifest, item int, err error) (Result, error) {
	return Result{Bytes: m.File(item).Size}, itemError(m, item, err)
}

// A Bracketed task has work before the first and after the last item that
// belongs to the operation, so it is timed. Both run in one process, once.
type Bracketed interface {
	Begin() error
	End() error
}

// A Staged task can do an item in three steps, on three goroutines or in two
// processes. Do is the three in order. A StagedItem carries the item between them;
// who holds the parcel may use it, nobody else.
type Staged interface {
	// Load brings the item's content into p.Data.
	Load(s *Scratch, p *StagedItem) error
	// Compute does the processor's part: p.Data becomes what is to be stored.
	Compute(s *Scratch, p *StagedItem) error
	// Commit stores it. For an operation with sinks, calls to Commit must not
	// overlap, except under the sink "unlocked".
	Commit(s *Scratch, p *StagedItem) (Result, error)
}

// A StagedItem is one item on its way between the stages of a Staged task. Its
// exported fields are all that crosses a process boundary.
type StagedItem struct {
	Item int
	// Data is the item's content as of the last stage. Its array belongs to
	// the parcel and is reused with it.
	Data []byte
	// Size and CRC describe the content before Compute changed its form.
	Size int64
	CRC  uint32

	spare []byte // a second array, so that Compute can read Data and write elsewhere
}

// A Batched task is a Staged one whose items may reach the one shared file many
// at a time, because the result of an item is a run of bytes that may stand before
// or after that of any other. Under the sink "collector" each worker lines up the
// results of its items in a buffer of its own, and whole buffers are stored. So a
// short record costs a copy, where Commit would cost a call and a way to another
// goroutine.
type Batched interface {
	// AppendItem does what Load and Compute do, and appends what Commit would store of
	// the item to dst. size is how much of the item's content went through. It is
	// safe for concurrent use with distinct scratches. An error names the item.
	AppendItem(s *Scratch, dst []byte, item int) (gathered []byte, size int64, err error)
	// StoreBatch stores what was gathered of any number of items. Calls must not
	// overlap, and are made in the process that did Begin.
	StoreBatch(gathered []byte) error
}

// A Scratch is what one worker keeps from item to item: buffers, compressors,
// open descriptors. It lives as long as the worker and is used by it alone.
type Scratch struct {
	// Worker numbers the workers of a trial from 0, over all its processes.
	Worker int
	// Yield is called between the system calls of an item, where an event loop
	// would turn to another task. Nil means: go on.
	Yield func()

	staged StagedItem // for Do of a staged task
	buf    []byte     // a buffer for whoever needs one
	state  io.Closer  // what one operation keeps; an operation is alone in a trial

	from, to dirio.Cursor // where the last item came from, and where it went
}

// yield gives way to other tasks of an event loop, if there is one.
func (s *Scratch) yield() {
	if s.Yield != nil {
		s.Yield()
	}
}

// Close releases the descriptors of a worker that has done its last item.
func (s *Scratch) Close() error {
	err := errors.Join(s.from.Close(), s.to.Close())
	if s.state != nil {
		err = errors.Join(err, s.state.Close())
		s.state = nil
	}
	return err
}

// kept is what an operation keeps with a worker: made at the worker's first
// item, closed with its Scratch.
func workerState[T io.Closer](s *Scratch, open func() (T, error)) (T, error) {
	if state, ok := s.state.(T); ok {
		return state, nil
	}
	state, err := open()
	if err == nil {
		s.state = state
	}
	return state, err
}

// doStages is Do for a staged task: its three stages on one goroutine.
func doStages(t Staged, s *Scratch, item int) (Result, error) {
	p := &s.staged
	p.Reset(item)
	if err := t.Load(s, p); err != nil {
		return Result{}, err
	}
	if err := t.Compute(s, p); err != nil {
		return Result{}, err
	}
	return t.Commit(s, p)
}

// Reset makes the parcel carry another item and keeps its arrays.
func (p *StagedItem) Reset(item int) {
	p.Item = item
	p.Data = p.Data[:0]
	p.Size, p.CRC = 0, 0
}
