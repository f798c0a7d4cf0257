package strategies

import (
	"context"
	"fmt"
	"time"

	"iosweep/operations"
)

// receiving finishes, in the parent, the items that worker processes ship.
type receiving interface {
	// receive takes the frame of a parcel or a batch, and says how many items it
	// held. When it returns, the body may be reused.
	receive(body []byte) (items int, err error)
	settle() error
}

// newReceiving gives what suits a job's sink.
func newReceiving(ctx context.Context, halt context.CancelCauseFunc, job Job, l *ledger) receiving {
	staged, ok := job.Task.(operations.Staged)
	gathered, gathers := gatheredBy(job.Sink, job.Task)
	workers := job.Workers * job.Threads
	switch {
	case !ok || job.Sink == "" || job.Sink == operations.SinkUnlocked,
		job.Sink == operations.SinkLocked && job.CommitAnywhere:
		return nothingReceived{}
	case gathers:
		return batchCollector{newGathering(ctx, halt, gathered, l, workers)}
	case job.Sink == operations.SinkCollector:
		return collector{newCollecting(ctx, halt, routeOf(job.Sink, staged), l, workers)}
	default:
		// Compute was done by the sender, whatever the sink is called.
		return &committer{route: route{task: staged, turn: &mutexTurn{}, computeBefore: true}, ledger: l}
	}
}

// nothingReceived is for jobs whose workers finish every item themselves.
type nothingReceived struct{}

var _ receiving = nothingReceived{}

func (nothingReceived) receive([]byte) (int, error) {
	return 0, fmt.Errorf("a worker process sent an item that it should have finished itself")
}
func (nothingReceived) settle() error { return nil }

// collector hands items on to the collecting goroutine.
type collector struct{ *collecting }

var _ receiving = collector{}

func (c collector) receive(body []byte) (int, error) {
	s, err := c.empty()
	if err != nil {
		return 0, err
	}
	var took int64
	s.worker, took, err = decodeParcel(body, &s.Parcel)
	if err != nil {
		return 0, err
	}
	s.since = c.ledger.now() - time.Duration(took)
	c.send(s)
	return 1, nil
}

// batchCollector hands batches on to the goroutine that stores them.
type batchCollector struct{ *gathering }

var _ receiving = batchCollector{}

func (c batchCollector) receive(body []byte) (int, error) {
	b, err := c.empty()
	if err != nil {
		return 0, err
	}
	if err := b.decode(body, c.ledger.now()); err != nil {
		return 0, err
	}
	items := len(b.begun) // before the batch is no longer ours
	c.send(b)
	return items, nil
}

// committer commits items as they come, in turn.
type committer struct {
	route   route
	ledger  *ledger
	scratch operations.Scratch
	parcel  operations.Parcel
}

var _ receiving = (*committer)(nil)

func (c *committer) receive(body []byte) (int, error) {
	// The turn is taken before decoding, because the one parcel and scratch
	// serve all processes.
	if err := c.route.turn.take(); err != nil {
		return 0, err
	}
	defer c.route.turn.give()
	worker, took, err := decodeParcel(body, &c.parcel)
	if err != nil {
		return 0, err
	}
	start := c.ledger.now()
	done, err := c.route.task.Commit(&c.scratch, &c.parcel)
	if err != nil {
		return 0, err
	}
	c.ledger.record(worker, c.parcel.Item, c.ledger.now()-start+time.Duration(took), done)
	return 1, nil
}

func (c *committer) settle() error { return c.scratch.Close() }
