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

// executor is how a worker does an item, the way to a shared file included.
type executor interface {
	// do does an item that began at a time of the ledger's clock. It books it, or
	// hands it on to who will. ended is when the worker was through with it: the
	// next item's beginning where that follows at once, which saves a look at the
	// clock for each item.
	do(w *worker, item int, begun time.Duration) (ended time.Duration, err error)
	// rest is called when a worker has no next item, or none yet: what it has not
	// handed on must not wait for one.
	flush(w *worker) error
	// settle waits until all that was handed on is done. It is called once, when
	// no worker will do another item.
	close() error
}

// newExecutor gives the hands for a job's sink, all within this process. They call
// halt when an item fails elsewhere than on the worker that was given it.
func newExecutor(ctx context.Context, halt context.CancelCauseFunc, job Job, l *counters) executor {
	staged, ok := job.Task.(operations.Staged)
	if job.Sink == "" || !ok {
		return directExecutor{job.Task, l}
	}
	if task, ok := gatherer(job.Sink, job.Task); ok {
		return newBatchCollector(ctx, halt, task, l, job.Workers)
	}
	r := newStagedSink(job.Sink, staged)
	if r.collector {
		return newItemCollector(ctx, halt, r, l, job.Workers)
	}
	return stagedExecutor{r, l}
}

// gatherer says whether items are to be gathered: the task can do so, and the
// sink has a collector to hand them to.
func gatherer(sink string, task operations.Task) (operations.Gathered, bool) {
	gathered, ok := task.(operations.Gathered)
	return gathered, ok && sink == operations.SinkCollector
}

// directExecutor does an item from beginning to end: no other item is in its way.
type directExecutor struct {
	task     operations.Task
	counters *counters
}

var _ executor = directExecutor{}

func (d directExecutor) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	done, err := d.task.Do(&w.scratch, item)
	if err != nil {
		return begun, err
	}
	ended := d.counters.now()
	d.counters.record(w.scratch.Worker, item, ended-begun, done)
	return ended, nil
}

func (directExecutor) flush(*worker) error { return nil }

func (directExecutor) close() error { return nil }

// stagedExecutor does an item up to the meeting point, waits for its turn, and does
// the rest itself.
type stagedExecutor struct {
	sink     stagedSink
	counters *counters
}

var _ executor = stagedExecutor{}

func (m stagedExecutor) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	p := &w.parcel
	p.Reset(item)
	if err := m.sink.before(&w.scratch, p); err != nil {
		return begun, err
	}
	done, err := m.sink.after(&w.scratch, p)
	if err != nil {
		return begun, err
	}
	ended := m.counters.now()
	m.counters.record(w.scratch.Worker, item, ended-begun, done)
	return ended, nil
}

func (stagedExecutor) flush(*worker) error { return nil }

func (stagedExecutor) close() error { return nil }
