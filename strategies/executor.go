package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

// A worker is the memory that one goroutine keeps between items.
type worker struct {
	scratch operations.Scratch
	staged  operations.StagedItem
	batch   *batch // items that a batchExecutor has not passed on yet
}

// An executor does the items of a worker. If they share a file, it also writes them there.
type executor interface {
	// do does an item that began at the given time of the counters' clock. It counts the
	// item, or passes it on to a goroutine that counts it. ended is the time when the worker
	// finished its part. If the worker begins the next item at once, ended is also the start
	// of that item, which saves one read of the clock for each item.
	do(w *worker, item int, begun time.Duration) (ended time.Duration, err error)
	// flush passes on all items that the executor keeps for a worker. It is called when the
	// worker has no further item, or must wait for one.
	flush(w *worker) error
	// close waits until all passed-on items are done. It is called once, when no worker
	// will do another item.
	close() error
}

// newExecutor returns the executor for a job's sink, for a single process. It calls halt if
// an item fails on a goroutine that is not its worker.
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

// batchedTask returns the task as a Batched one, and whether the sink uses it: only a
// collector stores items in batches.
func batchedTask(sink string, task operations.Task) (operations.Batched, bool) {
	batched, ok := task.(operations.Batched)
	return batched, ok && sink == operations.SinkCollector
}

// workerExecutor does the whole item on its worker.
type workerExecutor struct {
	item     func(w *worker, item int) (operations.Result, error)
	counters *counters
}

// newItemExecutor returns the executor for items that do not share a file.
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
