package strategies

import (
	"context"
	"encoding/binary"
	"time"

	"iosweep/operations"
)

// A batchExecutor lets every worker append the results of its items to a batch of
// its own, and passes on whole batches: to a goroutine that stores them, or to the
// parent process. An item then costs a copy and a look at the clock on top of its
// own work. In an itemCollector it costs two channels and a switch between two
// goroutines.
type batchExecutor struct {
	task     operations.Batched
	counters *counters
	get      func() *batch      // a free one
	pass     func(*batch) error // passes one on
	reuses   bool               // a batch that was passed on is free at once
	end      func() error
}

func (e *batchExecutor) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		w.batch = e.get()
		w.batch.reset(w.scratch.Worker)
	}
	data, size, err := e.task.AppendItem(&w.scratch, w.batch.data, item)
	if err != nil {
		return begun, err // the batch is as before
	}
	w.batch.data = data
	w.batch.add(begun, size)
	now := e.counters.now()
	if w.batch.due(now) {
		return now, e.flush(w)
	}
	return now, nil
}

// flush passes on the worker's batch.
func (e *batchExecutor) flush(w *worker) error {
	b := w.batch
	if b == nil || len(b.begun) == 0 {
		return nil
	}
	if !e.reuses {
		w.batch = nil
	}
	if err := e.pass(b); err != nil || !e.reuses {
		return err
	}
	b.reset(b.worker)
	return nil
}

func (e *batchExecutor) close() error { return e.end() }

// A batchCollector passes batches to one goroutine that stores them.
type batchCollector struct {
	batchExecutor
	queue *queue[batch]
}

func newBatchCollector(halt context.CancelCauseFunc, task operations.Batched, c *counters, workers int) *batchCollector {
	store := func(b *batch) error {
		if err := task.StoreBatch(b.data); err != nil {
			return err
		}
		c.recordBatch(b)
		return nil
	}
	q := newQueue(halt, workers, store, func() error { return nil })
	return &batchCollector{batchExecutor{task: task, counters: c, get: q.get, pass: q.put, end: q.close}, q}
}

// receive passes on a batch that a worker process has sent.
func (e *batchCollector) receive(body []byte) (int, error) {
	b := e.queue.get()
	if err := b.decode(body, e.counters.now()); err != nil {
		return 0, err
	}
	items := len(b.begun) // before the batch belongs to the collector
	return items, e.queue.put(b)
}

// newBatchSender returns an executor that sends batches to the parent process. A
// batch has been copied into the pipe when it is sent, so one for each worker is
// enough.
func newBatchSender(task operations.Batched, c *counters, out *frameWriter) executor {
	return &batchExecutor{
		task: task, counters: c, reuses: true,
		get: func() *batch { return new(batch) },
		pass: func(b *batch) error {
			b.header = b.encodeHeader(b.header[:0], c.now())
			return out.write(frameBatch, b.header, b.data)
		},
		end: func() error { return nil },
	}
}

// A batch is finished items of one worker in a row, on their way to the collector.
type batch struct {
	worker int
	begun  []time.Duration // of each item, by the counters' clock
	size   int64           // of the content of all of them
	data   []byte          // their results, one after another
	header []byte          // reused by encodeHeader
}

// A batch is passed on when it has this many bytes or items, or when its first item
// was begun this long ago. This many bytes stay in the cache of a processor, and a
// call for each batch costs nothing beside them. The age matters where items are
// slow: a batch gains nothing there, and a finished item would wait for others to
// be stored.
const (
	batchBytes = 256 << 10
	batchItems = 16 << 10
	batchAge   = 10 * time.Millisecond
)

func (b *batch) reset(worker int) {
	b.worker, b.size = worker, 0
	b.begun, b.data = b.begun[:0], b.data[:0]
}

// add counts an item whose result has been appended to data.
func (b *batch) add(begun time.Duration, size int64) {
	b.begun = append(b.begun, begun)
	b.size += size
}

// due reports whether the batch should be passed on.
func (b *batch) due(now time.Duration) bool {
	return len(b.data) >= batchBytes || len(b.begun) >= batchItems || now-b.begun[0] >= batchAge
}

// batchHeader is the length of worker, number of items and size of their content.
// The age of each item follows, in nanoseconds, and then the data.
const batchHeader = 24

// encodeHeader appends all of a frame's body but the data. Ages cross the pipe
// because two processes have no clock in common.
func (b *batch) encodeHeader(dst []byte, now time.Duration) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.worker))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(b.begun)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.size))
	for _, begun := range b.begun {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(now-begun))
	}
	return dst
}

// decode fills the batch from a frame's body, which it copies.
func (b *batch) decode(body []byte, now time.Duration) error {
	if len(body) < batchHeader {
		return errShort
	}
	b.reset(int(binary.LittleEndian.Uint64(body)))
	items := binary.LittleEndian.Uint64(body[8:])
	b.size = int64(binary.LittleEndian.Uint64(body[16:]))
	body = body[batchHeader:]
	if items > uint64(len(body)/8) {
		return errShort
	}
	for range items {
		b.begun = append(b.begun, now-time.Duration(binary.LittleEndian.Uint64(body)))
		body = body[8:]
	}
	b.data = append(b.data, body...)
	return nil
}
