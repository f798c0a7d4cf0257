package strategies

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"iosweep/operations"
)

// A batchExecutor lets each worker append the results of its items to its own batch. It
// passes on whole batches: to a goroutine that stores them, or to the parent process. In
// addition to its own work, an item costs one copy and one read of the clock. With an
// itemCollector it costs two channel operations and a switch between two goroutines.
type batchExecutor struct {
	task     operations.Batched
	limit    int // a batch with this many bytes is passed on
	counters *counters
	get      func() *batch      // returns a free batch
	turn     *sync.Mutex        // the turn to pass on batches, for all batches of an item
	pass     func(*batch) error // passes on a batch
	reuses   bool               // the batch is free again when pass returns
	abandon  func()             // called with the turn if an item will never be complete
	end      func() error
}

func (e *batchExecutor) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	w.staged.Reset(item)
	if err := e.appendBlock(w); err != nil {
		return begun, err
	}
	if !w.staged.Last {
		err := e.doRest(w, begun)
		return e.counters.now(), err
	}
	w.batch.begun = append(w.batch.begun, begun)
	now := e.counters.now()
	if w.batch.due(now, e.limit) {
		return now, e.flush(w)
	}
	return now, nil
}

// appendBlock appends the block in w.staged to the worker's batch. After an error the batch is
// unchanged.
func (e *batchExecutor) appendBlock(w *worker) error {
	if w.batch == nil {
		w.batch = e.get()
		w.batch.reset(w.scratch.Worker)
	}
	data, err := e.task.AppendBlock(&w.scratch, w.batch.data, &w.staged)
	if err != nil {
		return err
	}
	w.batch.data = data
	w.batch.size += w.staged.Size
	return nil
}

// doRest does all blocks of an item but the first, and passes on their batches one after another.
func (e *batchExecutor) doRest(w *worker, begun time.Duration) error {
	e.turn.Lock()
	defer e.turn.Unlock()
	for p := &w.staged; !p.Last; {
		if len(w.batch.data) >= e.limit {
			w.batch.open = true
			if err := e.passOn(w); err != nil {
				return err
			}
		}
		p.Resume(p.Item, p.End())
		if err := e.appendBlock(w); err != nil {
			e.abandon()
			return err
		}
	}
	w.batch.begun = append(w.batch.begun, begun)
	return e.passOn(w)
}

// flush passes on the worker's batch.
func (e *batchExecutor) flush(w *worker) error {
	if w.batch == nil || len(w.batch.begun) == 0 {
		return nil
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.passOn(w)
}

// passOn passes on the worker's batch. The caller has the turn.
func (e *batchExecutor) passOn(w *worker) error {
	b := w.batch
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
	return &batchCollector{batchExecutor{
		task: task, limit: task.BatchSize(), counters: c, get: q.get, turn: &q.turn, abandon: q.abandon, end: q.close,
		pass: func(b *batch) error { q.put(b); return nil },
	}, q}
}

func (e *batchCollector) connect() connection { return &batchConnection{e, turn{mu: &e.queue.turn}} }

// A batchConnection passes on the batches that one worker process sends.
type batchConnection struct {
	to *batchCollector
	turn
}

func (c *batchConnection) receive(body []byte) (items int, err error) {
	b := c.to.queue.get()
	if err := b.decode(body, c.to.counters.now()); err != nil {
		return 0, err
	}
	items, open := len(b.begun), b.open // read them before the collector owns the batch
	c.take()
	c.to.queue.put(b)
	if !open {
		c.giveUp()
	}
	return items, nil
}

func (c *batchConnection) close() error {
	c.to.queue.closeTurn(&c.turn)
	return nil
}

// newBatchSender returns an executor that sends batches to the parent process. When the
// write returns, the pipe contains a copy of the batch. So each worker needs only one batch.
func newBatchSender(task operations.Batched, c *counters, out *frameWriter) executor {
	return &batchExecutor{
		task: task, limit: task.BatchSize(), counters: c, reuses: true,
		get:  func() *batch { return new(batch) },
		turn: &sync.Mutex{}, abandon: func() {}, // the parent stops when it learns of the failure
		pass: func(b *batch) error {
			b.header = b.encodeHeader(b.header[:0], c.now())
			return out.write(frameBatch, b.header, b.data)
		},
		end: func() error { return nil },
	}
}

// A batch is a sequence of finished items of one worker, on their way to the collector. An item of
// several blocks may be in several batches. It counts in the last of them, and its blocks count
// where they are.
type batch struct {
	worker int
	begun  []time.Duration // start of each item, by the clock of the counters
	size   int64           // of the content of all blocks
	open   bool            // the next batch continues the last item
	data   []byte          // the results, one after another
	header []byte          // memory for encodeHeader
}

// A batch is passed on when it has this many items, when its first item began this long ago, or
// when it has as many bytes as the task wants. The limit of the age is for slow items: with them
// batching gains nothing, and a finished item would wait for others before it is stored.
const (
	batchItems = 16 << 10
	batchAge   = 10 * time.Millisecond
)

func (b *batch) reset(worker int) {
	b.worker, b.size, b.open = worker, 0, false
	b.begun, b.data = b.begun[:0], b.data[:0]
}

// due reports whether the batch, which has an item, must be passed on.
func (b *batch) due(now time.Duration, limit int) bool {
	return len(b.data) >= limit || len(b.begun) >= batchItems || now-b.begun[0] >= batchAge
}

// batchHeader is the length of the first four fields of a frame's body. These are the number of the
// worker, the number of items, the size of their content, and whether the batch is open. The age of
// each item follows, in nanoseconds, and then the data.
const batchHeader = 25

// encodeHeader appends a frame's body without the data. It sends the age of each item,
// because two processes have no common clock.
func (b *batch) encodeHeader(dst []byte, now time.Duration) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.worker))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(len(b.begun)))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(b.size))
	dst = appendBool(dst, b.open)
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
	b.open = body[24] != 0
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
