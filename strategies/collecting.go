package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

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
