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

func (unbounded) Start(ctx context.Context, job Job) (Pool, error) {
	// Whoever bounds the parcels by the workers must not bound this.
	job.Workers = max(1, job.Items)
	return &unboundedPool{localPool: newLocalPool(ctx, job)}, nil
}

// unboundedPool is a crew of as many workers as there are items in flight.
type unboundedPool struct {
	*localPool
	mu   sync.Mutex
	idle []*worker
}

var _ Pool = (*unboundedPool)(nil)

func (c *unboundedPool) Work(context.Context) error {
	c.counters.start()
	return bracketed(c.job.Task, func() error {
		var group errgroup.Group
		for item := range c.job.Items {
			group.Go(func() error { return c.one(item) })
		}
		err := group.Wait()
		for _, w := range c.idle {
			err = errors.Join(err, c.executor.flush(w), w.scratch.Close())
		}
		err = c.outcome(err, c.drain())
		c.counters.outOfWork()
		return err
	})
}

// one does an item with the scratch of a task that has ended, if there is one.
func (c *unboundedPool) one(item int) error {
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	w := c.borrow()
	defer c.give(w)
	_, err := c.executor.do(w, item, c.counters.now())
	if err != nil {
		c.halt(err)
	}
	return err
}

func (c *unboundedPool) borrow() *worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return w
	}
	return &worker{scratch: operations.Scratch{Yield: runtime.Gosched}}
}

func (c *unboundedPool) give(w *worker) {
	c.mu.Lock()
	c.idle = append(c.idle, w)
	c.mu.Unlock()
}

func (c *unboundedPool) Stop() (Stats, error) { return c.finish() }
