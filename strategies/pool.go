package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// localPool is what every crew of one process has: the books, the hands, and a
// context that the first failure ends.
type localPool struct {
	job      Job
	counters *counters
	executor executor
	ctx      context.Context
	halt     context.CancelCauseFunc

	once sync.Once // settle
	err  error
}

func newLocalPool(ctx context.Context, job Job) *localPool {
	d := &localPool{job: job, counters: newCounters(job.Items, job.Workers)}
	d.ctx, d.halt = context.WithCancelCause(ctx)
	d.executor = newExecutor(d.ctx, d.halt, job, d.counters)
	return d
}

// doAll does the items of a span on one worker.
func (d *localPool) doAll(w *worker, s span) error {
	begun := d.counters.now()
	for item := s.lo; item < s.hi; item++ {
		if d.ctx.Err() != nil {
			return context.Cause(d.ctx)
		}
		var err error
		if begun, err = d.executor.do(w, item, begun); err != nil {
			return err
		}
	}
	return nil
}

// drain waits for what was handed on; the second call only repeats the result.
func (d *localPool) drain() error {
	d.once.Do(func() { d.err = d.executor.close() })
	return d.err
}

// outcome is the error of work that has ended: the first failure alone where the
// job was halted, because whoever stopped on its account reports it too.
func (d *localPool) outcome(errs ...error) error {
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	return errors.Join(errs...)
}

// finish ends what Work left behind, or what never worked.
func (d *localPool) finish() (Stats, error) {
	d.halt(context.Canceled)
	// Its error is Work's, which has returned it, or that of work never begun.
	_ = d.drain()
	return d.counters.stats(), nil
}

// threadPool is a crew of goroutines that wait at a gate and then draw tasks.
type threadPool struct {
	*localPool
	gate   chan struct{}
	group  *errgroup.Group
	chunks *chunks
	opened bool
}

var _ Pool = (*threadPool)(nil)

// newThreadPool starts the goroutines and returns when all of them wait.
func newThreadPool(ctx context.Context, job Job) *threadPool {
	p := &threadPool{
		localPool: newLocalPool(ctx, job),
		gate:      make(chan struct{}),
		chunks:    newChunks(job.Items, job.Chunk),
	}
	p.group = new(errgroup.Group)
	var waiting sync.WaitGroup
	waiting.Add(job.Workers)
	for i := range job.Workers {
		w := &worker{scratch: operations.Scratch{Worker: i}}
		p.group.Go(func() error {
			waiting.Done()
			<-p.gate
			return p.draw(w)
		})
	}
	waiting.Wait()
	return p
}

// draw does tasks until none is left. The first failure halts the others.
func (p *threadPool) draw(w *worker) (err error) {
	defer func() {
		err = errors.Join(err, w.scratch.Close())
		if err != nil {
			p.halt(err)
		}
	}()
	for {
		s, ok := p.chunks.take()
		if !ok {
			err := p.executor.flush(w)
			p.counters.outOfWork()
			return err
		}
		if err := p.doAll(w, s); err != nil {
			return err
		}
	}
}

func (p *threadPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		p.opened = true
		close(p.gate)
		return p.outcome(p.group.Wait(), p.drain())
	})
}

func (p *threadPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	if !p.opened {
		close(p.gate)
		// Nothing was asked of the workers, so what they say is of no interest.
		_ = p.group.Wait()
	}
	return p.finish()
}
