package strategies

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// A processPool is a pool of worker processes.
type processPool struct {
	base
	receiver   receiver     // nil if the processes finish every item themselves
	drain      func() error // waits for the items that the receiver is working on
	chunks     *chunks
	processes  []*workerProcess
	ready      bool        // every process has opened its task
	cancelKill func() bool // keeps the processes alive when ctx ends
}

var _ preparer = (*processPool)(nil)

// newProcessPool starts the processes and waits for the hello frame of each. A process sends
// it as soon as it has started.
func newProcessPool(ctx context.Context, job Job) (*processPool, error) {
	p := &processPool{base: newBase(ctx, job, job.Workers*job.Threads), chunks: newChunks(job.Items, job.Chunk)}
	p.drain, p.cancelKill = func() error { return nil }, func() bool { return true }
	if p.receiver = newReceiver(p.halt, job, p.counters); p.receiver != nil {
		p.drain = sync.OnceValue(p.receiver.close)
	}
	if err := p.startAll(); err != nil {
		_, stopErr := p.Stop()
		return nil, errors.Join(err, stopErr)
	}
	p.cancelKill = context.AfterFunc(p.ctx, func() {
		for _, w := range p.processes {
			_ = w.cmd.Process.Kill()
		}
	})
	return p, nil
}

// startAll starts all processes before it waits for the first.
func (p *processPool) startAll() error {
	for range p.job.Workers {
		w, err := startWorker(p.job)
		if err != nil {
			return err
		}
		p.processes = append(p.processes, w)
	}
	return p.expectAll(frameHello)
}

// expectAll waits for a frame of this kind from every process.
func (p *processPool) expectAll(kind frameKind) error {
	for _, w := range p.processes {
		if _, err := w.expect(kind); err != nil {
			return err
		}
	}
	return nil
}

// Prepare lets every process open its task. This reads the manifest, which contenders do not
// do, so it is not part of the startup.
func (p *processPool) Prepare() error {
	spin := p.job.Workers*p.job.Threads <= runtime.NumCPU()
	for i, w := range p.processes {
		if err := w.sendJob(p.job, workerJob{Threads: p.job.Threads, First: i * p.job.Threads, Spin: spin}); err != nil {
			return err
		}
	}
	err := p.expectAll(frameReady)
	p.ready = err == nil
	return err
}

func (p *processPool) Work(context.Context) error {
	p.counters.start()
	return bracketed(p.job.Task, func() error {
		if err := p.sendFirst(); err != nil {
			p.halt(err)
		}
		var group errgroup.Group
		for _, w := range p.processes {
			group.Go(func() error { return p.haltOnError(p.readResults(w)) })
		}
		return p.workError(group.Wait(), p.drain())
	})
}

// sendFirst sends the first tasks. It gives one task to each process, then another one to
// each, until every process has its target. So a process gets a second task only after every
// process has one, and small tasks keep all threads busy.
func (p *processPool) sendFirst() error {
	tasks := make([][]span, len(p.processes))
	for taken := true; taken; {
		taken = false
		for i := range p.processes {
			if len(tasks[i]) >= p.target() {
				continue
			}
			if s, ok := p.chunks.take(); ok {
				tasks[i] = append(tasks[i], s)
				taken = true
			}
		}
	}
	for i, w := range p.processes {
		if err := w.sendTasks(tasks[i], p.receiver != nil); err != nil {
			return err
		}
	}
	return nil
}

// maxAhead is the largest number of tasks that wait inside a process for each thread. A thread
// begins such a task without a round trip over the pipe, during which both sides would sleep.
const maxAhead = 64

// target returns the number of tasks that a process should have. Tasks are sent ahead only
// while there are plenty for every process. Towards the end, and from the start if tasks
// are few, the parent keeps each task for the first free process.
func (p *processPool) target() int {
	threads := p.job.Threads
	plenty := p.chunks.remaining() / (4 * len(p.processes) * threads)
	return threads * (1 + min(maxAhead, plenty))
}

// refill sends new tasks to a process, up to its target. It does so when at most half of the
// target is left, or when a thread is idle. Each frame wakes the process, so a few large
// frames are better than many small ones. If the target includes tasks ahead, half of it
// keeps all threads busy.
func (p *processPool) refill(w *workerProcess) error {
	target := p.target()
	if w.tasksPending > max(target/2, p.job.Threads-1) {
		return nil
	}
	var more []span
	for w.tasksPending+len(more) < target {
		s, ok := p.chunks.take()
		if !ok {
			break
		}
		more = append(more, s)
	}
	return w.sendTasks(more, p.receiver != nil)
}

// readResults reads the frames of one process until it has no task left. The items of a
// batch may arrive after their task is done.
func (p *processPool) readResults(w *workerProcess) (err error) {
	var items connection
	if p.receiver != nil {
		items = p.receiver.connect()
		defer func() { err = errors.Join(err, items.close()) }()
	}
	for w.tasksPending > 0 || w.itemsPending > 0 {
		kind, body, err := w.read()
		if err != nil {
			return err
		}
		switch {
		case items != nil && (kind == frameItem || kind == frameBatch):
			var done int
			if done, err = items.receive(body); err != nil {
				return err
			}
			w.itemsPending -= done
			if p.acknowledges() {
				err = w.send(frameCommitted, nil)
			}
		case kind == frameDone:
			var tasks int
			if tasks, err = decodeDone(body, p.counters.digests); err != nil {
				return err
			}
			w.tasksPending -= tasks
			err = p.refill(w)
		default:
			err = fmt.Errorf("worker process %d: got frame %q, want the result of a task", w.cmd.Process.Pid, kind)
		}
		if err != nil {
			return err
		}
	}
	p.counters.outOfWork()
	return nil
}

// acknowledges reports whether the parent sends frameCommitted after each block that it has
// committed. The worker process keeps the lock until then.
func (p *processPool) acknowledges() bool {
	return p.job.Sink == operations.SinkLocked && !p.job.CommitAnywhere
}

func (p *processPool) Stop() (Stats, error) {
	healthy := p.ready && p.ctx.Err() == nil
	p.cancelKill()
	var err error
	for _, w := range p.processes {
		if !healthy {
			w.kill()
			continue
		}
		err = errors.Join(err, w.finish(p.counters, func() {}))
	}
	p.halt(context.Canceled)
	if closeErr := p.drain(); healthy {
		err = errors.Join(err, closeErr)
	}
	return p.counters.stats(), err
}
