package strategies

import (
	"testing"

	"iosweep/operations"
)

// nothing is an item that takes no time, so that what remains is the harness.
type nothing struct{}

func (nothing) Do(*operations.Scratch, int) (operations.Result, error) {
	return operations.Result{Bytes: 1}, nil
}
func (nothing) Close() error { return nil }

// BenchmarkPerItem is what a strategy adds to each item. To reach: under 100 ns,
// which is a twentieth of the smallest item that touches a file.
func BenchmarkPerItem(b *testing.B) {
	const items = 1_000_000
	for _, s := range []Strategy{sequential{}, threads{}} {
		b.Run(s.Info().Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Run(b.Context(), s, Job{Task: nothing{}, Items: items, Workers: 2, Chunk: 64}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/items, "ns/item")
		})
	}
}
