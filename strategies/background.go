package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// backgroundThread does all items one after another on a goroutine of its own,
// while the caller goes on. What matters is how long the caller was held up.
type backgroundThread struct{}

var _ Strategy = backgroundThread{}

func (backgroundThread) Info() Info {
	return Info{
		Name:  "background-thread",
		About: "a one-off job on a new thread: blocked_seconds is what the caller waits",
		Axes:  []string{"sink"},
	}
}

func (backgroundThread) Start(ctx context.Context, job Job) (Pool, error) {
	job.Workers = 1
	return &backgroundThreadPool{sequentialPool{localPool: newLocalPool(ctx, job)}}, nil
}

// backgroundThreadPool is the crew of one, working where the caller is not.
type backgroundThreadPool struct{ sequentialPool }

var _ Pool = (*backgroundThreadPool)(nil)

func (c *backgroundThreadPool) Work(ctx context.Context) error {
	saved := make(chan error, 1)
	begun := time.Now()
	go func() { saved <- c.sequentialPool.Work(ctx) }()
	blocked := time.Since(begun)
	// Here the caller would go on with its own work. The program ends only once
	// the files are saved, so the trial does too.
	err := <-saved
	c.counters.blocked = &blocked
	return err
}

// backgroundProcess does all items one after another in a new process, while
// the caller goes on.
type backgroundProcess struct{}

var _ Strategy = backgroundProcess{}

func (backgroundProcess) Info() Info {
	return Info{
		Name:  "background-process",
		About: "a one-off job in a new process: blocked_seconds is what the caller waits",
		Axes:  []string{"sink"},
	}
}

func (backgroundProcess) Start(ctx context.Context, job Job) (Pool, error) {
	return &backgroundProcessPool{job: job, counters: newCounters(job.Items, 1)}, nil
}

// backgroundProcessPool is the crew of one process that does everything by itself. Starting
// it is part of the work: it is what holds the caller up.
type backgroundProcessPool struct {
	job      Job
	counters *counters
}

var _ Pool = (*backgroundProcessPool)(nil)

func (e *backgroundProcessPool) Work(ctx context.Context) error {
	e.counters.start()
	p, err := spawn(e.job)
	if err != nil {
		return err
	}
	if err := p.sendJob(e.job, workerJob{Whole: true, Threads: 1}); err != nil {
		p.kill()
		return err
	}
	blocked := time.Since(e.counters.started)
	e.counters.blocked = &blocked
	disarm := context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })
	defer disarm()
	err = e.follow(p)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

// follow waits until everything is saved, and then for the process's end.
func (e *backgroundProcessPool) follow(p *workerProcess) error {
	err := e.result(p)
	if err != nil {
		p.kill()
		return err
	}
	e.counters.outOfWork()
	p.stdin.Close()
	return p.cmd.Wait()
}

func (e *backgroundProcessPool) result(p *workerProcess) error {
	if _, err := p.expect(frameHello); err != nil {
		return err
	}
	body, err := p.expect(frameDone)
	if err != nil {
		return err
	}
	if _, err := decodeDone(body, e.counters.digests); err != nil {
		return err
	}
	body, err = p.expect(frameSummary)
	if err != nil {
		return err
	}
	var s summary
	return errors.Join(json.Unmarshal(body, &s), e.counters.addSummary(s))
}

func (e *backgroundProcessPool) Stop() (Stats, error) { return e.counters.stats(), nil }
