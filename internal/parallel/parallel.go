// Package parallel does work on all processors.
package parallel

import (
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// ForEach calls a function for every index below n, on all processors. worker returns the
// function of one goroutine, so that each can have its own buffers. The goroutines are
// numbered from 0 to Processors(n)-1. The first error stops all of them.
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

// Do calls a function for every index below n, on all processors. The first error stops it.
func Do(n int, do func(item int) error) error {
	return ForEach(context.Background(), n, func(int) func(int) error { return do })
}

// Processors returns the number of goroutines that ForEach starts for n indices.
func Processors(n int) int { return min(runtime.GOMAXPROCS(0), n) }
