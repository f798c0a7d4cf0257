package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// pipeline overlaps the stages of different items: some workers load, some compute and some
// commit. Bounded queues connect them, so that few files are in memory when one stage is
// faster than the next.
type pipeline struct{}

var (
	_ Strategy  = pipeline{}
	_ Selective = pipeline{}
)

func (pipeline) Info() Info {
	return Info{
		Name:  "pipeline",
		About: "load, compute and commit on `workers` goroutines each, `queue` items between two stages",
		Axes:  []string{"workers", "queue", "sink", "split"},
	}
}

func (pipeline) Footprint(workers, _, _ int) Footprint {
	return Footprint{Workers: workers, Stages: stages}
}

// Unsupported refuses operations without stages.
func (pipeline) Unsupported(op operations.Info) string {
	if !op.Staged {
		return "it has a single step, and a pipeline needs the stages load, compute and commit"
	}
	return ""
}

func (pipeline) Start(ctx context.Context, job Job) (Pool, error) {
	staged, ok := job.Task.(operations.Staged)
	if !ok {
		return nil, errors.New("a pipeline needs an operation with stages")
	}
	p := &pipelinePool{
		base: newBase(ctx, job, stages*job.Workers), staged: staged, sink: newStagedSink(job.Sink, staged),
		items:    newChunks(job.Items, 1),
		loaded:   make(chan *queuedItem, job.Queue),
		computed: make(chan *queuedItem, job.Queue),
		free:     make(chan *queuedItem, 2*job.Queue+stages*job.Workers),
	}
	for range cap(p.free) {
		p.free <- &queuedItem{}
	}
	return p, nil
}

const stages = 3

// pipelinePool has the workers of three stages. Their scratches are numbered within each
// stage, so the workers of the last stage have the numbers 0 to workers-1.
type pipelinePool struct {
	base
	staged operations.Staged
	sink   stagedSink
	items  *chunks

	free, loaded, computed chan *queuedItem
}

func (p *pipelinePool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		var group errgroup.Group
		committers := p.job.Workers
		if p.sink.collector {
			committers = 1
		}
		p.stage(&group, p.job.Workers, p.free, p.loaded, p.load)
		p.stage(&group, p.job.Workers, p.loaded, p.computed, p.compute)
		p.stage(&group, committers, p.computed, p.free, p.commit)
		return p.workError(group.Wait())
	})
}

// stage starts the workers of a stage. They take items from the queue in and put them into
// the queue out. The last worker to end closes out.
func (p *pipelinePool) stage(group *errgroup.Group, workers int, in, out chan *queuedItem, do func(*worker, *queuedItem) (more bool, err error)) {
	var busy sync.WaitGroup
	busy.Add(workers)
	for i := range workers {
		w := &worker{scratch: operations.Scratch{Worker: i}}
		group.Go(func() error {
			defer busy.Done()
			return p.haltOnError(p.work(w, in, out, do), w.scratch.Close())
		})
	}
	group.Go(func() error { busy.Wait(); close(out); return nil })
}

// work calls do for the items of the queue in, and puts them into the queue out. It returns
// when in is closed and empty, or when do reports that there are no more items.
func (p *pipelinePool) work(w *worker, in, out chan *queuedItem, do func(*worker, *queuedItem) (bool, error)) error {
	for {
		q, err := p.receive(in)
		if err != nil {
			return err
		}
		if q == nil {
			if out == p.free { // the last stage
				p.counters.outOfWork()
			}
			return nil
		}
		if more, err := do(w, q); err != nil || !more {
			return err
		}
		select {
		case out <- q:
		case <-p.ctx.Done():
			return context.Cause(p.ctx)
		}
	}
}

func (p *pipelinePool) load(w *worker, q *queuedItem) (more bool, err error) {
	s, ok := p.items.take()
	if !ok {
		return false, nil
	}
	q.Reset(s.lo)
	q.worker, q.begun = w.scratch.Worker, p.counters.now()
	return true, p.staged.Load(&w.scratch, &q.StagedItem)
}

func (p *pipelinePool) compute(w *worker, q *queuedItem) (more bool, err error) {
	if p.sink.computeBefore {
		err = p.staged.Compute(&w.scratch, &q.StagedItem)
	}
	return true, err
}

func (p *pipelinePool) commit(w *worker, q *queuedItem) (more bool, err error) {
	result, err := p.sink.after(&w.scratch, &q.StagedItem)
	if err == nil {
		p.counters.record(w.scratch.Worker, q.Item, p.counters.now()-q.begun, result)
	}
	return true, err
}

// receive takes an item from a queue. If the queue is closed and empty, it returns nil and no
// error. If the job was halted, it returns nil and the reason.
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
