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

// A Host is what a worker process needs from the program that it runs.
type Host struct {
	// Open opens the task that a job's Spec describes.
	Open func(spec json.RawMessage) (operations.Task, error)
	// Lock opens the file that the worker processes of the job lock, the same one in
	// each. It is called after Open, and only where items share a file.
	Lock func() (*os.File, error)
	// PeakMemory returns this process's peak so far, in bytes; 0 if it is unknown.
	PeakMemory func() int64
}

// workerJob is the first thing that the parent sends a worker process.
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

// Serve is the life of a worker process: it does the tasks that it reads from in
// and answers on out, until in ends. It has sent its error to the parent.
func Serve(ctx context.Context, in io.Reader, out io.Writer, host Host) error {
	w := &frameWriter{out: out}
	err := serve(ctx, newFrameReader(in), w, host)
	if err != nil {
		// If the parent is gone, nobody reads this.
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
	body, err := json.Marshal(summary{Items: t.Items, Bytes: t.Bytes, Latency: latency, PeakMemory: t.PeakMemory})
	if err != nil {
		return err
	}
	return out.write(frameSummary, body)
}

// server is one worker process of a processPool, seen from inside.
type server struct {
	job       workerJob
	counters  *counters
	executor  executor
	lock      *os.File      // nil unless the sink is locked
	sends     bool          // the parent finishes the items, so it has their digests
	committed chan struct{} // one for each item that the parent has committed
	closed    chan struct{} // closed when the parent sends no more
	queue     *taskQueue
	out       *frameWriter
	done      doneWriter
	ctx       context.Context
	halt      context.CancelCauseFunc
}

// serveTasks does the tasks that come in.
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

// newExecutor returns the executor for one process of several. It sends the parent
// what cannot be done here, and its lock is one between processes.
func (s *server) newExecutor(task operations.Task) executor {
	staged, ok := task.(operations.Staged)
	sink := s.job.Sink
	switch {
	case !ok || sink == "" || sink == operations.SinkUnlocked:
		return newItemExecutor(task, s.counters)
	case sink == operations.SinkLocked && s.job.CommitAnywhere:
		return workerExecutor{stagedSink{task: staged, lock: &fileLock{file: s.lock}}.do, s.counters}
	}
	s.sends = true
	if batched, ok := batchedTask(sink, task); ok {
		return newBatchSender(batched, s.counters, s.out)
	}
	e := itemSender{task: staged, counters: s.counters, out: s.out, compute: sink != operations.SinkCollector}
	if sink == operations.SinkLocked {
		e.lock, e.committed, e.closed = &fileLock{file: s.lock}, s.committed, s.closed
	}
	return e
}

// run does tasks until the parent sends no more, and returns what was done.
func (s *server) run(in *frameReader) (Stats, error) {
	var threads sync.WaitGroup
	for i := range s.job.Threads {
		w := &worker{scratch: operations.Scratch{Worker: s.job.First + i}}
		threads.Go(func() {
			if err := errors.Join(s.work(w), w.scratch.Close()); err != nil {
				s.halt(err)
				// At once, because the parent waits for this task.
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
	close(s.closed)
	s.queue.close()
	threads.Wait()
	if s.ctx.Err() != nil {
		return Stats{}, context.Cause(s.ctx)
	}
	return s.counters.stats(), nil
}

// read reads frames until the parent sends no more. It never waits for the
// threads, because one of them may be waiting for a frame.
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
		case frameCommitted:
			s.committed <- struct{}{}
		default:
			return fmt.Errorf("frame %q where a task was expected", kind)
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
			return nil // the first failure has been sent
		}
		if _, err := s.executor.do(w, item, s.counters.now()); err != nil {
			return err
		}
		if t.left.Add(-1) > 0 {
			continue
		}
		var digests []uint32
		if !s.sends {
			digests = s.counters.digests[t.lo:t.hi]
		}
		if err := s.done.add(t.span, digests); err != nil {
			return err
		}
	}
}
