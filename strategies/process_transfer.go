package strategies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iosweep/operations"
)

// itemSender does in a worker process what comes before the meeting point and
// sends the item to the parent, where the shared file is.
type itemSender struct {
	task     operations.Staged
	counters *counters
	out      *frameWriter
	compute  bool // here, not at the parent
	// turn is held from Compute until the parent says on taken that the item is
	// committed: a lock around compress-and-add, across processes.
	lock      locker
	committed <-chan struct{}
	done      <-chan struct{} // closed when there will be no more answers
}

var _ executor = itemSender{}

func (s itemSender) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	w.parcel.Reset(item)
	if err := s.task.Load(&w.scratch, &w.parcel); err != nil {
		return begun, err
	}
	send := s.send
	if s.lock != nil {
		send = s.sendLocked
	}
	err := send(w, begun)
	return s.counters.now(), err
}

// sendLocked sends an item and keeps the turn until it is committed.
func (s itemSender) sendLocked(w *worker, begun time.Duration) error {
	if err := s.lock.lock(); err != nil {
		return err
	}
	err := s.send(w, begun)
	if err == nil {
		select {
		case <-s.committed:
		case <-s.done:
			err = errors.New("the parent went away before the item was committed")
		}
	}
	if giveErr := s.lock.unlock(); err == nil && giveErr != nil {
		err = giveErr
	}
	return err
}

func (s itemSender) send(w *worker, begun time.Duration) error {
	p := &w.parcel
	if s.compute {
		if err := s.task.Compute(&w.scratch, p); err != nil {
			return err
		}
	}
	head := encodeItem(p, w.scratch.Worker, int64(s.counters.now()-begun))
	return s.out.write(frameItem, head, p.Data)
}

func (itemSender) flush(*worker) error { return nil }

func (itemSender) close() error { return nil }

// batchSender gathers in a worker process, as gathering does, and sends whole
// batches to the parent. A batch has been copied into the pipe when it is sent, so
// one for each worker is enough.
type batchSender struct {
	task     operations.Gathered
	counters *counters
	out      *frameWriter
}

var _ executor = batchSender{}

func (s batchSender) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		w.batch = new(batch)
		w.batch.reset(w.scratch.Worker)
	}
	if err := w.gather(s.task, item, begun); err != nil {
		return begun, err
	}
	now := s.counters.now()
	if w.batch.due(now) {
		return now, s.flush(w)
	}
	return now, nil
}

// flush sends the worker's batch.
func (s batchSender) flush(w *worker) error {
	b := w.batch
	if b == nil || len(b.begun) == 0 {
		return nil
	}
	b.head = b.encodeHead(b.head[:0], s.counters.now())
	if err := s.out.write(frameBatch, b.head, b.data); err != nil {
		return err
	}
	b.reset(b.worker)
	return nil
}

func (batchSender) close() error { return nil }

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
