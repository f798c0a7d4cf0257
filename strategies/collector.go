package strategies

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"iosweep/operations"
)

// itemCollector passes items from many workers to one goroutine, the collector, which does
// their remaining stages.
type itemCollector struct {
	*queue[queuedItem]
	sink     stagedSink
	counters *counters
	scratch  operations.Scratch // the collector's
	bytes    int64              // of the blocks of an item before its last one
}

// A queuedItem is an item, or a block of one, in a queue between two stages.
type queuedItem struct {
	operations.StagedItem
	worker int
	begun  time.Duration // by the counters' clock
}

func newItemCollector(halt context.CancelCauseFunc, s stagedSink, c *counters, workers int) *itemCollector {
	e := &itemCollector{sink: s, counters: c}
	e.queue = newQueue(halt, workers, e.commit, e.scratch.Close)
	return e
}

func (e *itemCollector) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	q, err := e.load(w, item, 0, begun)
	if err != nil {
		return begun, err
	}
	e.turn.Lock()
	defer e.turn.Unlock()
	for {
		offset, last := q.End(), q.Last // read them before the collector owns the block
		e.put(q)
		if last {
			return e.counters.now(), nil
		}
		if q, err = e.load(w, item, offset, begun); err != nil {
			e.abandon()
			return begun, err
		}
	}
}

// load does the first stages of one block, on its worker.
func (e *itemCollector) load(w *worker, item int, offset int64, begun time.Duration) (*queuedItem, error) {
	q := e.get()
	q.Resume(item, offset)
	q.worker, q.begun = w.scratch.Worker, begun
	return q, e.sink.before(&w.scratch, &q.StagedItem)
}

func (e *itemCollector) connect() connection { return &itemConnection{e, turn{mu: &e.turn}} }

// An itemConnection passes on the blocks that one worker process sends.
type itemConnection struct {
	to *itemCollector
	turn
}

func (c *itemConnection) receive(body []byte) (items int, err error) {
	q := c.to.get()
	worker, took, err := decodeItem(body, &q.StagedItem)
	if err != nil {
		return 0, err
	}
	q.worker, q.begun = worker, c.to.counters.now()-time.Duration(took)
	last := q.Last // read it before the collector owns the block
	c.take()
	c.to.put(q)
	if !last {
		return 0, nil
	}
	c.giveUp()
	return 1, nil
}

func (c *itemConnection) close() error {
	c.to.closeTurn(&c.turn)
	return nil
}

// commit does the remaining stages of one block, in the collector.
func (e *itemCollector) commit(q *queuedItem) error {
	result, err := e.sink.finish(&e.scratch, &q.StagedItem)
	if err != nil {
		return err
	}
	if e.bytes += result.Bytes; !q.Last {
		return nil
	}
	result.Bytes, e.bytes = e.bytes, 0
	e.counters.record(q.worker, q.Item, e.counters.now()-q.begun, result)
	return nil
}

func (*itemCollector) flush(*worker) error { return nil }

// A queue passes elements from many workers to one goroutine, the collector, which returns
// them for reuse. The number of elements bounds the memory: each worker has two, one to fill and
// one in the queue. A sync.Pool
// would drop them at a garbage collection, so they would be allocated again in the timed
// part.
type queue[T any] struct {
	halt      context.CancelCauseFunc
	limit     int64
	allocated atomic.Int64
	free      chan *T
	full      chan *T
	failed    chan error // errors of take and end; closed when the collector ends
	broken    atomic.Bool

	// turn is the turn to put elements. A goroutine keeps it for all elements of an item, so that
	// the collector gets them one after another. It keeps one element while it waits for the turn.
	// There are two for each worker, so the goroutine that has the turn always gets one.
	turn sync.Mutex
}

// newQueue starts a collector. The collector calls take with every element, and end once
// after the last one.
func newQueue[T any](halt context.CancelCauseFunc, workers int, take func(*T) error, end func() error) *queue[T] {
	limit := 2 * max(1, workers)
	q := &queue[T]{
		halt: halt, limit: int64(limit),
		free:   make(chan *T, limit),
		full:   make(chan *T, limit),
		failed: make(chan error, 2),
	}
	go q.collect(take, end)
	return q
}

// get returns a free element. It allocates one if the limit allows it. If not, it waits.
// A worker keeps at most one element, so the others are with the collector, which frees
// them.
func (q *queue[T]) get() *T {
	select {
	case e := <-q.free:
		return e
	default:
	}
	if q.allocated.Load() < q.limit && q.allocated.Add(1) <= q.limit {
		return new(T)
	}
	return <-q.free
}

// put passes an element to the collector. The caller has the turn. The channel has room for all
// elements, so put does not wait.
func (q *queue[T]) put(e *T) { q.full <- e }

// A turn is the turn of one goroutine, which keeps it between two calls.
type turn struct {
	mu   *sync.Mutex
	held bool
}

// take waits for the turn, unless the goroutine has it.
func (t *turn) take() {
	if !t.held {
		t.mu.Lock()
		t.held = true
	}
}

// giveUp ends the turn if the goroutine has it.
func (t *turn) giveUp() {
	if t.held {
		t.held = false
		t.mu.Unlock()
	}
}

// closeTurn ends a turn. If that is within an item, the goroutine has failed.
func (q *queue[T]) closeTurn(t *turn) {
	if t.held {
		q.abandon()
	}
	t.giveUp()
}

// abandon makes the collector free all further elements, because an item will never be complete.
// The caller has the turn, and reports the failure.
func (q *queue[T]) abandon() { q.broken.Store(true) }

// collect runs the collector. After an error it only frees elements, so that no worker waits
// for one forever.
func (q *queue[T]) collect(take func(*T) error, end func() error) {
	defer close(q.failed)
	for e := range q.full {
		if !q.broken.Load() {
			if err := take(e); err != nil {
				q.broken.Store(true)
				q.failed <- err
				q.halt(err)
			}
		}
		q.free <- e
	}
	if err := end(); err != nil {
		q.failed <- err
	}
}

// close waits until the collector has taken all elements and has ended.
func (q *queue[T]) close() error {
	close(q.full)
	var errs []error
	for err := range q.failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
