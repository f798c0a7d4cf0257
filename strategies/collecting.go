package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

// collecting hands items from many workers to one goroutine that does the rest
// of each. Workers do not wait for it until every parcel is in flight, which
// bounds the memory: two parcels for each worker, whatever the number of items.
type collecting struct {
	ctx    context.Context
	halt   context.CancelCauseFunc
	route  route
	ledger *ledger
	free   chan *shipment
	full   chan *shipment
	failed chan error // closed by the collector when it ends
}

var _ hands = (*collecting)(nil)

// A shipment is a parcel on its way to the collector.
type shipment struct {
	operations.Parcel
	worker int
	since  time.Time // when its item was begun
}

func newCollecting(ctx context.Context, halt context.CancelCauseFunc, r route, l *ledger, workers int) *collecting {
	inFlight := 2 * max(1, workers)
	c := &collecting{
		ctx: ctx, halt: halt, route: r, ledger: l,
		free:   make(chan *shipment, inFlight),
		full:   make(chan *shipment, inFlight),
		failed: make(chan error, 1),
	}
	for range inFlight {
		c.free <- &shipment{}
	}
	go c.collect()
	return c
}

func (c *collecting) do(w *worker, item int) error {
	start := time.Now()
	s, err := c.parcel()
	if err != nil {
		return err
	}
	s.Reset(item)
	s.worker, s.since = w.scratch.Worker, start
	if err := c.route.before(&w.scratch, &s.Parcel); err != nil {
		return err
	}
	c.ship(s)
	return nil
}

// parcel waits for one that is free.
func (c *collecting) parcel() (*shipment, error) {
	select {
	case s := <-c.free:
		return s, nil
	case <-c.ctx.Done():
		return nil, context.Cause(c.ctx)
	}
}

// ship hands a parcel to the collector. There is room for every parcel there
// is, so this never waits.
func (c *collecting) ship(s *shipment) { c.full <- s }

// collect is the collector. After an error it only makes room, so that no
// worker waits for a parcel for ever.
func (c *collecting) collect() {
	defer close(c.failed)
	var scratch operations.Scratch
	broken := false
	for s := range c.full {
		if !broken {
			done, err := c.route.after(&scratch, &s.Parcel)
			if err != nil {
				broken = true
				c.failed <- err
				c.halt(err)
			} else {
				c.ledger.record(s.worker, s.Item, time.Since(s.since), done)
			}
		}
		c.free <- s
	}
	if err := scratch.Close(); err != nil && !broken {
		c.failed <- err
	}
}

func (c *collecting) settle() error {
	close(c.full)
	return <-c.failed
}
