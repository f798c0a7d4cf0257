package strategies

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// async starts a goroutine for each item and limits their number with a semaphore, as an
// event loop starts a coroutine for each file.
type async struct{}

var _ Strategy = async{}

func (async) Info() Info {
	return Info{
		Name:  "async",
		About: "a task for each item, at most `workers` of them in flight",
		Axes:  []string{"workers", "sink", "split"},
	}
}

func (async) Footprint(workers, _, _ int) Footprint { return Footprint{Workers: workers} }

func (async) Start(ctx context.Context, job Job) (Pool, error) {
	p := &asyncPool{localPool: newLocalPool(ctx, job), items: newChunks(job.Items, 1)}
	for i := range job.Workers {
		p.slots = append(p.slots, &worker{scratch: operations.Scratch{Worker: i}})
	}
	return p, nil
}

// asyncPool starts a goroutine for each item. A slot of the semaphore is a worker and not
// an empty token, because each task in flight uses a scratch.
//
// A task that ends starts the next one with its slot. Rejected: a loop that waits for a
// slot and then starts a task. It wakes a second thread for every item, which costs more
// than reading a small file.
type asyncPool struct {
	*localPool
	slots []*worker
	items *chunks
}

func (p *asyncPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		var group errgroup.Group
		for _, w := range p.slots {
			p.launch(&group, w)
		}
		return p.workError(group.Wait(), p.drain())
	})
}

// launch starts the next item's task in a slot. If no item remains, it closes the slot.
func (p *asyncPool) launch(group *errgroup.Group, w *worker) {
	s, ok := p.items.take()
	if !ok || p.ctx.Err() != nil {
		p.counters.outOfWork()
		group.Go(func() error { return errors.Join(p.executor.flush(w), w.scratch.Close()) })
		return
	}
	group.Go(func() error {
		_, err := p.executor.do(w, s.lo, p.counters.now())
		err = p.haltOnError(err)
		p.launch(group, w)
		return err
	})
}

// unbounded is async without the semaphore. All items are in flight at once, so all files
// are open at once. It fails if there are more files than descriptors, and this failure is
// its result.
type unbounded struct{}

var _ Strategy = unbounded{}

func (unbounded) Info() Info {
	return Info{
		Name:  "async-unbounded",
		About: "a task for each item, all in flight at once: shows the descriptor limit",
		Axes:  []string{"sink", "split"},
	}
}

func (unbounded) Footprint(_, _, items int) Footprint {
	return Footprint{Workers: items, Unbounded: true}
}

func (unbounded) Start(ctx context.Context, job Job) (Pool, error) {
	// The size of the queue to a collector depends on the workers. It must not limit the items.
	job.Workers = max(1, job.Items)
	return &unboundedPool{localPool: newLocalPool(ctx, job)}, nil
}

// unboundedPool has one worker for each item in flight.
type unboundedPool struct {
	*localPool
	mu   sync.Mutex
	idle []*worker // workers without an item
}

func (p *unboundedPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		var group errgroup.Group
		for item := range p.job.Items {
			group.Go(func() error { return p.do(item) })
		}
		err := group.Wait()
		for _, w := range p.idle {
			err = errors.Join(err, p.executor.flush(w), w.scratch.Close())
		}
		err = p.workError(err, p.drain())
		p.counters.outOfWork()
		return err
	})
}

// do does an item on an idle worker, or on a new one.
func (p *unboundedPool) do(item int) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	w := p.get()
	defer p.put(w)
	_, err := p.executor.do(w, item, p.counters.now())
	return p.haltOnError(err)
}

// get returns the worker that became idle last, because its memory is in a processor's
// cache.
func (p *unboundedPool) get() *worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w
	}
	return &worker{scratch: operations.Scratch{Yield: runtime.Gosched}}
}

func (p *unboundedPool) put(w *worker) {
	p.mu.Lock()
	p.idle = append(p.idle, w)
	p.mu.Unlock()
}
