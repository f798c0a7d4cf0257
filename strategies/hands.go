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
	batch   *batch // what gathering has not handed over yet
}

// hands is how a worker does an item, the way to a shared file included.
type hands interface {
	// do does an item that began at a time of the ledger's clock. It books it, or
	// hands it on to who will. ended is when the worker was through with it: the
	// next item's beginning where that follows at once, which saves a look at the
	// clock for each item.
	do(w *worker, item int, begun time.Duration) (ended time.Duration, err error)
	// rest is called when a worker has no next item, or none yet: what it has not
	// handed on must not wait for one.
	rest(w *worker) error
	// settle waits until all that was handed on is done. It is called once, when
	// no worker will do another item.
	settle() error
}

// newHands gives the hands for a job's sink, all within this process. They call
// halt when an item fails elsewhere than on the worker that was given it.
func newHands(ctx context.Context, halt context.CancelCauseFunc, job Job, l *ledger) hands {
	staged, ok := job.Task.(operations.Staged)
	if job.Sink == "" || !ok {
		return direct{job.Task, l}
	}
	if task, ok := gatheredBy(job.Sink, job.Task); ok {
		return newGathering(ctx, halt, task, l, job.Workers)
	}
	r := routeOf(job.Sink, staged)
	if r.collector {
		return newCollecting(ctx, halt, r, l, job.Workers)
	}
	return meeting{r, l}
}

// gatheredBy says whether items are to be gathered: the task can do so, and the
// sink has a collector to hand them to.
func gatheredBy(sink string, task operations.Task) (operations.Gathered, bool) {
	gathered, ok := task.(operations.Gathered)
	return gathered, ok && sink == operations.SinkCollector
}

// direct does an item from beginning to end: no other item is in its way.
type direct struct {
	task   operations.Task
	ledger *ledger
}

var _ hands = direct{}

func (d direct) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	done, err := d.task.Do(&w.scratch, item)
	if err != nil {
		return begun, err
	}
	ended := d.ledger.now()
	d.ledger.record(w.scratch.Worker, item, ended-begun, done)
	return ended, nil
}

func (direct) rest(*worker) error { return nil }

func (direct) settle() error { return nil }

// meeting does an item up to the meeting point, waits for its turn, and does
// the rest itself.
type meeting struct {
	route  route
	ledger *ledger
}

var _ hands = meeting{}

func (m meeting) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	p := &w.parcel
	p.Reset(item)
	if err := m.route.before(&w.scratch, p); err != nil {
		return begun, err
	}
	done, err := m.route.after(&w.scratch, p)
	if err != nil {
		return begun, err
	}
	ended := m.ledger.now()
	m.ledger.record(w.scratch.Worker, item, ended-begun, done)
	return ended, nil
}

func (meeting) rest(*worker) error { return nil }

func (meeting) settle() error { return nil }
