package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// pipeline overlaps the stages of different items: some workers load, some
// compute, some commit, with bounded queues between them. The bound keeps few
// files in memory when one stage is faster than the next.
type pipeline struct{}

var (
	_ Strategy  = pipeline{}
	_ Selective = pipeline{}
)

func (pipeline) Info() Info {
	return Info{
		Name:  "pipeline",
		About: "load, compute and commit on `workers` goroutines each, `queue` items between two stages",
		Axes:  []string{"workers", "queue", "sink"},
	}
}

func (pipeline) Footprint(workers, _, _ int) Footprint {
	return Footprint{Workers: workers, Stages: stages}
}

// Unsupported refuses operations without stages.
func (pipeline) Unsupported(op operations.Info) string {
	if !op.Staged {
		return "it has a single step, and a pipeline overlaps the steps of different items"
	}
	return ""
}

func (pipeline) Start(ctx context.Context, job Job) (Pool, error) {
	staged, ok := job.Task.(operations.Staged)
	if !ok {
		return nil, errors.New("a pipeline needs an operation with stages")
	}
	p := &pipelinePool{
		job: job, staged: staged, sink: newStagedSink(job.Sink, staged),
		counters: newCounters(job.Items, stages*job.Workers),
		loaded:   make(chan *queuedItem, job.Queue),
		computed: make(chan *queuedItem, job.Queue),
		free:     make(chan *queuedItem, 2*job.Queue+stages*job.Workers),
	}
	for range cap(p.free) {
		p.free <- &queuedItem{}
	}
	p.ctx, p.halt = context.WithCancelCause(ctx)
	return p, nil
}

const stages = 3

// pipelinePool is the workers of three stages. Their scratches are numbered within
// each stage, so that those that commit are 0 to workers-1.
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

func (p *pipelinePool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		var group errgroup.Group
		committers := p.job.Workers
		if p.sink.collector {
			committers = 1
		}
		items := newChunks(p.job.Items, 1)
		p.stage(&group, p.job.Workers, p.loaded, func(w *worker) error { return p.load(w, items) })
		p.stage(&group, p.job.Workers, p.computed, p.compute)
		p.stage(&group, committers, nil, p.commit)
		err := group.Wait()
		if p.ctx.Err() != nil {
			return context.Cause(p.ctx)
		}
		return err
	})
}

// stage starts the workers of a stage. The last one to end closes the queue to
// the next stage.
func (p *pipelinePool) stage(group *errgroup.Group, workers int, out chan *queuedItem, do func(*worker) error) {
	var busy sync.WaitGroup
	busy.Add(workers)
	for i := range workers {
		w := &worker{scratch: operations.Scratch{Worker: i}}
		group.Go(func() (err error) {
			defer busy.Done()
			defer func() {
				err = errors.Join(err, w.scratch.Close())
				if err != nil {
					p.halt(err)
				}
			}()
			return do(w)
		})
	}
	if out != nil {
		group.Go(func() error { busy.Wait(); close(out); return nil })
	}
}

func (p *pipelinePool) load(w *worker, items *chunks) error {
	for {
		s, ok := items.take()
		if !ok {
			return nil
		}
		q, err := p.receive(p.free)
		if err != nil {
			return err
		}
		q.Reset(s.lo)
		q.worker, q.begun = w.scratch.Worker, p.counters.now()
		if err := p.staged.Load(&w.scratch, &q.Parcel); err != nil {
			return err
		}
		if err := p.send(p.loaded, q); err != nil {
			return err
		}
	}
}

func (p *pipelinePool) compute(w *worker) error {
	for {
		q, err := p.receive(p.loaded)
		if q == nil {
			return err
		}
		if p.sink.computeBefore {
			if err := p.staged.Compute(&w.scratch, &q.Parcel); err != nil {
				return err
			}
		}
		if err := p.send(p.computed, q); err != nil {
			return err
		}
	}
}

func (p *pipelinePool) commit(w *worker) error {
	for {
		q, err := p.receive(p.computed)
		if q == nil {
			if err == nil {
				p.counters.outOfWork()
			}
			return err
		}
		done, err := p.sink.after(&w.scratch, &q.Parcel)
		if err != nil {
			return err
		}
		p.counters.record(w.scratch.Worker, q.Item, p.counters.now()-q.begun, done)
		p.free <- q
	}
}

// receive takes an item from a queue. It returns nil and no error when the queue
// is closed and empty, nil and the reason when the job has been halted.
func (p *pipelinePool) receive(queue chan *queuedItem) (*queuedItem, error) {
	select {
	case <-p.ctx.Done():
		return nil, context.Cause(p.ctx)
	default:
	}
	select {
	case q := <-queue:
		return q, nil
	case <-p.ctx.Done():
		return nil, context.Cause(p.ctx)
	}
}

func (p *pipelinePool) send(queue chan *queuedItem, q *queuedItem) error {
	select {
	case queue <- q:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

func (p *pipelinePool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	return p.counters.stats(), nil
}
