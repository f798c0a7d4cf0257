package strategies

import (
	"context"
	"errors"
	"sync"
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
