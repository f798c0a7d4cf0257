package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

// collecting hands items from many workers to one goroutine that does the rest
// of each.
type collecting struct {
	*belt[shipment]
	route   route
	ledger  *ledger
	scratch operations.Scratch // the collector's
}

var _ hands = (*collecting)(nil)

// A shipment is a parcel on its way to the collector.
type shipment struct {
	operations.Parcel
	worker int
	since  time.Duration // when its item was begun, by the ledger's clock
}

func newCollecting(ctx context.Context, halt context.CancelCauseFunc, r route, l *ledger, workers int) *collecting {
	c := &collecting{route: r, ledger: l}
	c.belt = newBelt(ctx, halt, workers, c.finish, c.scratch.Close)
	return c
}

func (c *collecting) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	s, err := c.empty()
	if err != nil {
		return begun, err
	}
	s.Reset(item)
	s.worker, s.since = w.scratch.Worker, begun
	if err := c.route.before(&w.scratch, &s.Parcel); err != nil {
		return begun, err
	}
	c.send(s)
	return c.ledger.now(), nil
}

// finish does the rest of one item, in the collector.
func (c *collecting) finish(s *shipment) error {
	done, err := c.route.after(&c.scratch, &s.Parcel)
	if err != nil {
		return err
	}
	c.ledger.record(s.worker, s.Item, c.ledger.now()-s.since, done)
	return nil
}

func (*collecting) rest(*worker) error { return nil }
