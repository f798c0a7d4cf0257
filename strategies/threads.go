package strategies

import (
	"context"
	"sync"

	"iosweep/operations"
)

// threads is a pool of goroutines, which take tasks of Chunk items.
//
// A goroutine in a system call on a file occupies a thread of the system. So the pool is a
// pool of threads when it does file I/O.
type threads struct{}

var _ Strategy = threads{}

func (threads) Info() Info {
	return Info{
		Name:  "threads",
		About: "a pool of workers in one process, each taking chunk_size items at a time",
		Axes:  []string{"workers", "chunk_size", "pool", "sink", "split"},
	}
}

func (threads) Footprint(workers, _, _ int) Footprint { return Footprint{Workers: workers} }

func (threads) Start(ctx context.Context, job Job) (Pool, error) {
	return newThreadPool(ctx, job), nil
}

// A threadPool has goroutines that wait at the start gate and then take tasks.
type threadPool struct {
	*gatedPool
	chunks *chunks
}

// newThreadPool starts the goroutines and returns when all of them wait at the gate.
func newThreadPool(ctx context.Context, job Job) *threadPool {
	p := &threadPool{newGatedPool(ctx, job), newChunks(job.Items, job.Chunk)}
	var waiting sync.WaitGroup
	waiting.Add(job.Workers)
	for i := range job.Workers {
		w := &worker{scratch: operations.Scratch{Worker: i}}
		p.group.Go(func() error {
			waiting.Done()
			<-p.gate
			return p.haltOnError(p.work(w), w.scratch.Close())
		})
	}
	waiting.Wait()
	return p
}

// work does tasks until none remains.
func (p *threadPool) work(w *worker) error {
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
