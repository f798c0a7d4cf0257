package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// desk is what every crew of one process has: the books, the hands, and a
// context that the first failure ends.
type desk struct {
	job    Job
	ledger *ledger
	hands  hands
	ctx    context.Context
	halt   context.CancelCauseFunc

	once sync.Once // settle
	err  error
}

func newDesk(ctx context.Context, job Job) *desk {
	d := &desk{job: job, ledger: newLedger(job.Items, job.Workers)}
	d.ctx, d.halt = context.WithCancelCause(ctx)
	d.hands = newHands(d.ctx, d.halt, job, d.ledger)
	return d
}

// doAll does the items of a span on one worker.
func (d *desk) doAll(w *worker, s span) error {
	begun := d.ledger.now()
	for item := s.lo; item < s.hi; item++ {
		if d.ctx.Err() != nil {
			return context.Cause(d.ctx)
		}
		var err error
		if begun, err = d.hands.do(w, item, begun); err != nil {
			return err
		}
	}
	return nil
}

// settle waits for what was handed on; the second call only repeats the result.
func (d *desk) settle() error {
	d.once.Do(func() { d.err = d.hands.settle() })
	return d.err
}

// outcome is the error of work that has ended: the first failure alone where the
// job was halted, because whoever stopped on its account reports it too.
func (d *desk) outcome(errs ...error) error {
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	return errors.Join(errs...)
}

// finish ends what Work left behind, or what never worked.
func (d *desk) finish() (Tally, error) {
	d.halt(context.Canceled)
	// Its error is Work's, which has returned it, or that of work never begun.
	_ = d.settle()
	return d.ledger.tally(), nil
}

// pool is a crew of goroutines that wait at a gate and then draw tasks.
type pool struct {
	*desk
	gate   chan struct{}
	group  *errgroup.Group
	chunks *chunks
	opened bool
}

var _ Crew = (*pool)(nil)

// newPool starts the goroutines and returns when all of them wait.
func newPool(ctx context.Context, job Job) *pool {
	p := &pool{
		desk:   newDesk(ctx, job),
		gate:   make(chan struct{}),
		chunks: newChunks(job.Items, job.Chunk),
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
func (p *pool) draw(w *worker) (err error) {
	defer func() {
		err = errors.Join(err, w.scratch.Close())
		if err != nil {
			p.halt(err)
		}
	}()
	for {
		s, ok := p.chunks.take()
		if !ok {
			err := p.hands.rest(w)
			p.ledger.outOfWork()
			return err
		}
		if err := p.doAll(w, s); err != nil {
			return err
		}
	}
}

func (p *pool) Work(context.Context) error {
	p.ledger.open()
	return bracketed(p.job.Task, func() error {
		p.opened = true
		close(p.gate)
		return p.outcome(p.group.Wait(), p.settle())
	})
}

func (p *pool) Stop() (Tally, error) {
	p.halt(context.Canceled)
	if !p.opened {
		close(p.gate)
		// Nothing was asked of the workers, so what they say is of no interest.
		_ = p.group.Wait()
	}
	return p.finish()
}
