package workload

import (
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// ForEach calls a function for every index below n, on all processors. worker
// makes the function for one of them, so that each has buffers of its own; they are
// numbered from 0 to Processors(n)-1. The first error stops them all.
func ForEach(ctx context.Context, n int, worker func(number int) func(item int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for number := range Processors(n) {
		do := worker(number)
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

// Processors is how many of them ForEach uses for n indices.
func Processors(n int) int { return min(runtime.GOMAXPROCS(0), n) }
