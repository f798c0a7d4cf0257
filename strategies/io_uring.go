package strategies

import (
	"context"
	"fmt"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// ioUring has the kernel do many items at a time over io_uring(7), from one thread,
// which waits for the first one that is done.
type ioUring struct{}

var (
	_ Strategy    = ioUring{}
	_ Selective   = ioUring{}
	_ Conditional = ioUring{}
)

func (ioUring) Info() Info {
	return Info{
		Name:  "io_uring",
		About: "requests for `workers` items at once over each of `threads` rings, each driven by one thread",
		Axes:  []string{"workers", "threads", "chunk_size", "pool"},
	}
}

func (ioUring) Footprint(workers, threads, _ int) Footprint {
	return Footprint{Workers: workers * threads, Rings: threads}
}

// Unsupported refuses operations that make no requests to a ring.
func (ioUring) Unsupported(op operations.Info) string {
	if !op.Ringed {
		return "it makes no requests to a ring; write, read, copy and delete do"
	}
	return ""
}

// Unavailable returns why there are no rings here that can do what is needed.
func (ioUring) Unavailable() string { return ring.Reason(ring.Check()) }

func (s ioUring) Start(ctx context.Context, job Job) (Pool, error) {
	ringed, ok := job.Task.(operations.Ringed)
	if !ok {
		return nil, fmt.Errorf("io_uring: the operation makes no requests to a ring here; use another strategy")
	}
	return newRingPool(ctx, job, ringed)
}
