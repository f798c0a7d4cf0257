package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// pipeline overlaps the stages of different items: some workers load, some
// compute, some commit, with bounded queues between them. The bound is what
// keeps the files in memory few when one stage is faster than the next.
type pipeline struct{}

var _ Strategy = pipeline{}

func (pipeline) Info() Info {
	return Info{
		Name:   "pipeline",
		About:  "load, compute and commit on `workers` goroutines each, `queue` items between two stages",
		Axes:   []string{"workers", "queue", "sink"},
		Staged: true,
		Lanes:  3,
	}
}

func (pipeline) Start(ctx context.Context, job Job) (Pool, error) {
	staged, ok := job.Task.(operations.Staged)
	if !ok {
		return nil, errors.New("a pipeline needs an operation with stages")
	}
	c := &pipelinePool{
		job: job, staged: staged, sink: newStagedSink(job.Sink, staged),
		counters: newCounters(job.Items, stages*job.Workers),
		loaded:   make(chan *queuedItem, job.Queue),
		computed: make(chan *queuedItem, job.Queue),
		free:     make(chan *queuedItem, 2*job.Queue+stages*job.Workers),
	}
	for range cap(c.free) {
		c.free <- &queuedItem{}
	}
	c.ctx, c.halt = context.WithCancelCause(ctx)
	return c, nil
}

const stages = 3

// pipelinePool is the crew of a pipeline. Scratches are numbered by the position within
// the stage, so that those that commit are 0 to workers-1.
type pipelinePool struct {
	job      Job
	staged   operations.Staged
	sink     stagedSink
	counters *counters
	ctx      context.Context
	halt     context.CancelCauseFunc

	free, loaded, computed chan *queuedItem
}

var _ Pool = (*pipelinePool)(nil)

func (c *pipelinePool) Work(context.Context) error {
	c.counters.start()
	return bracketed(c.job.Task, func() error {
		var group errgroup.Group
		committers := c.job.Workers
		if c.sink.collector {
			committers = 1
		}
		items := newChunks(c.job.Items, 1)
		c.stage(&group, c.job.Workers, c.loaded, func(w *worker) error { return c.load(w, items) })
		c.stage(&group, c.job.Workers, c.computed, c.compute)
		c.stage(&group, committers, nil, c.commit)
		err := group.Wait()
		if c.ctx.Err() != nil {
			return context.Cause(c.ctx)
		}
		return err
	})
}

// stage starts the workers of a stage. The last one to end closes the queue to
// the next stage.
func (c *pipelinePool) stage(group *errgroup.Group, workers int, out chan *queuedItem, do func(*worker) error) {
	var busy sync.WaitGroup
	busy.Add(workers)
	for i := range workers {
		w := &worker{scratch: operations.Scratch{Worker: i}}
		group.Go(func() (err error) {
			defer busy.Done()
			defer func() {
				err = errors.Join(err, w.scratch.Close())
				if err != nil {
					c.halt(err)
				}
			}()
			return do(w)
		})
	}
	if out != nil {
		group.Go(func() error { busy.Wait(); close(out); return nil })
	}
}

func (c *pipelinePool) load(w *worker, items *chunks) error {
	for {
		s, ok := items.take()
		if !ok {
			return nil
		}
		p, err := c.next(c.free)
		if err != nil {
			return err
		}
		p.Reset(s.lo)
		p.worker, p.begun = w.scratch.Worker, c.counters.now()
		if err := c.staged.Load(&w.scratch, &p.Parcel); err != nil {
			return err
		}
		if err := c.pass(c.loaded, p); err != nil {
			return err
		}
	}
}

func (c *pipelinePool) compute(w *worker) error {
	for {
		p, err := c.next(c.loaded)
		if p == nil {
			return err
		}
		if c.sink.computeBefore {
			if err := c.staged.Compute(&w.scratch, &p.Parcel); err != nil {
				return err
			}
		}
		if err := c.pass(c.computed, p); err != nil {
			return err
		}
	}
}

func (c *pipelinePool) commit(w *worker) error {
	for {
		p, err := c.next(c.computed)
		if p == nil {
			if err == nil {
				c.counters.outOfWork()
			}
			return err
		}
		done, err := c.sink.after(&w.scratch, &p.Parcel)
		if err != nil {
			return err
		}
		c.counters.record(w.scratch.Worker, p.Item, c.counters.now()-p.begun, done)
		c.free <- p
	}
}

// next takes a parcel from a queue: nil and no error when it is closed and
// empty, nil and the reason when the job has been halted.
func (c *pipelinePool) next(queue chan *queuedItem) (*queuedItem, error) {
	select {
	case <-c.ctx.Done():
		return nil, context.Cause(c.ctx)
	default:
	}
	select {
	case p := <-queue:
		return p, nil
	case <-c.ctx.Done():
		return nil, context.Cause(c.ctx)
	}
}

func (c *pipelinePool) pass(queue chan *queuedItem, p *queuedItem) error {
	select {
	case queue <- p:
		return nil
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
}

func (c *pipelinePool) Stop() (Stats, error) {
	c.halt(context.Canceled)
	return c.counters.stats(), nil
}
