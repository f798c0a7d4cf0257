package strategies

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"iosweep/operations"
)

// processes is a pool of worker processes, re-executed from this binary. Tasks
// go to them as two integers over a pipe; a new one is sent when the last one's
// result has come.
type processes struct{}

var _ Strategy = processes{}

func (processes) Info() Info {
	return Info{
		Name:  "processes",
		About: "a pool of worker processes, each given chunk_size items at a time over a pipe",
		Axes:  []string{"workers", "chunk_size", "pool", "sink"},
	}
}

func (processes) Start(ctx context.Context, job Job) (Crew, error) {
	job.Threads = 1
	return newFleet(ctx, job)
}

// processThreads is processes with a pool of threads inside each.
type processThreads struct{}

var _ Strategy = processThreads{}

func (processThreads) Info() Info {
	return Info{
		Name:  "processes+threads",
		About: "a pool of worker processes with `threads` threads in each",
		Axes:  []string{"workers", "threads", "chunk_size", "pool", "sink"},
	}
}

func (processThreads) Start(ctx context.Context, job Job) (Crew, error) {
	return newFleet(ctx, job)
}

// fleet is a crew of worker processes.
type fleet struct {
	job       Job
	ledger    *ledger
	receiving receiving
	ctx       context.Context
	halt      context.CancelCauseFunc
	chunks    *chunks
	procs     []*process
	ready     bool        // every process has its task open
	disarm    func() bool // takes back the killing at the end of ctx

	once sync.Once
	err  error
}

var (
	_ Crew    = (*fleet)(nil)
	_ readier = (*fleet)(nil)
)

// newFleet starts the processes and waits until each has said hello. They are
// all started before the first is waited for.
func newFleet(ctx context.Context, job Job) (*fleet, error) {
	f := &fleet{job: job, ledger: newLedger(job.Items, job.Workers*job.Threads), chunks: newChunks(job.Items, job.Chunk)}
	f.ctx, f.halt = context.WithCancelCause(ctx)
	f.receiving = newReceiving(f.ctx, f.halt, job, f.ledger)
	for range job.Workers {
		p, err := spawn(job)
		if err != nil {
			return nil, errors.Join(err, f.abandon())
		}
		f.procs = append(f.procs, p)
	}
	for _, p := range f.procs {
		if _, err := p.expect(frameHello); err != nil {
			return nil, errors.Join(err, f.abandon())
		}
	}
	f.disarm = context.AfterFunc(f.ctx, func() {
		for _, p := range f.procs {
			_ = p.cmd.Process.Kill()
		}
	})
	return f, nil
}

// Ready has every process open its task. That reads the manifest, which is
// iosweep's own business and no part of starting a pool.
func (f *fleet) Ready() error {
	for i, p := range f.procs {
		if err := p.brief(f.job, workerJob{Threads: f.job.Threads, First: i * f.job.Threads}); err != nil {
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

// abandon ends processes that are not all ready.
func (f *fleet) abandon() error {
	for _, p := range f.procs {
		p.kill()
	}
	f.halt(context.Canceled)
	return f.receiving.settle()
}

func (f *fleet) Work(context.Context) error {
	f.ledger.open()
	return bracketed(f.job.Task, func() error {
		if err := f.deal(); err != nil {
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
		err := errors.Join(group.Wait(), f.settle())
		if f.ctx.Err() != nil {
			return context.Cause(f.ctx)
		}
		return err
	})
}

// deal gives out the first tasks: one to each process, then another to each,
// until every process has what is due to it. So large tasks are spread before
// any process has two, and small ones keep all threads busy.
func (f *fleet) deal() error {
	hands := make([][]span, len(f.procs))
	for dealt := true; dealt; {
		dealt = false
		for i := range f.procs {
			if len(hands[i]) >= f.due() {
				continue
			}
			if s, ok := f.chunks.take(); ok {
				hands[i] = append(hands[i], s)
				dealt = true
			}
		}
	}
	for i, p := range f.procs {
		if err := f.give(p, hands[i]); err != nil {
			return err
		}
	}
	return nil
}

// maxAhead is how many tasks may wait inside a process for each that runs: one
// that is there already costs no turn over the pipe, during which both ends
// would be asleep.
const maxAhead = 64

// due is how many tasks a process should have. Tasks are sent ahead only while
// there are plenty for everybody: towards the end, and with large tasks from the
// beginning, each waits for who is free first.
func (f *fleet) due() int {
	threads := f.job.Threads
	plenty := f.chunks.left() / (4 * len(f.procs) * threads)
	return threads * (1 + min(maxAhead, plenty))
}

// replenish gives a process what is due to it, once that is half used up: each
// frame wakes the process, so a few large ones are better than many. It does not wait
// until a thread has nothing to do.
func (f *fleet) replenish(p *process) error {
	due := f.due()
	if p.pending > max(due/2, f.job.Threads-1) {
		return nil
	}
	var more []span
	for p.pending+len(more) < due {
		s, ok := f.chunks.take()
		if !ok {
			break
		}
		more = append(more, s)
	}
	return f.give(p, more)
}

// give gives a process tasks. Their items come back where they are not to be
// finished there.
func (f *fleet) give(p *process, tasks []span) error {
	if _, none := f.receiving.(nothingReceived); !none {
		for _, t := range tasks {
			p.owed += t.hi - t.lo
		}
	}
	return p.give(tasks)
}

// follow answers one process until it has no task left. Items that it gathered may
// come after their task is done.
func (f *fleet) follow(p *process) error {
	for p.pending > 0 || p.owed > 0 {
		kind, body, err := p.read()
		if err != nil {
			return err
		}
		switch kind {
		case frameParcel, frameBatch:
			var items int
			if items, err = f.receiving.receive(body); err != nil {
				return err
			}
			p.owed -= items
			if f.acknowledges() {
				err = p.tell(frameTaken, nil)
			}
		case frameDone:
			var tasks int
			if tasks, err = decodeDone(body, f.ledger.digests); err != nil {
				return err
			}
			p.pending -= tasks
			err = f.replenish(p)
		default:
			err = errors.New("a worker process sent a frame that has no place here")
		}
		if err != nil {
			return err
		}
	}
	f.ledger.outOfWork()
	return nil
}

// acknowledges says whether a sender waits, with the lock in its hand, until
// its item is committed.
func (f *fleet) acknowledges() bool {
	return f.job.Sink == operations.SinkLocked && !f.job.CommitAnywhere
}

func (f *fleet) settle() error {
	f.once.Do(func() { f.err = f.receiving.settle() })
	return f.err
}

func (f *fleet) Stop() (Tally, error) {
	healthy := f.ready && f.ctx.Err() == nil
	f.disarm()
	var err error
	for _, p := range f.procs {
		if !healthy {
			p.kill()
			continue
		}
		s, dismissErr := p.dismiss()
		if dismissErr == nil {
			dismissErr = f.ledger.book(s)
		}
		err = errors.Join(err, dismissErr)
	}
	f.halt(context.Canceled)
	if settleErr := f.settle(); healthy {
		err = errors.Join(err, settleErr)
	}
	return f.ledger.tally(), err
}
