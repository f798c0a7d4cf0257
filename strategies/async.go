package strategies

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// async is a goroutine for each item behind a semaphore, as a coroutine for
// each file is behind one. Where the item would await, its goroutine yields, so
// that tasks interleave at their system calls as they do on an event loop.
type async struct{}

var _ Strategy = async{}

func (async) Info() Info {
	return Info{
		Name:  "async",
		About: "a task for each item, at most `workers` of them in flight",
		Axes:  []string{"workers", "sink"},
	}
}

func (async) Start(ctx context.Context, job Job) (Crew, error) {
	c := &tasks{desk: newDesk(ctx, job), slots: make(chan *worker, job.Workers)}
	for i := range job.Workers {
		c.slots <- &worker{scratch: operations.Scratch{Worker: i, Yield: runtime.Gosched}}
	}
	return c, nil
}

// tasks is a crew that starts a goroutine for each item. The semaphore holds
// the workers' scratches rather than bare tokens: who gets in may use one.
// A goroutine is made once it may run, not before: a million that wait would
// measure the memory of stacks.
type tasks struct {
	*desk
	slots chan *worker
}

var _ Crew = (*tasks)(nil)

func (c *tasks) Work(context.Context) error {
	c.ledger.open()
	return bracketed(c.job.Task, func() error {
		var group errgroup.Group
		for item := range c.job.Items {
			w := <-c.slots
			if c.ctx.Err() != nil {
				c.slots <- w
				break
			}
			group.Go(func() error {
				defer func() { c.slots <- w }()
				err := c.hands.do(w, item)
				if err != nil {
					c.halt(err)
				}
				return err
			})
		}
		return c.outcome(c.drain(&group), c.settle())
	})
}

// drain waits for the last items. The first slot that comes back with nothing
// left to start is the first worker out of work.
func (c *tasks) drain(group *errgroup.Group) error {
	var closing error
	for range cap(c.slots) {
		w := <-c.slots
		c.ledger.outOfWork()
		closing = errors.Join(closing, w.scratch.Close())
	}
	return errors.Join(group.Wait(), closing)
}

func (c *tasks) Stop() (Tally, error) { return c.finish() }
