package strategies

import (
	"sync"

	"iosweep/operations"
)

// A route says, for one level of the axis sink, on which side of the meeting
// point each stage of an item happens: before it, where workers do not wait for
// each other, or after it, where items go through one by one.
type route struct {
	task operations.Staged
	// computeBefore: Compute is done before the meeting point. "parallel" is
	// what this buys: compression leaves the lock.
	computeBefore bool
	// turn is what items pass through one by one; nil where they need not.
	turn turn
	// collector: one goroutine does what comes after, and workers go on.
	collector bool
}

// routeOf gives the route of a sink. The sink "" is that of items which have a
// file each, "unlocked" that of items which should wait and do not.
func routeOf(sink string, task operations.Staged) route {
	switch sink {
	case operations.SinkLocked:
		return route{task: task, turn: &mutexTurn{}}
	case operations.SinkParallel:
		return route{task: task, turn: &mutexTurn{}, computeBefore: true}
	case operations.SinkCollector:
		return route{task: task, collector: true}
	default:
		return route{task: task, computeBefore: true}
	}
}

// before brings an item to the meeting point.
func (r route) before(s *operations.Scratch, p *operations.Parcel) error {
	if err := r.task.Load(s, p); err != nil {
		return err
	}
	if r.computeBefore {
		return r.task.Compute(s, p)
	}
	return nil
}

// after does the rest, in turn.
func (r route) after(s *operations.Scratch, p *operations.Parcel) (done operations.Done, err error) {
	if r.turn != nil {
		if err := r.turn.take(); err != nil {
			return done, err
		}
		defer func() {
			if giveErr := r.turn.give(); err == nil {
				err = giveErr
			}
		}()
	}
	if !r.computeBefore {
		if err := r.task.Compute(s, p); err != nil {
			return done, err
		}
	}
	return r.task.Commit(s, p)
}

// A turn is a lock that can fail, as one between processes can.
type turn interface {
	take() error
	give() error
}

// mutexTurn is a turn among the goroutines of one process.
type mutexTurn struct{ mu sync.Mutex }

var _ turn = (*mutexTurn)(nil)

func (t *mutexTurn) take() error { t.mu.Lock(); return nil }
func (t *mutexTurn) give() error { t.mu.Unlock(); return nil }
