package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// base is the common part of all pools: the counters, and a context that ends with the first
// failure.
type base struct {
	job      Job
	counters *counters
	ctx      context.Context
	halt     context.CancelCauseFunc
}

// newBase returns the base of a pool with this number of workers.
func newBase(ctx context.Context, job Job, workers int) base {
	p := base{job: job, counters: newCounters(job.Items, workers)}
	p.ctx, p.halt = context.WithCancelCause(ctx)
	if task, ok := job.Task.(operations.Haltable); ok {
		context.AfterFunc(p.ctx, task.Halt)
	}
	return p
}

// haltOnError joins the errors of a worker that has ended. If there are any, it halts the job.
func (p *base) haltOnError(errs ...error) error {
	err := errors.Join(errs...)
	if err != nil {
		p.halt(err)
	}
	return err
}

// workError joins the errors of work that has ended. If the job was halted, it returns only
// the first failure, because every stopped worker reports that failure.
func (p *base) workError(errs ...error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return errors.Join(errs...)
}

// Stop ends the workers and returns their counts.
func (p *base) Stop() (Stats, error) {
	p.halt(context.Canceled)
	return p.counters.stats(), nil
}

// localPool is the common part of all pools that use a single process.
type localPool struct {
	base
	executor executor
	drain    func() error // waits for the items that the executor has passed on
}

func newLocalPool(ctx context.Context, job Job) *localPool {
	p := &localPool{base: newBase(ctx, job, job.Workers)}
	p.executor = newExecutor(p.halt, job, p.counters)
	p.drain = sync.OnceValue(p.executor.close)
	return p
}

// doAll does the items of a span on one worker.
func (p *localPool) doAll(w *worker, s span) error {
	begun := p.counters.now()
	for item := s.lo; item < s.hi; item++ {
		if p.ctx.Err() != nil {
			return context.Cause(p.ctx)
		}
		var err error
		if begun, err = p.executor.do(w, item, begun); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends the workers, even if Work was never called.
func (p *localPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	// Work has returned this error already, unless it was never called.
	_ = p.drain()
	return p.counters.stats(), nil
}

// gatedPool has goroutines that wait at the start gate until Work opens it.
type gatedPool struct {
	*localPool
	gate  chan struct{}
	open  func() // closes the channel gate
	group errgroup.Group
}

func newGatedPool(ctx context.Context, job Job) *gatedPool {
	p := &gatedPool{localPool: newLocalPool(ctx, job), gate: make(chan struct{})}
	p.open = sync.OnceFunc(func() { close(p.gate) })
	return p
}

func (p *gatedPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		p.open()
		return p.workError(p.group.Wait(), p.drain())
	})
}

func (p *gatedPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	p.open()
	// Work has returned these errors already, unless it was never called.
	_ = p.group.Wait()
	return p.localPool.Stop()
}
