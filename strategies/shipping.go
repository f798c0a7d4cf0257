package strategies

import (
	"errors"
	"time"

	"iosweep/operations"
)

// shipping does in a worker process what comes before the meeting point and
// sends the item to the parent, where the shared file is.
type shipping struct {
	task    operations.Staged
	ledger  *ledger
	out     *frameWriter
	compute bool // here, not at the parent
	// turn is held from Compute until the parent says on taken that the item is
	// committed: a lock around compress-and-add, across processes.
	turn  turn
	taken <-chan struct{}
	done  <-chan struct{} // closed when there will be no more answers
}

var _ hands = shipping{}

func (s shipping) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	w.parcel.Reset(item)
	if err := s.task.Load(&w.scratch, &w.parcel); err != nil {
		return begun, err
	}
	send := s.send
	if s.turn != nil {
		send = s.sendInTurn
	}
	err := send(w, begun)
	return s.ledger.now(), err
}

// sendInTurn sends an item and keeps the turn until it is committed.
func (s shipping) sendInTurn(w *worker, begun time.Duration) error {
	if err := s.turn.take(); err != nil {
		return err
	}
	err := s.send(w, begun)
	if err == nil {
		select {
		case <-s.taken:
		case <-s.done:
			err = errors.New("the parent went away before the item was committed")
		}
	}
	if giveErr := s.turn.give(); err == nil && giveErr != nil {
		err = giveErr
	}
	return err
}

func (s shipping) send(w *worker, begun time.Duration) error {
	p := &w.parcel
	if s.compute {
		if err := s.task.Compute(&w.scratch, p); err != nil {
			return err
		}
	}
	head := encodeParcel(p, w.scratch.Worker, int64(s.ledger.now()-begun))
	return s.out.write(frameParcel, head, p.Data)
}

func (shipping) rest(*worker) error { return nil }

func (shipping) settle() error { return nil }

// shippingBatches gathers in a worker process, as gathering does, and sends whole
// batches to the parent. A batch has been copied into the pipe when it is sent, so
// one for each worker is enough.
type shippingBatches struct {
	task   operations.Gathered
	ledger *ledger
	out    *frameWriter
}

var _ hands = shippingBatches{}

func (s shippingBatches) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		w.batch = new(batch)
		w.batch.reset(w.scratch.Worker)
	}
	if err := w.gather(s.task, item, begun); err != nil {
		return begun, err
	}
	now := s.ledger.now()
	if w.batch.due(now) {
		return now, s.rest(w)
	}
	return now, nil
}

// rest sends the worker's batch.
func (s shippingBatches) rest(w *worker) error {
	b := w.batch
	if b == nil || len(b.begun) == 0 {
		return nil
	}
	b.head = b.encodeHead(b.head[:0], s.ledger.now())
	if err := s.out.write(frameBatch, b.head, b.data); err != nil {
		return err
	}
	b.reset(b.worker)
	return nil
}

func (shippingBatches) settle() error { return nil }
