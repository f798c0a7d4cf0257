package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

// A worker is what one goroutine takes from item to item.
type worker struct {
	scratch operations.Scratch
	parcel  operations.Parcel
}

// hands is how a worker does an item, the way to a shared file included.
type hands interface {
	// do does an item and books it, or hands it on to who will.
	do(w *worker, item int) error
	// settle waits until all that was handed on is done. It is called once,
	// when no worker will do another item.
	settle() error
}

// newHands gives the hands for a job's sink, all within this process. They call
// halt when an item fails elsewhere than on the worker that was given it.
func newHands(ctx context.Context, halt context.CancelCauseFunc, job Job, l *ledger) hands {
	staged, ok := job.Task.(operations.Staged)
	if job.Sink == "" || !ok {
		return direct{job.Task, l}
	}
	r := routeOf(job.Sink, staged)
	if r.collector {
		return newCollecting(ctx, halt, r, l, job.Workers)
	}
	return meeting{r, l}
}

// direct does an item from beginning to end: no other item is in its way.
type direct struct {
	task   operations.Task
	ledger *ledger
}

var _ hands = direct{}

func (d direct) do(w *worker, item int) error {
	start := time.Now()
	done, err := d.task.Do(&w.scratch, item)
	if err != nil {
		return err
	}
	d.ledger.record(w.scratch.Worker, item, time.Since(start), done)
	return nil
}

func (direct) settle() error { return nil }

// meeting does an item up to the meeting point, waits for its turn, and does
// the rest itself.
type meeting struct {
	route  route
	ledger *ledger
}

var _ hands = meeting{}

func (m meeting) do(w *worker, item int) error {
	start := time.Now()
	p := &w.parcel
	p.Reset(item)
	if err := m.route.before(&w.scratch, p); err != nil {
		return err
	}
	done, err := m.route.after(&w.scratch, p)
	if err != nil {
		return err
	}
	m.ledger.record(w.scratch.Worker, item, time.Since(start), done)
	return nil
}

func (meeting) settle() error { return nil }
