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
	out     *frameWriter
	compute bool // here, not at the parent
	// turn is held from Compute until the parent says on taken that the item is
	// committed: a lock around compress-and-add, across processes.
	turn  turn
	taken <-chan struct{}
	done  <-chan struct{} // closed when there will be no more answers
}

var _ hands = shipping{}

func (s shipping) do(w *worker, item int) error {
	start := time.Now()
	p := &w.parcel
	p.Reset(item)
	if err := s.task.Load(&w.scratch, p); err != nil {
		return err
	}
	if s.turn == nil {
		return s.send(w, start)
	}
	if err := s.turn.take(); err != nil {
		return err
	}
	err := s.send(w, start)
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

func (s shipping) send(w *worker, start time.Time) error {
	p := &w.parcel
	if s.compute {
		if err := s.task.Compute(&w.scratch, p); err != nil {
			return err
		}
	}
	head := encodeParcel(p, w.scratch.Worker, time.Since(start).Nanoseconds())
	if err := s.out.write(frameParcel, head, p.Data); err != nil {
		return err
	}
	return nil
}

func (shipping) settle() error { return nil }
