package strategies

import (
	"context"
	"errors"
)

// sequential does one item after another on the caller's own goroutine. It is
// what speed-ups are usually against, so there is nothing in it to wait for.
type sequential struct{}

var _ Strategy = sequential{}

func (sequential) Info() Info {
	return Info{Name: "sequential", About: "one item after another"}
}

func (sequential) Start(ctx context.Context, job Job) (Pool, error) {
	job.Workers = 1
	return &sequentialPool{localPool: newLocalPool(ctx, job)}, nil
}

// sequentialPool is a crew of one worker that needs no gate.
type sequentialPool struct{ *localPool }

var _ Pool = (*sequentialPool)(nil)

func (c *sequentialPool) Work(context.Context) error {
	c.counters.start()
	return bracketed(c.job.Task, func() error {
		var w worker
		err := c.doAll(&w, span{0, c.job.Items})
		err = errors.Join(err, c.executor.flush(&w), c.outcome(c.drain()), w.scratch.Close())
		c.counters.outOfWork()
		return err
	})
}

func (c *sequentialPool) Stop() (Stats, error) { return c.finish() }
