package strategies

import (
	"context"
	"fmt"
	"time"

	"iosweep/operations"
)

// receiving finishes, in the parent, the items that worker processes ship.
type receiving interface {
	// receive takes a parcel's frame. When it returns, the body may be reused.
	receive(body []byte) error
	settle() error
}

// newReceiving gives what suits a job's sink.
func newReceiving(ctx context.Context, halt context.CancelCauseFunc, job Job, l *ledger) receiving {
	staged, ok := job.Task.(operations.Staged)
	switch {
	case !ok || job.Sink == "" || job.Sink == operations.SinkUnlocked:
		return nothingReceived{}
	case job.Sink == operations.SinkCollector:
		r := routeOf(job.Sink, staged)
		return collector{newCollecting(ctx, halt, r, l, job.Workers*job.Threads)}
	default:
		// Compute was done by the sender, whatever the sink is called.
		return &committer{route: route{task: staged, turn: &mutexTurn{}, computeBefore: true}, ledger: l}
	}
}

// nothingReceived is for jobs whose workers finish every item themselves.
type nothingReceived struct{}

var _ receiving = nothingReceived{}

func (nothingReceived) receive([]byte) error {
	return fmt.Errorf("a worker process sent an item that it should have finished itself")
}
func (nothingReceived) settle() error { return nil }

// collector hands items on to the collecting goroutine.
type collector struct{ *collecting }

var _ receiving = collector{}

func (c collector) receive(body []byte) error {
	s, err := c.parcel()
	if err != nil {
		return err
	}
	var took int64
	s.worker, took, err = decodeParcel(body, &s.Parcel)
	if err != nil {
		return err
	}
	s.since = time.Now().Add(-time.Duration(took))
	c.ship(s)
	return nil
}

// committer commits items as they come, in turn.
type committer struct {
	route   route
	ledger  *ledger
	scratch operations.Scratch
	parcel  operations.Parcel
}

var _ receiving = (*committer)(nil)

func (c *committer) receive(body []byte) error {
	// The turn is taken before decoding, because the one parcel and scratch
	// serve all processes.
	if err := c.route.turn.take(); err != nil {
		return err
	}
	defer c.route.turn.give()
	worker, took, err := decodeParcel(body, &c.parcel)
	if err != nil {
		return err
	}
	start := time.Now()
	done, err := c.route.task.Commit(&c.scratch, &c.parcel)
	if err != nil {
		return err
	}
	c.ledger.record(worker, c.parcel.Item, time.Since(start)+time.Duration(took), done)
	return nil
}

func (c *committer) settle() error { return c.scratch.Close() }
