package strategies

import (
	"errors"
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
