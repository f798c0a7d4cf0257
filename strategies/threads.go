package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// threads is a pool of goroutines that draw tasks of Chunk items.
//
// A goroutine in a system call on a file occupies a thread of the system, so
// the pool is one of threads wherever it does file I/O.
type threads struct{}

var _ Strategy = threads{}

func (threads) Info() Info {
	return Info{
		Name:  "threads",
		About: "a pool of workers in one process, each drawing chunk_size items at a time",
		Axes:  []string{"workers", "chunk_size", "pool", "sink"},
	}
}

func (threads) Start(ctx context.Context, job Job) (Pool, error) {
	return newThreadPool(ctx, job), nil
}

// threadPool is a crew of goroutines that wait at a gate and then draw tasks.
type threadPool struct {
	*localPool
	gate   chan struct{}
	group  *errgroup.Group
	chunks *chunks
	opened bool
}

var _ Pool = (*threadPool)(nil)

// newThreadPool starts the goroutines and returns when all of them wait.
func newThreadPool(ctx context.Context, job Job) *threadPool {
	p := &threadPool{
		localPool: newLocalPool(ctx, job),
		gate:      make(chan struct{}),
		chunks:    newChunks(job.Items, job.Chunk),
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
func (p *threadPool) draw(w *worker) (err error) {
	defer func() {
		err = errors.Join(err, w.scratch.Close())
		if err != nil {
			p.halt(err)
		}
	}()
	for {
		s, ok := p.chunks.take()
		if !ok {
			err := p.executor.flush(w)
			p.counters.outOfWork()
			return err
		}
		if err := p.doAll(w, s); err != nil {
			return err
		}
	}
}

func (p *threadPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		p.opened = true
		close(p.gate)
		return p.outcome(p.group.Wait(), p.drain())
	})
}

func (p *threadPool) Stop() (Stats, error) {
	p.halt(context.Canceled)
	if !p.opened {
		close(p.gate)
		// Nothing was asked of the workers, so what they say is of no interest.
		_ = p.group.Wait()
	}
	return p.finish()
}
