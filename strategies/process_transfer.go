package strategies

import (
	"context"
	"errors"
	"time"

	"iosweep/operations"
)

// The parent may have to finish the items of worker processes, because it has the shared file
// open. A sender is the executor in the worker process: it does the stages before the lock and
// sends the item. A receiver in the parent does the remaining stages.

// An itemSender sends single items, block by block.
type itemSender struct {
	ctx context.Context // ends with the first failure
	// sink has the stages that run here. Its lock keeps the blocks of an item together on the pipe.
	sink     stagedSink
	counters *counters
	out      *frameWriter
	// acknowledged means that Compute runs under the lock, which is kept until the parent has
	// committed the block. It serializes compressing and adding across processes.
	acknowledged bool
	committed    <-chan struct{}
	closed       <-chan struct{} // closed when the parent sends no more frames
}

func (e itemSender) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	err := e.sink.blocks(w, item, func() error { return e.send(w, begun) })
	return e.counters.now(), err
}

// send sends a block, and waits until it is committed if the parent acknowledges it.
func (e itemSender) send(w *worker, begun time.Duration) error {
	if e.ctx.Err() != nil { // the item before may never be complete
		return context.Cause(e.ctx)
	}
	p := &w.staged
	if e.acknowledged {
		if err := e.sink.task.Compute(&w.scratch, p); err != nil {
			return err
		}
	}
	head := encodeItem(p, w.scratch.Worker, int64(e.counters.now()-begun))
	if err := e.out.write(frameItem, head, p.Data); err != nil || !e.acknowledged {
		return err
	}
	select {
	case <-e.committed:
		return nil
	case <-e.closed:
		return errors.New("the parent process ended before it committed the item")
	}
}

func (itemSender) flush(*worker) error { return nil }

func (itemSender) close() error { return nil }

// A receiver finishes, in the parent, the items that worker processes send.
type receiver interface {
	// connect returns the connection of one worker process.
	connect() connection
	// close waits until all received items are done. It is called once, after all connections
	// were closed.
	close() error
}

// A connection takes the frames of one worker process, on one goroutine.
type connection interface {
	// receive takes the frame of a block or a batch, and returns the number of items that end in
	// it. The body may be reused after it returns.
	receive(body []byte) (items int, err error)
	// close is called after the last frame, even if the process failed within an item.
	close() error
}

// newReceiver returns the receiver for a job's sink. It returns nil if worker processes finish
// every item themselves.
func newReceiver(halt context.CancelCauseFunc, job Job, c *counters) receiver {
	staged, ok := job.Task.(operations.Staged)
	batched, isBatched := batchedTask(job.Sink, job.Task)
	workers := job.Workers * job.Threads
	switch {
	case !ok || job.Sink == "" || job.Sink == operations.SinkUnlocked,
		job.Sink == operations.SinkLocked && job.CommitAnywhere:
		return nil
	case isBatched:
		return newBatchCollector(halt, batched, c, workers)
	case job.Sink == operations.SinkCollector:
		return newItemCollector(halt, newStagedSink(job.Sink, staged), c, workers)
	default:
		// The sink is locked or parallel: the sender has called Compute already.
		return commitReceiver{staged, c}
	}
}

// A commitReceiver commits the blocks of each process in the order of their arrival. It has no
// lock: under "locked" the processes have one, and under "parallel" the task orders the items. A
// call of Commit may then wait for the blocks that another process sends.
type commitReceiver struct {
	task     operations.Staged
	counters *counters
}

func (r commitReceiver) connect() connection { return &commitConnection{commitReceiver: r} }

func (commitReceiver) close() error { return nil }

type commitConnection struct {
	commitReceiver
	scratch operations.Scratch
	staged  operations.StagedItem
	total   operations.Result // of the blocks of an item so far
}

func (c *commitConnection) receive(body []byte) (int, error) {
	worker, took, err := decodeItem(body, &c.staged)
	if err != nil {
		return 0, err
	}
	start := c.counters.now()
	result, err := c.task.Commit(&c.scratch, &c.staged)
	if err != nil {
		return 0, err
	}
	if c.total.Bytes += result.Bytes; !c.staged.Last {
		return 0, nil
	}
	c.counters.record(worker, c.staged.Item, c.counters.now()-start+time.Duration(took), c.total)
	c.total = operations.Result{}
	return 1, nil
}

func (c *commitConnection) close() error { return c.scratch.Close() }
