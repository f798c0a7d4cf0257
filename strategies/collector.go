package strategies

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"iosweep/operations"
)

// A belt takes loads from many workers to one goroutine, the collector. Workers do
// not wait for it until every load is on its way, which bounds the memory: two
// loads for each worker, one being filled and one on its way.
type queue[T any] struct {
	ctx    context.Context
	halt   context.CancelCauseFunc
	limit  int64
	made   atomic.Int64
	free   chan *T
	full   chan *T
	failed chan error // of take and of end; closed by the collector when it ends
}

// newQueue starts a collector that does take with every load, and end once when no
// more will come.
func newQueue[T any](ctx context.Context, halt context.CancelCauseFunc, workers int, take func(*T) error, end func() error) *queue[T] {
	limit := 2 * max(1, workers)
	b := &queue[T]{
		ctx: ctx, halt: halt, limit: int64(limit),
		free:   make(chan *T, limit),
		full:   make(chan *T, limit),
		failed: make(chan error, 2),
	}
	go b.collect(take, end)
	return b
}

// get gives a load that is free. It waits for one only where as many as there
// may be have been made.
func (b *queue[T]) get() (*T, error) {
	select {
	case load := <-b.free:
		return load, nil
	default:
	}
	if b.made.Load() < b.limit && b.made.Add(1) <= b.limit {
		return new(T), nil
	}
	select {
	case load := <-b.free:
		return load, nil
	case <-b.ctx.Done():
		return nil, context.Cause(b.ctx)
	}
}

// put hands a load to the collector. There is room for every load there is, so
// this never waits.
func (b *queue[T]) put(load *T) { b.full <- load }

// collect is the collector. After an error it only makes room, so that no worker
// waits for a load for ever.
func (b *queue[T]) collect(take func(*T) error, end func() error) {
	defer close(b.failed)
	broken := false
	for load := range b.full {
		if !broken {
			if err := take(load); err != nil {
				broken = true
				b.failed <- err
				b.halt(err)
			}
		}
		b.free <- load
	}
	if err := end(); err != nil {
		b.failed <- err
	}
}

// close waits until the collector has taken all that was sent and has ended.
func (b *queue[T]) close() error {
	close(b.full)
	var errs []error
	for err := range b.failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// itemCollector hands items from many workers to one goroutine that does the rest
// of each.
type itemCollector struct {
	*queue[queuedItem]
	sink     stagedSink
	counters *counters
	scratch  operations.Scratch // the collector's
}

var _ executor = (*itemCollector)(nil)

// A shipment is a parcel on its way to the collector.
type queuedItem struct {
	operations.Parcel
	worker int
	begun  time.Duration // when its item was begun, by the ledger's clock
}

func newItemCollector(ctx context.Context, halt context.CancelCauseFunc, r stagedSink, l *counters, workers int) *itemCollector {
	c := &itemCollector{sink: r, counters: l}
	c.queue = newQueue(ctx, halt, workers, c.finish, c.scratch.Close)
	return c
}

func (c *itemCollector) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	s, err := c.get()
	if err != nil {
		return begun, err
	}
	s.Reset(item)
	s.worker, s.begun = w.scratch.Worker, begun
	if err := c.sink.before(&w.scratch, &s.Parcel); err != nil {
		return begun, err
	}
	c.put(s)
	return c.counters.now(), nil
}

// finish does the rest of one item, in the collector.
func (c *itemCollector) finish(s *queuedItem) error {
	done, err := c.sink.after(&c.scratch, &s.Parcel)
	if err != nil {
		return err
	}
	c.counters.record(s.worker, s.Item, c.counters.now()-s.begun, done)
	return nil
}

func (*itemCollector) flush(*worker) error { return nil }
