package strategies

import (
	"context"
	"fmt"
	"time"

	"iosweep/operations"
)

// receiver finishes, in the parent, the items that worker processes ship.
type receiver interface {
	// receive takes the frame of a parcel or a batch, and says how many items it
	// held. When it returns, the body may be reused.
	receive(body []byte) (items int, err error)
	close() error
}

// newReceiver gives what suits a job's sink.
func newReceiver(ctx context.Context, halt context.CancelCauseFunc, job Job, l *counters) receiver {
	staged, ok := job.Task.(operations.Staged)
	gathered, gathers := gatherer(job.Sink, job.Task)
	workers := job.Workers * job.Threads
	switch {
	case !ok || job.Sink == "" || job.Sink == operations.SinkUnlocked,
		job.Sink == operations.SinkLocked && job.CommitAnywhere:
		return noReceiver{}
	case gathers:
		return batchReceiver{newBatchCollector(ctx, halt, gathered, l, workers)}
	case job.Sink == operations.SinkCollector:
		return itemReceiver{newItemCollector(ctx, halt, newStagedSink(job.Sink, staged), l, workers)}
	default:
		// Compute was done by the sender, whatever the sink is called.
		return &commitReceiver{sink: stagedSink{task: staged, lock: &mutexLock{}, computeBefore: true}, counters: l}
	}
}

// noReceiver is for jobs whose workers finish every item themselves.
type noReceiver struct{}

var _ receiver = noReceiver{}

func (noReceiver) receive([]byte) (int, error) {
	return 0, fmt.Errorf("a worker process sent an item that it should have finished itself")
}
func (noReceiver) close() error { return nil }

// itemReceiver hands items on to the collecting goroutine.
type itemReceiver struct{ *itemCollector }

var _ receiver = itemReceiver{}

func (c itemReceiver) receive(body []byte) (int, error) {
	s, err := c.get()
	if err != nil {
		return 0, err
	}
	var took int64
	s.worker, took, err = decodeItem(body, &s.Parcel)
	if err != nil {
		return 0, err
	}
	s.begun = c.counters.now() - time.Duration(took)
	c.put(s)
	return 1, nil
}

// batchReceiver hands batches on to the goroutine that stores them.
type batchReceiver struct{ *batchCollector }

var _ receiver = batchReceiver{}

func (c batchReceiver) receive(body []byte) (int, error) {
	b, err := c.get()
	if err != nil {
		return 0, err
	}
	if err := b.decode(body, c.counters.now()); err != nil {
		return 0, err
	}
	items := len(b.begun) // before the batch is no longer ours
	c.put(b)
	return items, nil
}

// commitReceiver commits items as they come, in turn.
type commitReceiver struct {
	sink     stagedSink
	counters *counters
	scratch  operations.Scratch
	parcel   operations.Parcel
}

var _ receiver = (*commitReceiver)(nil)

func (c *commitReceiver) receive(body []byte) (int, error) {
	// The turn is taken before decoding, because the one parcel and scratch
	// serve all processes.
	if err := c.sink.lock.lock(); err != nil {
		return 0, err
	}
	defer c.sink.lock.unlock()
	worker, took, err := decodeItem(body, &c.parcel)
	if err != nil {
		return 0, err
	}
	start := c.counters.now()
	done, err := c.sink.task.Commit(&c.scratch, &c.parcel)
	if err != nil {
		return 0, err
	}
	c.counters.record(worker, c.parcel.Item, c.counters.now()-start+time.Duration(took), done)
	return 1, nil
}

func (c *commitReceiver) close() error { return c.scratch.Close() }
