package strategies

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// unbounded is async without the semaphore. Every item is under way at once, so
// every file is open at once: where there are more files than descriptors it
// fails, and that is its result.
type unbounded struct{}

var _ Strategy = unbounded{}

func (unbounded) Info() Info {
	return Info{
		Name:  "async-unbounded",
		About: "a task for each item, all in flight at once: shows the descriptor limit",
		Axes:  []string{"sink"},
	}
}

func (unbounded) Start(ctx context.Context, job Job) (Crew, error) {
	// Whoever bounds the parcels by the workers must not bound this.
	job.Workers = max(1, job.Items)
	return &swarm{desk: newDesk(ctx, job)}, nil
}

// swarm is a crew of as many workers as there are items in flight.
type swarm struct {
	*desk
	mu   sync.Mutex
	idle []*worker
}

var _ Crew = (*swarm)(nil)

func (c *swarm) Work(context.Context) error {
	c.ledger.open()
	return bracketed(c.job.Task, func() error {
		var group errgroup.Group
		for item := range c.job.Items {
			group.Go(func() error { return c.one(item) })
		}
		err := group.Wait()
		for _, w := range c.idle {
			err = errors.Join(err, c.hands.rest(w), w.scratch.Close())
		}
		err = c.outcome(err, c.settle())
		c.ledger.outOfWork()
		return err
	})
}

// one does an item with the scratch of a task that has ended, if there is one.
func (c *swarm) one(item int) error {
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	w := c.borrow()
	defer c.give(w)
	_, err := c.hands.do(w, item, c.ledger.now())
	if err != nil {
		c.halt(err)
	}
	return err
}

func (c *swarm) borrow() *worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return w
	}
	return &worker{scratch: operations.Scratch{Yield: runtime.Gosched}}
}

func (c *swarm) give(w *worker) {
	c.mu.Lock()
	c.idle = append(c.idle, w)
	c.mu.Unlock()
}

func (c *swarm) Stop() (Tally, error) { return c.finish() }
