package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// pipeline overlaps the stages of different items, and of different blocks of an item: some workers
// load, some compute and some commit. Bounded queues connect them, so that few blocks are in memory
// when one stage is faster than the next.
type pipeline struct{}

var (
	_ Strategy  = pipeline{}
	_ Selective = pipeline{}
)

func (pipeline) Info() Info {
	return Info{
		Name:  "pipeline",
		About: "load, compute and commit on `workers` goroutines each, `queue` blocks between two stages",
		Axes:  []string{"workers", "queue", "sink", "split"},
	}
}

func (pipeline) Footprint(workers, _, _ int) Footprint {
	return Footprint{Workers: workers, Stages: stages}
}

// Unsupported refuses operations without stages.
func (pipeline) Unsupported(op operations.Info) string {
	if !op.Staged {
		return "it has a single step, and a pipeline needs the stages load, compute and commit"
	}
	return ""
}

func (pipeline) Start(ctx context.Context, job Job) (Pool, error) {
	staged, ok := job.Task.(operations.Staged)
	if !ok {
		return nil, errors.New("a pipeline needs an operation with stages")
	}
	p := &pipelinePool{
		base: newBase(ctx, job, stages*job.Workers), staged: staged, sink: newStagedSink(job.Sink, staged),
		items:    newChunks(job.Items, 1),
		loaded:   make(chan *pipelineBlock, job.Queue),
		computed: make(chan *pipelineBlock, job.Queue),
		free:     make(chan *pipelineBlock, 2*job.Queue+stages*job.Workers),
	}
	for range cap(p.free) {
		p.free <- &pipelineBlock{}
	}
	return p, nil
}

const stages = 3

// pipelinePool has the workers of three stages. Their scratches are numbered within each
// stage, so the workers of the last stage have the numbers 0 to workers-1.
//
// If items of several blocks share a file, their blocks must be committed in order. Then one worker
// loads all blocks, and one commits them in the order in which they were loaded. It keeps the
// blocks that come early. The block that it waits for was loaded before them, so it always comes.
type pipelinePool struct {
	base
	staged operations.Staged
	sink   stagedSink
	items  *chunks

	free, loaded, computed chan *pipelineBlock
}

// A pipelineBlock is an item, or a block of one, in a queue between two stages.
type pipelineBlock struct {
	queuedItem
	number int          // in the order of loading by one worker
	blocks int          // blocks of the item up to this one
	counts *blockCounts // of an item of several blocks; nil for other items
}

// blockCounts counts the blocks of an item, which may be committed on several workers.
type blockCounts struct {
	mu        sync.Mutex
	blocks    int // of the item; 0 until the last one is committed
	committed int
	result    operations.Result
}

func (p *pipelinePool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		var group errgroup.Group
		loaders, committers, commit := p.job.Workers, p.job.Workers, p.commitAll
		if p.sink.collector {
			committers = 1
		}
		if p.job.Sink != "" && p.job.Blocks {
			loaders, committers, commit = 1, 1, p.commitInOrder
		}
		p.stage(&group, loaders, p.loaded, p.loadAll)
		p.stage(&group, p.job.Workers, p.computed, p.computeAll)
		p.stage(&group, committers, p.free, commit)
		return p.workError(group.Wait())
	})
}

// stage starts the workers of a stage, which put blocks into the queue out. The last worker to end
// closes it.
func (p *pipelinePool) stage(group *errgroup.Group, workers int, out chan *pipelineBlock, work func(*worker) error) {
	var busy sync.WaitGroup
	busy.Add(workers)
	for i := range workers {
		w := &worker{scratch: operations.Scratch{Worker: i}}
		group.Go(func() error {
			defer busy.Done()
			return p.haltOnError(work(w), w.scratch.Close())
		})
	}
	group.Go(func() error { busy.Wait(); close(out); return nil })
}

// loadAll loads items until none remains.
func (p *pipelinePool) loadAll(w *worker) error {
	blocks := 0
	for {
		s, ok := p.items.take()
		if !ok {
			return nil
		}
		n, err := p.load(w, s.lo, blocks)
		if err != nil {
			return err
		}
		blocks += n
	}
}

// load loads the blocks of an item, and returns their count. first is the number of the first one.
func (p *pipelinePool) load(w *worker, item, first int) (blocks int, err error) {
	q, err := p.receive(p.free)
	begun := p.counters.now()
	var counts *blockCounts
	for offset := int64(0); err == nil; q, err = p.receive(p.free) {
		q.Resume(item, offset)
		q.worker, q.begun, q.number = w.scratch.Worker, begun, first+blocks
		if err := p.staged.Load(&w.scratch, &q.StagedItem); err != nil {
			return blocks, err
		}
		blocks++
		if counts == nil && !q.Last {
			counts = &blockCounts{}
		}
		q.counts, q.blocks = counts, blocks
		var last bool
		offset, last = q.End(), q.Last // read them before the next stage owns the block
		if err := p.send(p.loaded, q); err != nil || last {
			return blocks, err
		}
	}
	return blocks, err
}

// computeAll computes blocks until no more are loaded.
func (p *pipelinePool) computeAll(w *worker) error {
	return p.each(p.loaded, func(q *pipelineBlock) error {
		if p.sink.computeBefore {
			if err := p.staged.Compute(&w.scratch, &q.StagedItem); err != nil {
				return err
			}
		}
		return p.send(p.computed, q)
	})
}

// commitAll commits blocks until no more are computed.
func (p *pipelinePool) commitAll(w *worker) error {
	err := p.each(p.computed, func(q *pipelineBlock) error { return p.commit(w, q) })
	if err == nil {
		p.counters.outOfWork()
	}
	return err
}

// commitInOrder is commitAll for one worker that commits the blocks in the order of loading.
func (p *pipelinePool) commitInOrder(w *worker) error {
	next, early := 0, map[int]*pipelineBlock{}
	err := p.each(p.computed, func(q *pipelineBlock) error {
		early[q.number] = q
		for q = early[next]; q != nil; q = early[next] {
			delete(early, next)
			next++
			if err := p.commit(w, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		p.counters.outOfWork()
	}
	return err
}

// commit commits a block, and counts its item if all blocks are committed.
func (p *pipelinePool) commit(w *worker, q *pipelineBlock) error {
	result, err := p.sink.after(&w.scratch, &q.StagedItem)
	if err != nil {
		return err
	}
	if complete := q.add(&result); complete {
		p.counters.record(w.scratch.Worker, q.Item, p.counters.now()-q.begun, result)
	}
	return p.send(p.free, q)
}

// add adds the result of a block to the results of its item. It reports whether the item is
// complete, and then sets result to the result of the item.
func (q *pipelineBlock) add(result *operations.Result) (complete bool) {
	c := q.counts
	if c == nil {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.committed++
	c.result.Bytes += result.Bytes
	if q.Last {
		c.blocks = q.blocks
	}
	*result = c.result
	return c.committed == c.blocks
}

// each calls do for the blocks of a queue until it is closed and empty.
func (p *pipelinePool) each(queue chan *pipelineBlock, do func(*pipelineBlock) error) error {
	for {
		q, err := p.receive(queue)
		if q == nil || err != nil {
			return err
		}
		if err := do(q); err != nil {
			return err
		}
	}
}

// send puts a block into a queue, unless the job was halted.
func (p *pipelinePool) send(queue chan *pipelineBlock, q *pipelineBlock) error {
	select {
	case queue <- q:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// receive takes a block from a queue. If the queue is closed and empty, it returns nil and no
// error. If the job was halted, it returns nil and the reason.
func (p *pipelinePool) receive(queue chan *pipelineBlock) (*pipelineBlock, error) {
	select {
	case <-p.ctx.Done():
		return nil, context.Cause(p.ctx)
	default:
	}
	select {
	case q := <-queue:
		if q == nil {
			return nil, context.Cause(p.ctx) // the queue may be closed because the job was halted
		}
		return q, nil
	case <-p.ctx.Done():
		return nil, context.Cause(p.ctx)
	}
}
