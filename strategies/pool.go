package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// base is what all pools have in common: the counters, and a context that ends with
// the first failure.
type base struct {
	job      Job
	counters *counters
	ctx      context.Context
	halt     context.CancelCauseFunc
}

// newBase returns the base of a pool with so many workers.
func newBase(ctx context.Context, job Job, workers int) base {
	p := base{job: job, counters: newCounters(job.Items, workers)}
	p.ctx, p.halt = context.WithCancelCause(ctx)
	return p
}

// ended returns the error of a worker that has ended, and halts the job if there is
// one.
func (p *base) ended(errs ...error) error {
	err := errors.Join(errs...)
	if err != nil {
		p.halt(err)
	}
	return err
}

// outcome returns the error of work that has ended. If the job was halted, that is
// the first failure alone, because each worker that stopped reports it too.
func (p *base) outcome(errs ...error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return errors.Join(errs...)
}

// Stop ends what Work left behind, and returns what was done.
func (p *base) Stop() (Stats, error) {
	p.halt(context.Canceled)
	return p.counters.stats(), nil
}

// localPool is what the pools of one process have in common.
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

// Stop ends what Work left behind, or what never worked.
func (p *localPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	// Work has returned this error already, unless it was never called.
	_ = p.drain()
	return p.counters.stats(), nil
}

// gatedPool is goroutines that wait at a gate until Work.
type gatedPool struct {
	*localPool
	gate  chan struct{}
	open  func() // closes the gate's channel
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
		return p.outcome(p.group.Wait(), p.drain())
	})
}

func (p *gatedPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	p.open()
	// Work has returned their errors, unless they had nothing to do.
	_ = p.group.Wait()
	return p.localPool.Stop()
}
