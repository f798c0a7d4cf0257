package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// localPool is what all pools of one process have in common: the counters, the
// executor, and a context that ends with the first failure.
type localPool struct {
	job      Job
	counters *counters
	executor executor
	ctx      context.Context
	halt     context.CancelCauseFunc

	once sync.Once // drain
	err  error
}

func newLocalPool(ctx context.Context, job Job) *localPool {
	p := &localPool{job: job, counters: newCounters(job.Items, job.Workers)}
	p.ctx, p.halt = context.WithCancelCause(ctx)
	p.executor = newExecutor(p.ctx, p.halt, job, p.counters)
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

// drain waits for the items that the executor has passed on. A second call only
// repeats the result.
func (p *localPool) drain() error {
	p.once.Do(func() { p.err = p.executor.close() })
	return p.err
}

// outcome returns the error of work that has ended. If the job was halted, that is
// the first failure alone, because each worker that stopped reports it too.
func (p *localPool) outcome(errs ...error) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	return errors.Join(errs...)
}

// finish ends what Work left behind, or what never worked.
func (p *localPool) finish() (Stats, error) {
	p.halt(context.Canceled)
	// Work has returned this error already, unless it was never called.
	_ = p.drain()
	return p.counters.stats(), nil
}

// gatedPool is goroutines that wait at a gate until Work.
type gatedPool struct {
	*localPool
	gate   chan struct{}
	group  errgroup.Group
	opened bool
}

func newGatedPool(ctx context.Context, job Job) *gatedPool {
	return &gatedPool{localPool: newLocalPool(ctx, job), gate: make(chan struct{})}
}

func (p *gatedPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		p.opened = true
		close(p.gate)
		return p.outcome(p.group.Wait(), p.drain())
	})
}

func (p *gatedPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	if !p.opened {
		close(p.gate)
		// The goroutines had nothing to do, so their errors do not matter.
		_ = p.group.Wait()
	}
	return p.finish()
}
