package strategies

import (
	"context"
	"time"

	"iosweep/operations"
)

// batchCollector lets every worker line up the results of its items in a batch of its
// own, and hands whole batches to one goroutine that stores them. What an item
// costs on top of its own work is then a copy and a look at the clock; collecting
// takes a turn of two channels and two goroutines for each.
type batchCollector struct {
	*queue[batch]
	task     operations.Gathered
	counters *counters
}

var _ executor = (*batchCollector)(nil)

func newBatchCollector(ctx context.Context, halt context.CancelCauseFunc, task operations.Gathered, l *counters, workers int) *batchCollector {
	g := &batchCollector{task: task, counters: l}
	g.queue = newQueue(ctx, halt, workers, g.store, func() error { return nil })
	return g
}

func (g *batchCollector) do(w *worker, item int, begun time.Duration) (time.Duration, error) {
	if w.batch == nil {
		b, err := g.get()
		if err != nil {
			return begun, err
		}
		b.reset(w.scratch.Worker)
		w.batch = b
	}
	if err := w.gather(g.task, item, begun); err != nil {
		return begun, err
	}
	now := g.counters.now()
	if w.batch.due(now) {
		return now, g.flush(w)
	}
	return now, nil
}

// flush hands over the worker's batch. It waits for nothing.
func (g *batchCollector) flush(w *worker) error {
	if w.batch != nil && len(w.batch.begun) > 0 {
		g.put(w.batch)
		w.batch = nil
	}
	return nil
}

// store stores a batch and books its items, in the collector.
func (g *batchCollector) store(b *batch) error {
	if err := g.task.Store(b.data); err != nil {
		return err
	}
	g.counters.recordBatch(b)
	return nil
}

// gather adds an item to the worker's batch. After an error the batch is as before.
func (w *worker) gather(task operations.Gathered, item int, begun time.Duration) error {
	data, size, err := task.Gather(&w.scratch, w.batch.data, item)
	if err != nil {
		return err
	}
	w.batch.data = data
	w.batch.add(begun, size)
	return nil
}
