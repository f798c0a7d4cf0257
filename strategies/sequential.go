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

func (sequential) Start(ctx context.Context, job Job) (Crew, error) {
	job.Workers = 1
	return &single{desk: newDesk(ctx, job)}, nil
}

// single is a crew of one worker that needs no gate.
type single struct{ *desk }

var _ Crew = (*single)(nil)

func (c *single) Work(context.Context) error {
	c.ledger.open()
	return bracketed(c.job.Task, func() error {
		var w worker
		err := c.doAll(&w, span{0, c.job.Items})
		err = errors.Join(err, c.hands.rest(&w), c.outcome(c.settle()), w.scratch.Close())
		c.ledger.outOfWork()
		return err
	})
}

func (c *single) Stop() (Tally, error) { return c.finish() }
