package workload

import (
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// ForEach calls a function for every index below n, on all processors. worker
// makes the function for one of them, so that each has buffers of its own; it is
// not called concurrently. The first error stops them all.
func ForEach(ctx context.Context, n int, worker func() func(item int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range Processors(n) {
		do := worker()
		group.Go(func() error {
			for {
				item := int(next.Add(1)) - 1
				if item >= n {
					return nil
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(item); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// Processors is how many of them forEach uses for n indices.
func Processors(n int) int { return min(runtime.GOMAXPROCS(0), n) }
