package strategies

import (
	"testing"
	"testing/synctest"
	"time"

	"iosweep/operations"
)

// sleepers is a task whose items each take one second more than the item before.
type sleepers struct{}

func (sleepers) Do(_ *operations.Scratch, item int) (operations.Result, error) {
	time.Sleep(time.Duration(item+1) * time.Second)
	return operations.Result{Bytes: 1}, nil
}
func (sleepers) Close() error { return nil }

// TestEachItemHasItsOwnTime checks the latency of each item, although one read of the clock ends
// an item and starts the next.
func TestEachItemHasItsOwnTime(t *testing.T) {
	for _, s := range []Strategy{sequential{}, threads{}, async{}, unbounded{}} {
		t.Run(s.Info().Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const items = 5
				timing, err := Run(t.Context(), s, Job{Task: sleepers{}, Items: items, Workers: 1, Chunk: 2})
				if err != nil {
					t.Fatal(err)
				}
				for item := range items {
					q := (float64(item) + 0.5) / items
					want := time.Duration(item+1) * time.Second
					if got := timing.Latency.Quantile(q); got < want*99/100 || got > want*101/100 {
						t.Errorf("item %d: got latency %v, want %v", item, got, want)
					}
				}
			})
		})
	}
}
