package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"iosweep/operations"
)

// A Host provides the functions that a worker process needs from its program.
type Host struct {
	// Open opens the task that a job's Spec describes.
	Open func(spec json.RawMessage) (operations.Task, error)
	// Lock opens the lock file. All worker processes of the job open the same one. Lock is
	// called after Open, and only if items share a file.
	Lock func() (*os.File, error)
	// PeakMemory returns the peak memory of this process in bytes, or 0 if it is unknown.
	PeakMemory func() int64
	// RunDelay returns how long threads of this process have waited for a processor. It returns
	// false if that is unknown.
	RunDelay func() (time.Duration, bool)
}

// A workerJob is the first message from the parent to a worker process.
type workerJob struct {
	Spec           json.RawMessage `json:"spec"`
	Items          int             `json:"items"`
	Threads        int             `json:"threads"`
	First          int             `json:"first"` // the number of the first worker in this process
	Sink           string          `json:"sink"`
	CommitAnywhere bool            `json:"commit_anywhere"`
	// Spin means that there is a processor for each thread, so a process that waits for its first
	// tasks need not sleep.
	Spin bool `json:"spin"`
	// Whole means that this process does the whole job alone, with Begin and End.
	Whole bool `json:"whole"`
}

// Serve runs a worker process. It reads tasks from in, does them, and writes results to out,
// until in ends. It sends an error to the parent before it returns it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, host Host) error {
	w := &frameWriter{out: out}
	err := serve(ctx, newFrameReader(in), w, host)
	if err != nil {
		// If the parent has ended, this fails and does not matter.
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
		return fmt.Errorf("got frame %q, want a job", kind)
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
	var stats Stats
	if wj.Whole {
		stats, err = serveWhole(ctx, wj, task, out)
	} else {
		stats, err = serveTasks(ctx, wj, task, in, out, host)
	}
	if err != nil {
		return err
	}
	stats.PeakMemory = host.PeakMemory()
	stats.RunDelay, _ = host.RunDelay()
	return sendSummary(out, stats)
}

// serveWhole does all items one after another.
func serveWhole(ctx context.Context, wj workerJob, task operations.Task, out *frameWriter) (Stats, error) {
	job := Job{Task: task, Items: wj.Items, Workers: 1, Sink: wj.Sink}
	pool := newSequentialPool(ctx, job)
	err := pool.Work(ctx)
	stats, stopErr := pool.Stop()
	if err := errors.Join(err, stopErr); err != nil {
		return stats, err
	}
	return stats, out.write(frameDone, appendDone(nil, span{0, wj.Items}, stats.Digests))
}

func sendSummary(out *frameWriter, t Stats) error {
	latency, err := t.Latency.Encode()
	if err != nil {
		return err
	}
	body, err := json.Marshal(summary{Items: t.Items, Bytes: t.Bytes, Latency: latency, PeakMemory: t.PeakMemory, RunDelay: t.RunDelay})
	if err != nil {
		return err
	}
	return out.write(frameSummary, body)
}

// A server is the worker's side of a processPool.
type server struct {
	job            workerJob
	counters       *counters
	executor       executor
	lock           *os.File      // nil unless the sink is locked
	parentFinishes bool          // items are sent to the parent, which also has their digests
	committed      chan struct{} // one value for each block that the parent has committed
	closed         chan struct{} // closed when the parent sends no more frames
	queue          *taskQueue
	out            *frameWriter
	done           doneWriter
	ctx            context.Context
	halt           context.CancelCauseFunc
}

// serveTasks does the tasks that the parent sends.
func serveTasks(ctx context.Context, wj workerJob, task operations.Task, in *frameReader, out *frameWriter, host Host) (t Stats, err error) {
	s := &server{
		job:       wj,
		counters:  newCounters(wj.Items, wj.Threads),
		committed: make(chan struct{}, 1),
		closed:    make(chan struct{}),
		queue:     newTaskQueue(),
		out:       out,
	}
	if wj.Sink == operations.SinkLocked {
		if s.lock, err = host.Lock(); err != nil {
			return Stats{}, err
		}
		defer func() { err = errors.Join(err, s.lock.Close()) }()
	}
	s.done = doneWriter{out: out, waiting: s.queue.waiting}
	s.ctx, s.halt = context.WithCancelCause(ctx)
	s.executor = s.newExecutor(task)
	return s.run(in)
}

// newExecutor returns the executor for one of several processes. It sends the items that
// cannot be finished here to the parent. Its lock works between processes.
func (s *server) newExecutor(task operations.Task) executor {
	staged, ok := task.(operations.Staged)
	sink := s.job.Sink
	switch {
	case !ok || sink == "" || sink == operations.SinkUnlocked:
		return newItemExecutor(task, s.counters)
	case sink == operations.SinkLocked && s.job.CommitAnywhere:
		return workerExecutor{stagedSink{task: staged, lock: &fileLock{file: s.lock}}.do, s.counters}
	}
	s.parentFinishes = true
	if batched, ok := batchedTask(sink, task); ok {
		return newBatchSender(batched, s.counters, s.out)
	}
	e := itemSender{ctx: s.ctx, sink: stagedSink{task: staged, lock: &mutexLock{}, failed: s.halt}, counters: s.counters, out: s.out}
	switch sink {
	case operations.SinkLocked:
		e.sink.lock = &fileLock{file: s.lock}
		e.acknowledged, e.committed, e.closed = true, s.committed, s.closed
	case operations.SinkParallel:
		e.sink.computeBefore = true
	}
	return e
}

// run does tasks until the parent sends no more, and returns the counts.
func (s *server) run(in *frameReader) (Stats, error) {
	var threads sync.WaitGroup
	for i := range s.job.Threads {
		w := &worker{scratch: operations.Scratch{Worker: s.job.First + i}}
		threads.Go(func() {
			if err := errors.Join(s.work(w), w.scratch.Close()); err != nil {
				s.halt(err)
				// Send it at once, because the parent waits for this task.
				_ = s.out.write(frameFailed, []byte(err.Error()))
			}
		})
	}
	err := s.out.write(frameReady)
	if err == nil {
		if s.job.Spin {
			in.spin()
		}
		err = s.read(in)
	}
	if err != nil {
		s.halt(err)
	}
	close(s.closed)
	s.queue.close()
	threads.Wait()
	if s.ctx.Err() != nil {
		return Stats{}, context.Cause(s.ctx)
	}
	return s.counters.stats(), nil
}

// read reads frames until the parent sends no more. It never waits for the threads, because
// one of them may be waiting for a frame.
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
			runtime.Gosched() // lets a thread begin on this processor, instead of waking another one
		case frameCommitted:
			s.committed <- struct{}{}
		default:
			return fmt.Errorf("got frame %q, want a task", kind)
		}
	}
}

// work does items until the queue is closed.
func (s *server) work(w *worker) error {
	for {
		t, item := s.queue.take(false)
		if t == nil {
			if err := s.executor.flush(w); err != nil {
				return err
			}
			if t, item = s.queue.take(true); t == nil {
				return nil
			}
		}
		if s.ctx.Err() != nil {
			return nil // the first failure was sent already
		}
		if _, err := s.executor.do(w, item, s.counters.now()); err != nil {
			return err
		}
		if t.left.Add(-1) > 0 {
			continue
		}
		var digests []uint32
		if !s.parentFinishes {
			digests = s.counters.digests[t.lo:t.hi]
		}
		if err := s.done.add(t.span, digests); err != nil {
			return err
		}
	}
}
