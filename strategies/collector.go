package strategies

import (
	"context"
	"errors"
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
}

// A queuedItem is an item in a queue between two stages.
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
	q := e.get()
	q.Reset(item)
	q.worker, q.begun = w.scratch.Worker, begun
	if err := e.sink.before(&w.scratch, &q.StagedItem); err != nil {
		return begun, err
	}
	return e.counters.now(), e.put(q)
}

// receive passes on an item that a worker process has sent.
func (e *itemCollector) receive(body []byte) (int, error) {
	q := e.get()
	worker, took, err := decodeItem(body, &q.StagedItem)
	if err != nil {
		return 0, err
	}
	q.worker, q.begun = worker, e.counters.now()-time.Duration(took)
	return 1, e.put(q)
}

// commit does the remaining stages of one item, in the collector.
func (e *itemCollector) commit(q *queuedItem) error {
	result, err := e.sink.after(&e.scratch, &q.StagedItem)
	if err != nil {
		return err
	}
	e.counters.record(q.worker, q.Item, e.counters.now()-q.begun, result)
	return nil
}

func (*itemCollector) flush(*worker) error { return nil }

// A queue passes elements from many workers to one goroutine, the collector, which returns
// them for reuse. A worker waits only when all elements are in use. The number of elements
// bounds the memory: each worker has two, one to fill and one in the queue. A sync.Pool
// would drop them at a garbage collection, so they would be allocated again in the timed
// part.
type queue[T any] struct {
	halt      context.CancelCauseFunc
	limit     int64
	allocated atomic.Int64
	free      chan *T
	full      chan *T
	failed    chan error // errors of take and end; closed when the collector ends
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

// put passes an element to the collector. The channel has room for all elements, so put
// neither waits nor fails.
func (q *queue[T]) put(e *T) error {
	q.full <- e
	return nil
}

// collect runs the collector. After an error it only frees elements, so that no worker waits
// for one forever.
func (q *queue[T]) collect(take func(*T) error, end func() error) {
	defer close(q.failed)
	broken := false
	for e := range q.full {
		if !broken {
			if err := take(e); err != nil {
				broken = true
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
