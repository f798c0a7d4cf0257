package strategies

import (
	"context"
	"encoding/binary"
	"time"

	"iosweep/operations"
)

// A batchExecutor lets each worker append the results of its items to its own batch. It
// passes on whole batches: to a goroutine that stores them, or to the parent process. In
// addition to its own work, an item costs one copy and one read of the clock. With an
// itemCollector it costs two channel operations and a switch between two goroutines.
type batchExecutor struct {
	task     operations.Batched
	counters *counters
	get      func() *batch      // returns a free batch
	pass     func(*batch) error // passes on a batch
	reuses   bool               // the batch is free again when pass returns
	end      func() error
}

func (e *batchExecutor) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		w.batch = e.get()
		w.batch.reset(w.scratch.Worker)
	}
	data, size, err := e.task.AppendItem(&w.scratch, w.batch.data, item)
	if err != nil {
		return begun, err // the batch is unchanged
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

// A batchCollector passes batches to one goroutine, which stores them.
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
	items := len(b.begun) // read it before the collector owns the batch
	return items, e.queue.put(b)
}

// newBatchSender returns an executor that sends batches to the parent process. When the
// write returns, the pipe contains a copy of the batch. So each worker needs only one batch.
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

// A batch is a sequence of finished items of one worker, on their way to the collector.
type batch struct {
	worker int
	begun  []time.Duration // start of each item, by the clock of the counters
	size   int64           // of the content of all items
	data   []byte          // the results, one after another
	header []byte          // memory for encodeHeader
}

// A batch is passed on when it has this many bytes or items, or when its first item began
// this long ago. A batch of this size fits into a processor's cache, and the cost of one
// call for each batch is negligible. The limit of the age is for slow items: with them
// batching gains nothing, and a finished item would wait for others before it is stored.
const (
	batchBytes = 256 << 10
	batchItems = 16 << 10
	batchAge   = 10 * time.Millisecond
)

func (b *batch) reset(worker int) {
	b.worker, b.size = worker, 0
	b.begun, b.data = b.begun[:0], b.data[:0]
}

// add counts an item whose result was appended to data.
func (b *batch) add(begun time.Duration, size int64) {
	b.begun = append(b.begun, begun)
	b.size += size
}

// due reports whether the batch must be passed on.
func (b *batch) due(now time.Duration) bool {
	return len(b.data) >= batchBytes || len(b.begun) >= batchItems || now-b.begun[0] >= batchAge
}

// batchHeader is the length of the first three fields of a frame's body: the number of the
// worker, the number of items, and the size of their content. The age of each item follows,
// in nanoseconds, and then the data.
const batchHeader = 24

// encodeHeader appends a frame's body without the data. It sends the age of each item,
// because two processes have no common clock.
func (b *batch) encodeHeader(dst []byte, now time.Duration) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.worker))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(b.begun)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.size))
	for _, begun := range b.begun {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(now-begun))
	}
	return dst
}

// decode fills the batch with a copy of a frame's body.
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
