package strategies

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"iosweep/operations"
)

// Items of worker processes may have to be finished in the parent, where the shared
// file is. A sender is the executor in the worker process: it does the stages that
// come before the lock and sends the item. The receiver does the others.

// itemSender sends items one by one.
type itemSender struct {
	task     operations.Staged
	counters *counters
	out      *frameWriter
	compute  bool // here, not in the parent
	// lock is held from Compute until committed says that the parent has committed
	// the item: a lock around compress-and-add, across processes.
	lock      locker
	committed <-chan struct{}
	closed    <-chan struct{} // closed when the parent sends no more
}

var _ executor = itemSender{}

func (e itemSender) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	w.parcel.Reset(item)
	if err := e.task.Load(&w.scratch, &w.parcel); err != nil {
		return begun, err
	}
	send := e.send
	if e.lock != nil {
		send = e.sendLocked
	}
	err := send(w, begun)
	return e.counters.now(), err
}

// sendLocked sends an item and keeps the lock until it is committed.
func (e itemSender) sendLocked(w *worker, begun time.Duration) error {
	if err := e.lock.lock(); err != nil {
		return err
	}
	err := e.send(w, begun)
	if err == nil {
		select {
		case <-e.committed:
		case <-e.closed:
			err = errors.New("the parent went away before the item was committed")
		}
	}
	if unlockErr := e.lock.unlock(); err == nil && unlockErr != nil {
		err = unlockErr
	}
	return err
}

func (e itemSender) send(w *worker, begun time.Duration) error {
	p := &w.parcel
	if e.compute {
		if err := e.task.Compute(&w.scratch, p); err != nil {
			return err
		}
	}
	head := encodeItem(p, w.scratch.Worker, int64(e.counters.now()-begun))
	return e.out.write(frameItem, head, p.Data)
}

func (itemSender) flush(*worker) error { return nil }

func (itemSender) close() error { return nil }

// batchSender gathers items as a batchCollector does, and sends whole batches. A
// batch has been copied into the pipe when it is sent, so one for each worker is
// enough.
type batchSender struct {
	task     operations.Gathered
	counters *counters
	out      *frameWriter
}

var _ executor = batchSender{}

func (e batchSender) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		w.batch = new(batch)
		w.batch.reset(w.scratch.Worker)
	}
	if err := w.gather(e.task, item, begun); err != nil {
		return begun, err
	}
	now := e.counters.now()
	if w.batch.due(now) {
		return now, e.flush(w)
	}
	return now, nil
}

// flush sends the worker's batch.
func (e batchSender) flush(w *worker) error {
	b := w.batch
	if b == nil || len(b.begun) == 0 {
		return nil
	}
	b.head = b.encodeHead(b.head[:0], e.counters.now())
	if err := e.out.write(frameBatch, b.head, b.data); err != nil {
		return err
	}
	b.reset(b.worker)
	return nil
}

func (batchSender) close() error { return nil }

// A receiver finishes, in the parent, the items that worker processes send.
type receiver interface {
	// receive takes the frame of an item or a batch, and returns how many items it
	// held. When it returns, the body may be reused.
	receive(body []byte) (items int, err error)
	// close waits until all items that were received are done. It is called once.
	close() error
}

// newReceiver returns the receiver for a job's sink.
func newReceiver(ctx context.Context, halt context.CancelCauseFunc, job Job, c *counters) receiver {
	staged, ok := job.Task.(operations.Staged)
	gathered, gathers := gatherer(job.Sink, job.Task)
	workers := job.Workers * job.Threads
	switch {
	case !ok || job.Sink == "" || job.Sink == operations.SinkUnlocked,
		job.Sink == operations.SinkLocked && job.CommitAnywhere:
		return noReceiver{}
	case gathers:
		return batchReceiver{newBatchCollector(ctx, halt, gathered, c, workers)}
	case job.Sink == operations.SinkCollector:
		return itemReceiver{newItemCollector(ctx, halt, newStagedSink(job.Sink, staged), c, workers)}
	default:
		// The sender has done Compute, whatever the sink is called.
		return &commitReceiver{task: staged, counters: c}
	}
}

// noReceiver is for jobs whose workers finish every item themselves.
type noReceiver struct{}

var _ receiver = noReceiver{}

func (noReceiver) receive([]byte) (int, error) {
	return 0, fmt.Errorf("a worker process sent an item that it should have finished itself")
}
func (noReceiver) close() error { return nil }

// itemReceiver passes items on to a collector.
type itemReceiver struct{ *itemCollector }

var _ receiver = itemReceiver{}

func (r itemReceiver) receive(body []byte) (int, error) {
	q, err := r.get()
	if err != nil {
		return 0, err
	}
	var took int64
	q.worker, took, err = decodeItem(body, &q.Parcel)
	if err != nil {
		return 0, err
	}
	q.begun = r.counters.now() - time.Duration(took)
	r.put(q)
	return 1, nil
}

// batchReceiver passes batches on to a collector.
type batchReceiver struct{ *batchCollector }

var _ receiver = batchReceiver{}

func (r batchReceiver) receive(body []byte) (int, error) {
	b, err := r.get()
	if err != nil {
		return 0, err
	}
	if err := b.decode(body, r.counters.now()); err != nil {
		return 0, err
	}
	items := len(b.begun) // before the batch belongs to the collector
	r.put(b)
	return items, nil
}

// commitReceiver commits items as they come, one by one.
type commitReceiver struct {
	task     operations.Staged
	counters *counters

	mu      sync.Mutex // of scratch and parcel, which serve all processes
	scratch operations.Scratch
	parcel  operations.Parcel
}

var _ receiver = (*commitReceiver)(nil)

func (r *commitReceiver) receive(body []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	worker, took, err := decodeItem(body, &r.parcel)
	if err != nil {
		return 0, err
	}
	start := r.counters.now()
	done, err := r.task.Commit(&r.scratch, &r.parcel)
	if err != nil {
		return 0, err
	}
	r.counters.record(worker, r.parcel.Item, r.counters.now()-start+time.Duration(took), done)
	return 1, nil
}

func (r *commitReceiver) close() error { return r.scratch.Close() }
