package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

// A worker is what one goroutine keeps from item to item.
type worker struct {
	scratch operations.Scratch
	staged  operations.StagedItem
	batch   *batch // items that a batchExecutor has not passed on
}

// An executor does the items of a worker, the way to a shared file included.
type executor interface {
	// do does an item that began at a time of the counters' clock. It counts the
	// item, or passes it on to a goroutine that will. ended is when the worker had
	// done its part. Where the next item follows at once, that is its beginning,
	// which saves a look at the clock for each item.
	do(w *worker, item int, begun time.Duration) (ended time.Duration, err error)
	// flush passes on all items that the executor holds for a worker. It is called
	// when the worker has no next item, or none yet.
	flush(w *worker) error
	// close waits until all items that were passed on are done. It is called once,
	// when no worker will do another item.
	close() error
}

// newExecutor returns the executor for a job's sink, all within this process. It
// calls halt when an item fails on another goroutine than its worker's.
func newExecutor(halt context.CancelCauseFunc, job Job, c *counters) executor {
	staged, ok := job.Task.(operations.Staged)
	if job.Sink == "" || !ok {
		return newItemExecutor(job.Task, c)
	}
	if task, ok := batchedTask(job.Sink, job.Task); ok {
		return newBatchCollector(halt, task, c, job.Workers)
	}
	s := newStagedSink(job.Sink, staged)
	if s.collector {
		return newItemCollector(halt, s, c, job.Workers)
	}
	return workerExecutor{s.do, c}
}

// batchedTask returns a task that can store items in batches, if the sink has a
// collector to pass them to.
func batchedTask(sink string, task operations.Task) (operations.Batched, bool) {
	batched, ok := task.(operations.Batched)
	return batched, ok && sink == operations.SinkCollector
}

// workerExecutor does an item on its worker, from beginning to end.
type workerExecutor struct {
	item     func(w *worker, item int) (operations.Result, error)
	counters *counters
}

// newItemExecutor returns the executor for items that are not in each other's way.
func newItemExecutor(task operations.Task, c *counters) executor {
	return workerExecutor{func(w *worker, item int) (operations.Result, error) { return task.Do(&w.scratch, item) }, c}
}

func (e workerExecutor) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	result, err := e.item(w, item)
	if err != nil {
		return begun, err
	}
	ended := e.counters.now()
	e.counters.record(w.scratch.Worker, item, ended-begun, result)
	return ended, nil
}

func (workerExecutor) flush(*worker) error { return nil }

func (workerExecutor) close() error { return nil }
