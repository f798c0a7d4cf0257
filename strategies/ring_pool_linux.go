package strategies

import (
	"context"
	"errors"
	"runtime"

	"iosweep/operations"
)

// newRingPool returns threads with one ring each, which wait at the start gate.
func newRingPool(ctx context.Context, job Job, task operations.Ringed) (Pool, error) {
	depth := job.Workers
	job.Workers *= job.Threads
	p := newGatedPool(ctx, job)
	chunks := newChunks(job.Items, job.Chunk)
	waiting := make(chan error, job.Threads)
	for i := range job.Threads {
		d := &driver{localPool: p.localPool, task: task, chunks: chunks}
		p.group.Go(func() error {
			// A ring belongs to one thread, so the goroutine must stay on that thread.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			err := d.setUp(i*depth, depth)
			waiting <- err
			if err == nil {
				<-p.gate
				err = d.work()
			}
			return p.haltOnError(err, d.tearDown())
		})
	}
	var err error
	for range job.Threads {
		err = errors.Join(err, <-waiting)
	}
	if err != nil {
		_, stopErr := p.Stop()
		return nil, errors.Join(err, stopErr)
	}
	return p, nil
}
