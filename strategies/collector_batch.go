package strategies

import (
	"context"
	"encoding/binary"
	"time"

	"iosweep/operations"
)

// batchCollector lets every worker append the results of its items to a batch of
// its own, and passes whole batches to one goroutine that stores them. An item
// then costs a copy and a look at the clock on top of its own work. In an
// itemCollector it costs two channels and a switch between two goroutines.
type batchCollector struct {
	*queue[batch]
	task     operations.Gathered
	counters *counters
}

var _ executor = (*batchCollector)(nil)

func newBatchCollector(ctx context.Context, halt context.CancelCauseFunc, task operations.Gathered, c *counters, workers int) *batchCollector {
	e := &batchCollector{task: task, counters: c}
	e.queue = newQueue(ctx, halt, workers, e.store, func() error { return nil })
	return e
}

func (e *batchCollector) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		b, err := e.get()
		if err != nil {
			return begun, err
		}
		b.reset(w.scratch.Worker)
		w.batch = b
	}
	if err := w.gather(e.task, item, begun); err != nil {
		return begun, err
	}
	now := e.counters.now()
	if w.batch.due(now) {
		return now, e.flush(w)
	}
	return now, nil
}

// flush passes on the worker's batch. It never waits.
func (e *batchCollector) flush(w *worker) error {
	if w.batch != nil && len(w.batch.begun) > 0 {
		e.put(w.batch)
		w.batch = nil
	}
	return nil
}

// store stores a batch and counts its items, in the collector.
func (e *batchCollector) store(b *batch) error {
	if err := e.task.Store(b.data); err != nil {
		return err
	}
	e.counters.recordBatch(b)
	return nil
}

// gather adds an item to the worker's batch. After an error the batch is as before.
func (w *worker) gather(task operations.Gathered, item int, begun time.Duration) error {
	data, size, err := task.Gather(&w.scratch, w.batch.data, item)
	if err != nil {
		return err
	}
	w.batch.data = data
	w.batch.add(begun, size)
	return nil
}

// A batch is finished items of one worker in a row, on their way to the collector.
type batch struct {
	worker int
	begun  []time.Duration // of each item, by the counters' clock
	size   int64           // of the content of all of them
	data   []byte          // their results, one after another
	head   []byte          // reused by encodeHead
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

// batchHead is the length of worker, number of items and size of their content.
// The age of each item follows, in nanoseconds, and then the data.
const batchHead = 24

// encodeHead appends all of a frame's body but the data. Ages cross the pipe
// because two processes have no clock in common.
func (b *batch) encodeHead(dst []byte, now time.Duration) []byte {
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
	if len(body) < batchHead {
		return errShort
	}
	b.reset(int(binary.LittleEndian.Uint64(body)))
	items := binary.LittleEndian.Uint64(body[8:])
	b.size = int64(binary.LittleEndian.Uint64(body[16:]))
	body = body[batchHead:]
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
