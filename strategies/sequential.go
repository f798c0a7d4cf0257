package strategies

import "context"

// sequential does one item after another on the caller's goroutine. It is the usual baseline of
// speed-ups, so it does nothing that waits.
type sequential struct{}

var _ Strategy = sequential{}

func (sequential) Info() Info {
	return Info{Name: "sequential", About: "one item after another"}
}

func (sequential) Footprint(_, _, _ int) Footprint { return Footprint{Workers: 1} }

func (sequential) Start(ctx context.Context, job Job) (Pool, error) {
	return newSequentialPool(ctx, job), nil
}

// sequentialPool is one worker that needs no gate.
type sequentialPool struct{ *localPool }

func newSequentialPool(ctx context.Context, job Job) *sequentialPool {
	job.Workers = 1
	return &sequentialPool{newLocalPool(ctx, job)}
}

func (p *sequentialPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		var w worker
		err := p.haltOnError(p.doAll(&w, span{0, p.job.Items}), p.executor.flush(&w))
		err = p.workError(err, p.drain(), w.scratch.Close())
		p.counters.outOfWork()
		return err
	})
}
