package operations

import (
	"errors"
	"io"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// A Task does the items of one trial in one process.
type Task interface {
	// Do does one item. It is safe for concurrent use with distinct scratches. An error
	// names the item.
	Do(s *Scratch, item int) (Result, error)
	// Close releases the resources of Open. It is not timed.
	Close() error
}

// A Result is the result of one item.
type Result struct {
	// Bytes is the size of the processed content.
	Bytes int64
	// Digest is the CRC-32 (IEEE) of the content if the outcome is only in memory, as after
	// a read. For other operations it is 0, and Verify reads the files.
	Digest uint32
}

// result returns the result of an item that was completely processed, or the error of one
// that failed.
func result(m *workload.Manifest, item int, err error) (Result, error) {
	return Result{Bytes: m.File(item).Size}, itemError(m, item, err)
}

// A Bracketed task has timed work of its own before the first item and after the last one:
// Begin and End bracket the items. Both run once, in the same process.
type Bracketed interface {
	Begin() error
	End() error
}

// A Staged task can do an item in three stages, on three goroutines or in two processes.
// Do runs the three in order. A StagedItem carries the item from stage to stage. Only the
// goroutine that currently owns it may use it.
//
// An item that is larger than a block goes through the stages block by block, in one StagedItem
// for each block. The driver begins with Reset and continues with Resume until Load has set Last:
//
//   - One worker loads all blocks of an item, in order, with the same Scratch, and loads no other
//     item in between. The Scratch keeps the open file between the calls of Load.
//   - Blocks may be computed in any order, on any worker.
//   - For an operation with sinks, the blocks of an item are committed in order. Under the sinks
//     "locked" and "collector" no block of another item comes between them. Without a sink they
//     may be committed in any order, on any worker.
type Staged interface {
	// Load reads or generates the content of the block in p.Data, and sets p.Size and p.Last.
	// It may leave generating to Compute.
	Load(s *Scratch, p *StagedItem) error
	// Compute does the processor's work: it turns p.Data into the bytes to store.
	Compute(s *Scratch, p *StagedItem) error
	// Commit stores these bytes. The Bytes of its result are the size of the block's content.
	// Under the sinks "locked" and "collector", calls of Commit do not overlap.
	Commit(s *Scratch, p *StagedItem) (Result, error)
}

// A StagedItem is one item between the stages of a Staged task, or one block of an item that is
// larger than a block. Only its exported fields cross a process boundary.
type StagedItem struct {
	Item int
	// Offset is the position of the block in the item's content. Last reports whether the item
	// ends with the block.
	Offset int64
	Last   bool
	// Data is the result of the last stage. Its array belongs to the StagedItem and is
	// reused with it.
	Data []byte
	// Size and CRC describe the content of the block before Compute changed it.
	Size int64
	CRC  uint32
	// Dict is the content before the block, for a Compute that needs it.
	Dict []byte
}

// A Haltable task has calls of Commit that wait for blocks of other workers. These blocks may never
// come if the trial has failed.
type Haltable interface {
	// Halt makes such calls return an error, now and later. It may be called at any time, also
	// after Close.
	Halt()
}

// A Batched task is a Staged task that can store the results of many items with one call.
// The result of an item is a sequence of bytes. The results of all items may be in any
// order in the shared file. Under the sink "collector" each worker appends its results to a
// batch, and whole batches are stored. Each item then costs one copy. With Commit it would
// cost a call and a switch to another goroutine.
type Batched interface {
	// AppendBlock does the work of Load and Compute for a block, and appends the bytes that Commit
	// would store to dst. It sets p.Size and p.Last, and leaves p.Data alone. It is safe for
	// concurrent use with distinct scratches. An error names the item.
	AppendBlock(s *Scratch, dst []byte, p *StagedItem) (batch []byte, err error)
	// BatchSize returns the number of bytes of a batch that is worth storing.
	BatchSize() int
	// StoreBatch stores the results of any number of items, or a part of the result of an item that
	// is larger than a block. Calls must not overlap. They are made in the process that called Begin.
	StoreBatch(batch []byte) error
}

// A Scratch is the scratch memory of one worker: buffers, compressors and open descriptors
// that the worker keeps between items. It lives as long as its worker. No other worker uses it.
type Scratch struct {
	// Worker is the number of the worker, from 0, over all processes of a trial.
	Worker int
	// Yield is called between the system calls of an item, where an event loop would switch
	// to another task. It may be nil.
	Yield func()

	staged  StagedItem   // for Do of a staged task
	buf     []byte       // for any use within one call
	release func() error // releases buf; nil for memory of the heap
	spare   []byte       // for the result of Compute, which then changes places with p.Data
	state   io.Closer    // of the trial's operation: see workerState

	from, to dirio.Cursor // the folders of the last item
	loading  loading      // the item whose blocks are being loaded
}

// yield lets other tasks of an event loop run, if there is one.
func (s *Scratch) yield() {
	if s.Yield != nil {
		s.Yield()
	}
}

// room returns the buffer, empty, with room for n bytes.
func (s *Scratch) room(n int) ([]byte, error) {
	if cap(s.buf) >= n {
		return s.buf[:0], nil
	}
	n = max(n, cap(s.buf)+cap(s.buf)/4) // so that growing items do not each allocate again
	err := s.closeBuffer()
	s.buf, s.release = newBuffer(n)
	return s.buf[:0], err
}

func (s *Scratch) closeBuffer() (err error) {
	if s.release != nil {
		err = s.release()
	}
	s.buf, s.release = nil, nil
	return err
}

// Close closes the descriptors and releases the buffer. It is called after the worker's last item.
func (s *Scratch) Close() error {
	err := errors.Join(s.loading.close(), s.from.Close(), s.to.Close(), s.closeBuffer())
	if s.state != nil {
		err = errors.Join(err, s.state.Close())
		s.state = nil
	}
	return err
}

// workerState returns the state that an operation keeps with a worker. It opens the state
// at the worker's first item. Scratch.Close closes it.
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

// doStages is Do for a staged task: it runs the three stages on one goroutine.
func doStages(t Staged, s *Scratch, item int) (Result, error) {
	p := &s.staged
	return p.Blocks(item, func() (Result, error) {
		if err := t.Load(s, p); err != nil {
			return Result{}, err
		}
		if err := t.Compute(s, p); err != nil {
			return Result{}, err
		}
		return t.Commit(s, p)
	})
}

// Blocks calls do for each block of an item, in order, and adds up the results. do loads p.
func (p *StagedItem) Blocks(item int, do func() (Result, error)) (Result, error) {
	p.Reset(item)
	total, err := do()
	for err == nil && !p.Last {
		p.Resume(item, p.End())
		var block Result
		block, err = do()
		total.Bytes += block.Bytes
	}
	return total, err
}

// Reset prepares p for another item and keeps its arrays.
func (p *StagedItem) Reset(item int) { p.Resume(item, 0) }

// Resume prepares p for the block of an item that begins at offset, and keeps its arrays. The
// first block begins at 0, and every other block at the end of the block before it.
func (p *StagedItem) Resume(item int, offset int64) {
	p.Item = item
	p.Data, p.Dict = p.Data[:0], p.Dict[:0]
	p.Size, p.CRC = 0, 0
	p.Offset, p.Last = offset, false
}

// End returns the position after the block in the item's content, once the block is loaded.
func (p *StagedItem) End() int64 { return p.Offset + p.Size }

// cut sets the size of the block that begins at p.Offset in an item of this size.
func (p *StagedItem) cut(size int64, block Block) {
	p.Size = min(block.Of(size), size-p.Offset)
	p.Last = p.End() >= size
}

// isWhole reports whether the block is the whole item.
func (p *StagedItem) isWhole() bool { return p.Offset == 0 && p.Last }
