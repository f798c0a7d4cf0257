package strategies

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// async is a goroutine for each item behind a semaphore, as a coroutine for
// each file is behind one.
type async struct{}

var _ Strategy = async{}

func (async) Info() Info {
	return Info{
		Name:  "async",
		About: "a task for each item, at most `workers` of them in flight",
		Axes:  []string{"workers", "sink"},
	}
}

func (async) Start(ctx context.Context, job Job) (Pool, error) {
	c := &asyncPool{localPool: newLocalPool(ctx, job), items: newChunks(job.Items, 1)}
	for i := range job.Workers {
		c.slots = append(c.slots, &worker{scratch: operations.Scratch{Worker: i}})
	}
	return c, nil
}

// asyncPool is a crew that starts a goroutine for each item. A slot of the
// semaphore is a worker's scratch rather than a bare token: who is in flight
// uses one.
//
// A task that ends starts the next one with its slot. The obvious loop that
// waits for a slot and then starts a task wakes a second thread for every item,
// which costs more than reading a small file does.
type asyncPool struct {
	*localPool
	slots []*worker
	items *chunks
}

var _ Pool = (*asyncPool)(nil)

func (c *asyncPool) Work(context.Context) error {
	c.counters.start()
	return bracketed(c.job.Task, func() error {
		var group errgroup.Group
		for _, w := range c.slots {
			c.launch(&group, w)
		}
		return c.outcome(group.Wait(), c.drain())
	})
}

// launch starts the next item's task in a slot, or closes the slot if there is
// none.
func (c *asyncPool) launch(group *errgroup.Group, w *worker) {
	s, ok := c.items.take()
	if !ok || c.ctx.Err() != nil {
		c.counters.outOfWork()
		group.Go(func() error { return errors.Join(c.executor.flush(w), w.scratch.Close()) })
		return
	}
	group.Go(func() error {
		_, err := c.executor.do(w, s.lo, c.counters.now())
		if err != nil {
			c.halt(err)
		}
		c.launch(group, w)
		return err
	})
}

func (c *asyncPool) Stop() (Stats, error) { return c.finish() }

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
