package strategies

import (
	"context"
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
