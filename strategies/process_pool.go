package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// processPool is a crew of worker processes.
type processPool struct {
	job      Job
	counters *counters
	receiver receiver
	ctx      context.Context
	halt     context.CancelCauseFunc
	chunks   *chunks
	procs    []*workerProcess
	ready    bool        // every process has its task open
	disarm   func() bool // takes back the killing at the end of ctx

	once sync.Once
	err  error
}

var (
	_ Pool     = (*processPool)(nil)
	_ preparer = (*processPool)(nil)
)

// newProcessPool starts the processes and waits until each has said hello. They are
// all started before the first is waited for.
func newProcessPool(ctx context.Context, job Job) (*processPool, error) {
	f := &processPool{job: job, counters: newCounters(job.Items, job.Workers*job.Threads), chunks: newChunks(job.Items, job.Chunk)}
	f.ctx, f.halt = context.WithCancelCause(ctx)
	f.receiver = newReceiver(f.ctx, f.halt, job, f.counters)
	for range job.Workers {
		p, err := spawn(job)
		if err != nil {
			return nil, errors.Join(err, f.kill())
		}
		f.procs = append(f.procs, p)
	}
	for _, p := range f.procs {
		if _, err := p.expect(frameHello); err != nil {
			return nil, errors.Join(err, f.kill())
		}
	}
	f.disarm = context.AfterFunc(f.ctx, func() {
		for _, p := range f.procs {
			_ = p.cmd.Process.Kill()
		}
	})
	return f, nil
}

// Prepare has every process open its task. That reads the manifest, which is
// iosweep's own business and no part of starting a pool.
func (f *processPool) Prepare() error {
	for i, p := range f.procs {
		if err := p.sendJob(f.job, workerJob{Threads: f.job.Threads, First: i * f.job.Threads}); err != nil {
			return err
		}
	}
	for _, p := range f.procs {
		if _, err := p.expect(frameReady); err != nil {
			return err
		}
	}
	f.ready = true
	return nil
}

// kill ends processes that are not all ready.
func (f *processPool) kill() error {
	for _, p := range f.procs {
		p.kill()
	}
	f.halt(context.Canceled)
	return f.receiver.close()
}

func (f *processPool) Work(context.Context) error {
	f.counters.start()
	return bracketed(f.job.Task, func() error {
		if err := f.sendFirst(); err != nil {
			f.halt(err)
		}
		var group errgroup.Group
		for _, p := range f.procs {
			group.Go(func() error {
				err := f.follow(p)
				if err != nil {
					f.halt(err)
				}
				return err
			})
		}
		err := errors.Join(group.Wait(), f.closeReceiver())
		if f.ctx.Err() != nil {
			return context.Cause(f.ctx)
		}
		return err
	})
}

// sendFirst gives out the first tasks: one to each process, then another to each,
// until every process has what is due to it. So large tasks are spread before
// any process has two, and small ones keep all threads busy.
func (f *processPool) sendFirst() error {
	hands := make([][]span, len(f.procs))
	for dealt := true; dealt; {
		dealt = false
		for i := range f.procs {
			if len(hands[i]) >= f.target() {
				continue
			}
			if s, ok := f.chunks.take(); ok {
				hands[i] = append(hands[i], s)
				dealt = true
			}
		}
	}
	for i, p := range f.procs {
		if err := f.send(p, hands[i]); err != nil {
			return err
		}
	}
	return nil
}

// maxAhead is how many tasks may wait inside a process for each that runs: one
// that is there already costs no turn over the pipe, during which both ends
// would be asleep.
const maxAhead = 64

// target is how many tasks a process should have. Tasks are sent ahead only while
// there are plenty for everybody: towards the end, and with large tasks from the
// beginning, each waits for who is free first.
func (f *processPool) target() int {
	threads := f.job.Threads
	plenty := f.chunks.left() / (4 * len(f.procs) * threads)
	return threads * (1 + min(maxAhead, plenty))
}

// refill gives a process what is due to it, once that is half used up: each
// frame wakes the process, so a few large ones are better than many. It does not wait
// until a thread has nothing to do.
func (f *processPool) refill(p *workerProcess) error {
	due := f.target()
	if p.tasksPending > max(due/2, f.job.Threads-1) {
		return nil
	}
	var more []span
	for p.tasksPending+len(more) < due {
		s, ok := f.chunks.take()
		if !ok {
			break
		}
		more = append(more, s)
	}
	return f.send(p, more)
}

// send gives a process tasks. Their items come back where they are not to be
// finished there.
func (f *processPool) send(p *workerProcess, tasks []span) error {
	if _, none := f.receiver.(noReceiver); !none {
		for _, t := range tasks {
			p.itemsPending += t.hi - t.lo
		}
	}
	return p.sendTasks(tasks)
}

// follow answers one process until it has no task left. Items that it gathered may
// come after their task is done.
func (f *processPool) follow(p *workerProcess) error {
	for p.tasksPending > 0 || p.itemsPending > 0 {
		kind, body, err := p.read()
		if err != nil {
			return err
		}
		switch kind {
		case frameItem, frameBatch:
			var items int
			if items, err = f.receiver.receive(body); err != nil {
				return err
			}
			p.itemsPending -= items
			if f.acknowledges() {
				err = p.send(frameCommitted, nil)
			}
		case frameDone:
			var tasks int
			if tasks, err = decodeDone(body, f.counters.digests); err != nil {
				return err
			}
			p.tasksPending -= tasks
			err = f.refill(p)
		default:
			err = errors.New("a worker process sent a frame that has no place here")
		}
		if err != nil {
			return err
		}
	}
	f.counters.outOfWork()
	return nil
}

// acknowledges says whether a sender waits, with the lock in its hand, until
// its item is committed.
func (f *processPool) acknowledges() bool {
	return f.job.Sink == operations.SinkLocked && !f.job.CommitAnywhere
}

func (f *processPool) closeReceiver() error {
	f.once.Do(func() { f.err = f.receiver.close() })
	return f.err
}

func (f *processPool) Stop() (Stats, error) {
	healthy := f.ready && f.ctx.Err() == nil
	f.disarm()
	var err error
	for _, p := range f.procs {
		if !healthy {
			p.kill()
			continue
		}
		s, dismissErr := p.finish()
		if dismissErr == nil {
			dismissErr = f.counters.addSummary(s)
		}
		err = errors.Join(err, dismissErr)
	}
	f.halt(context.Canceled)
	if settleErr := f.closeReceiver(); healthy {
		err = errors.Join(err, settleErr)
	}
	return f.counters.stats(), err
}
