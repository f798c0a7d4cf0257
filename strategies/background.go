package strategies

import (
	"context"
	"time"
)

// backgroundThread does all items one after another on a new goroutine, while the caller
// continues. Its result is how long the caller was blocked.
type backgroundThread struct{}

var _ Strategy = backgroundThread{}

func (backgroundThread) Info() Info {
	return Info{
		Name:  "background-thread",
		About: "one job on a new thread: blocked_seconds is how long the caller waits",
		Axes:  []string{"sink"},
	}
}

func (backgroundThread) Footprint(_, _, _ int) Footprint { return Footprint{Workers: 1} }

func (backgroundThread) Start(ctx context.Context, job Job) (Pool, error) {
	return &backgroundThreadPool{newSequentialPool(ctx, job)}, nil
}

// backgroundThreadPool is one worker that runs while the caller continues.
type backgroundThreadPool struct{ *sequentialPool }

func (p *backgroundThreadPool) Work(ctx context.Context) error {
	saved := make(chan error, 1)
	begun := time.Now()
	go func() { saved <- p.sequentialPool.Work(ctx) }()
	blocked := time.Since(begun)
	// A real caller would continue with its own work here. A program can end only when the
	// files are saved, so the trial waits for that.
	err := <-saved
	p.counters.blocked = &blocked
	return err
}

// backgroundProcess does all items one after another in a new process, while the caller
// continues.
type backgroundProcess struct{}

var _ Strategy = backgroundProcess{}

func (backgroundProcess) Info() Info {
	return Info{
		Name:  "background-process",
		About: "one job in a new process: blocked_seconds is how long the caller waits",
		Axes:  []string{"sink"},
	}
}

func (backgroundProcess) Footprint(_, _, _ int) Footprint {
	return Footprint{Processes: 1, Workers: 1}
}

func (backgroundProcess) Start(ctx context.Context, job Job) (Pool, error) {
	return &backgroundProcessPool{newBase(ctx, job, 1)}, nil
}

// backgroundProcessPool is one process that does the whole job. Starting the process is
// part of the work, because it blocks the caller.
type backgroundProcessPool struct{ base }

func (p *backgroundProcessPool) Work(ctx context.Context) error {
	p.counters.start()
	w, err := startWorker(p.job)
	if err != nil {
		return err
	}
	if err := w.sendJob(p.job, workerJob{Whole: true, Threads: 1}); err != nil {
		w.kill()
		return err
	}
	blocked := time.Since(p.counters.started)
	p.counters.blocked = &blocked
	cancelKill := context.AfterFunc(ctx, func() { _ = w.cmd.Process.Kill() })
	defer cancelKill()
	err = p.readResults(w)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// readResults waits until all items are saved, and then until the process has ended.
func (p *backgroundProcessPool) readResults(w *workerProcess) error {
	_, err := w.expect(frameHello)
	var body []byte
	if err == nil {
		body, err = w.expect(frameDone)
	}
	if err == nil {
		_, err = decodeDone(body, p.counters.digests)
	}
	if err != nil {
		w.kill()
		return err
	}
	return w.finish(p.counters, p.counters.outOfWork)
}
