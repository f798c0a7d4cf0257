package strategies

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// whyNoRing asks this machine for a ring that can do all that is asked of one.
func whyNoRing() string { return ring.Why(ring.Check()) }

// ringPool is a crew of threads with a ring each, which wait at a gate.
type ringPool struct {
	*localPool
	gate   chan struct{}
	group  *errgroup.Group
	opened bool
}

var _ Pool = (*ringPool)(nil)

// newRingPool brings up the threads and returns when each has its ring.
func newRingPool(ctx context.Context, job Job, task operations.Ringed) (Pool, error) {
	depth := job.Workers
	job.Workers *= job.Threads
	c := &ringPool{localPool: newLocalPool(ctx, job), gate: make(chan struct{}), group: new(errgroup.Group)}
	chunks := newChunks(job.Items, job.Chunk)
	waiting := make(chan error, job.Threads)
	for i := range job.Threads {
		d := &driver{localPool: c.localPool, task: task, chunks: chunks}
		c.group.Go(func() error {
			// The ring belongs to a thread, and so does the goroutine while it has it.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			err := d.setUp(i*depth, depth)
			waiting <- err
			if err == nil {
				<-c.gate
				err = d.work()
			}
			err = errors.Join(err, d.tearDown())
			if err != nil {
				c.halt(err)
			}
			return err
		})
	}
	var err error
	for range job.Threads {
		err = errors.Join(err, <-waiting)
	}
	if err != nil {
		_, stopErr := c.Stop()
		return nil, errors.Join(err, stopErr)
	}
	return c, nil
}

func (c *ringPool) Work(context.Context) error {
	c.counters.start()
	return bracketed(c.job.Task, func() error {
		c.opened = true
		close(c.gate)
		return c.outcome(c.group.Wait(), c.drain())
	})
}

func (c *ringPool) Stop() (Stats, error) {
	c.halt(context.Canceled)
	if !c.opened {
		close(c.gate)
		// Nothing was asked of the rings, so what they say is of no interest.
		_ = c.group.Wait()
	}
	return c.finish()
}
