package strategies

import (
	"context"
	"errors"
	"sync"
	"time"

	"iosweep/operations"
)

// The parent may have to finish the items of worker processes, because it has the shared file
// open. A sender is the executor in the worker process: it does the stages before the lock and
// sends the item. A receiver in the parent does the remaining stages.

// An itemSender sends single items.
type itemSender struct {
	task     operations.Staged
	counters *counters
	out      *frameWriter
	compute  bool // Compute runs here, not in the parent
	// lock is locked from Compute until the parent has committed the item. It serializes
	// compressing and adding across processes.
	lock      locker
	committed <-chan struct{}
	closed    <-chan struct{} // closed when the parent sends no more frames
}

func (e itemSender) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	w.staged.Reset(item)
	if err := e.task.Load(&w.scratch, &w.staged); err != nil {
		return begun, err
	}
	err := locked(e.lock, func() error { return e.send(w, begun) })
	return e.counters.now(), err
}

// send sends an item. With a lock it waits until the item is committed.
func (e itemSender) send(w *worker, begun time.Duration) error {
	p := &w.staged
	if e.compute {
		if err := e.task.Compute(&w.scratch, p); err != nil {
			return err
		}
	}
	head := encodeItem(p, w.scratch.Worker, int64(e.counters.now()-begun))
	if err := e.out.write(frameItem, head, p.Data); err != nil || e.lock == nil {
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
	// receive takes the frame of an item or a batch, and returns its number of items. The
	// body may be reused after it returns.
	receive(body []byte) (items int, err error)
	// close waits until all received items are done. It is called once.
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
		return &commitReceiver{task: staged, counters: c}
	}
}

// A commitReceiver commits items one by one, in the order of arrival.
type commitReceiver struct {
	task     operations.Staged
	counters *counters

	mu      sync.Mutex // protects scratch and staged, which are used for the items of all processes
	scratch operations.Scratch
	staged  operations.StagedItem
}

func (r *commitReceiver) receive(body []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	worker, took, err := decodeItem(body, &r.staged)
	if err != nil {
		return 0, err
	}
	start := r.counters.now()
	result, err := r.task.Commit(&r.scratch, &r.staged)
	if err != nil {
		return 0, err
	}
	r.counters.record(worker, r.staged.Item, r.counters.now()-start+time.Duration(took), result)
	return 1, nil
}

func (r *commitReceiver) close() error { return r.scratch.Close() }
