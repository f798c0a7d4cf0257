package strategies

import (
	"context"
	"fmt"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// ioUring lets the kernel do many items at a time over io_uring(7). One thread for each ring
// submits requests and waits for completions.
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
		Axes:  []string{"workers", "threads", "chunk_size", "pool", "split"},
	}
}

func (ioUring) Footprint(workers, threads, _ int) Footprint {
	return Footprint{Workers: workers * threads, Rings: threads}
}

// Unsupported refuses operations without ring requests.
func (ioUring) Unsupported(op operations.Info) string {
	if !op.Ringed {
		return "it is not implemented as ring requests; only write, read, copy and delete are"
	}
	return ""
}

// Unavailable returns why this machine has no suitable rings, or "".
func (ioUring) Unavailable() string { return ring.Reason(ring.Check()) }

func (s ioUring) Start(ctx context.Context, job Job) (Pool, error) {
	ringed, ok := job.Task.(operations.Ringed)
	if !ok {
		return nil, fmt.Errorf("io_uring: the operation is not implemented as ring requests on this system; use another strategy")
	}
	return newRingPool(ctx, job, ringed)
}
