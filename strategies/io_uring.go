package strategies

import (
	"context"
	"fmt"

	"iosweep/operations"
)

// ioUring asks the kernel for many items at a time over io_uring(7), from one thread,
// which waits for whatever is done first.
type ioUring struct{}

var (
	_ Strategy    = ioUring{}
	_ Conditional = ioUring{}
)

func (ioUring) Info() Info {
	return Info{
		Name:   "io_uring",
		About:  "requests for `workers` items at once over each of `threads` rings, each driven by one thread",
		Axes:   []string{"workers", "threads", "chunk_size", "pool"},
		Ringed: true,
	}
}

// Unavailable says why there are no rings here that can do what is needed.
func (ioUring) Unavailable() string { return whyNoRing() }

func (s ioUring) Start(ctx context.Context, job Job) (Pool, error) {
	ringed, ok := job.Task.(operations.Ringed)
	if !ok {
		return nil, fmt.Errorf("io_uring: the operation makes no requests to a ring here; use another strategy")
	}
	return newRingPool(ctx, job, ringed)
}
