package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"iosweep/operations"
)

// A Host is what a worker process needs of the program that it is.
type Host struct {
	// Open opens the task that a job's Spec describes.
	Open func(spec json.RawMessage) (operations.Task, error)
	// Lock opens the file that the worker processes of the job lock in turn, the same
	// one in each. It is called after Open, and only where items meet at a sink.
	Lock func() (*os.File, error)
	// PeakMemory is this process's so far, in bytes; 0 where it is not known.
	PeakMemory func() int64
}

// workerJob is what the parent tells a worker process first.
type workerJob struct {
	Spec           json.RawMessage `json:"spec"`
	Items          int             `json:"items"`
	Threads        int             `json:"threads"`
	First          int             `json:"first"` // the number of this process's first worker
	Sink           string          `json:"sink"`
	CommitAnywhere bool            `json:"commit_anywhere"`
	// Whole: this process does the whole job by itself, Begin and End included.
	Whole bool `json:"whole"`
}

// Serve is the life of a worker process: it does the tasks that come over in
// and answers over out, until in ends. Its error has been sent to the parent.
func Serve(ctx context.Context, in io.Reader, out io.Writer, host Host) error {
	w := &frameWriter{out: out}
	err := serve(ctx, newFrameReader(in), w, host)
	if err != nil {
		// If the parent is gone there is nobody left to tell.
		_ = w.write(frameFailed, []byte(err.Error()))
	}
	return err
}

func serve(ctx context.Context, in *frameReader, out *frameWriter, host Host) (err error) {
	if err := out.write(frameHello); err != nil {
		return err
	}
	kind, body, err := in.read()
	if err != nil {
		return err
	}
	if kind != frameJob {
		return fmt.Errorf("frame %q where a job was expected", kind)
	}
	var wj workerJob
	if err := json.Unmarshal(body, &wj); err != nil {
		return err
	}
	task, err := host.Open(wj.Spec)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, task.Close()) }()
	work := func() (Tally, error) { return serveTasks(ctx, wj, task, in, out, host) }
	if wj.Whole {
		work = func() (Tally, error) { return serveWhole(ctx, wj, task, out) }
	}
	tally, err := work()
	if err != nil {
		return err
	}
	tally.PeakMemory = host.PeakMemory()
	return sendSummary(out, tally)
}

// serveTasks does the tasks that come in.
func serveTasks(ctx context.Context, wj workerJob, task operations.Task, in *frameReader, out *frameWriter, host Host) (t Tally, err error) {
	s, err := newServer(ctx, wj, task, out, host)
	if err != nil {
		return Tally{}, err
	}
	if s.lock != nil {
		defer func() { err = errors.Join(err, s.lock.Close()) }()
	}
	return s.run(in)
}

// serveWhole does all items one after another.
func serveWhole(ctx context.Context, wj workerJob, task operations.Task, out *frameWriter) (Tally, error) {
	job := Job{Task: task, Items: wj.Items, Workers: 1, Sink: wj.Sink}
	crew := &single{desk: newDesk(ctx, job)}
	err := crew.Work(ctx)
	tally, stopErr := crew.Stop()
	if err := errors.Join(err, stopErr); err != nil {
		return tally, err
	}
	return tally, out.write(frameDone, appendFinished(nil, span{0, wj.Items}, tally.Digests))
}

func sendSummary(out *frameWriter, t Tally) error {
	latency, err := t.Latency.Encode()
	if err != nil {
		return err
	}
	body, err := json.Marshal(summary{Items: t.Items, Bytes: t.Bytes, Latency: latency, PeakMemory: t.PeakMemory})
	if err != nil {
		return err
	}
	return out.write(frameSummary, body)
}

// server is one worker process of a pool.
type server struct {
	job    workerJob
	ledger *ledger
	hands  hands
	lock   *os.File // nil where items do not meet at a sink
	ships  bool     // items leave as parcels, so there are no digests of theirs here
	taken  chan struct{}
	gone   chan struct{} // closed at the end of what the parent says
	queue  *taskQueue
	out    *frameWriter
	report report // of tasks that are done
	ctx    context.Context
	halt   context.CancelCauseFunc
}

func newServer(ctx context.Context, wj workerJob, task operations.Task, out *frameWriter, host Host) (s *server, err error) {
	var lock *os.File
	if wj.Sink == operations.SinkLocked {
		if lock, err = host.Lock(); err != nil {
			return nil, err
		}
	}
	s = &server{
		job:    wj,
		lock:   lock,
		ledger: newLedger(wj.Items, wj.Threads),
		taken:  make(chan struct{}, 1),
		gone:   make(chan struct{}),
		queue:  newTaskQueue(),
		out:    out,
	}
	s.report = report{out: out, waiting: s.queue.waiting}
	s.ctx, s.halt = context.WithCancelCause(ctx)
	s.hands = s.newHands(task)
	return s, nil
}

// newHands gives the hands for a process among others: what cannot be done here
// is shipped to the parent, and the turn is one between processes.
func (s *server) newHands(task operations.Task) hands {
	staged, ok := task.(operations.Staged)
	sink := s.job.Sink
	switch {
	case !ok || sink == "" || sink == operations.SinkUnlocked:
		return direct{task, s.ledger}
	case sink == operations.SinkLocked && s.job.CommitAnywhere:
		return meeting{route{task: staged, turn: &fileTurn{file: s.lock}}, s.ledger}
	}
	s.ships = true
	if gathered, ok := gatheredBy(sink, task); ok {
		return shippingBatches{gathered, s.ledger, s.out}
	}
	sh := shipping{task: staged, ledger: s.ledger, out: s.out, compute: sink != operations.SinkCollector}
	if sink == operations.SinkLocked {
		sh.turn, sh.taken, sh.done = &fileTurn{file: s.lock}, s.taken, s.gone
	}
	return sh
}

// run reads frames until there are no more and returns what was done.
func (s *server) run(in *frameReader) (Tally, error) {
	var threads sync.WaitGroup
	for i := range s.job.Threads {
		w := &worker{scratch: operations.Scratch{Worker: s.job.First + i}}
		threads.Go(func() {
			if err := errors.Join(s.work(w), w.scratch.Close()); err != nil {
				s.halt(err)
				// Told at once: the parent is waiting for this task.
				_ = s.out.write(frameFailed, []byte(err.Error()))
			}
		})
	}
	err := s.out.write(frameReady)
	if err == nil {
		err = s.read(in)
	}
	if err != nil {
		s.halt(err)
	}
	close(s.gone)
	s.queue.close()
	threads.Wait()
	if s.ctx.Err() != nil {
		return Tally{}, context.Cause(s.ctx)
	}
	return s.ledger.tally(), nil
}

// read takes frames in until the parent has no more to say. It never waits for
// the threads: one of them may be waiting for a frame.
func (s *server) read(in *frameReader) error {
	for {
		kind, body, err := in.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch kind {
		case frameTasks:
			for len(body) > 0 {
				var items span
				if items, body, err = cutSpan(body); err != nil {
					return err
				}
				s.queue.add(items)
			}
		case frameTaken:
			s.taken <- struct{}{}
		default:
			return fmt.Errorf("frame %q where a task was expected", kind)
		}
	}
}

// work does items until the queue is closed.
func (s *server) work(w *worker) error {
	for {
		t, item, ok := s.queue.poll()
		if !ok {
			if err := s.hands.rest(w); err != nil {
				return err
			}
			if t, item, ok = s.queue.take(); !ok {
				return nil
			}
		}
		if s.ctx.Err() != nil {
			return nil // the first failure has been told
		}
		if _, err := s.hands.do(w, item, s.ledger.now()); err != nil {
			return err
		}
		if t.left.Add(-1) > 0 {
			continue
		}
		var digests []uint32
		if !s.ships {
			digests = s.ledger.digests[t.lo:t.hi]
		}
		if err := s.report.add(t.span, digests); err != nil {
			return err
		}
	}
}
