package strategies

import (
	"testing"

	"iosweep/operations"
)

// nothing is a task whose items take no time, so that only the strategy is measured.
type nothing struct{}

func (nothing) Do(*operations.Scratch, int) (operations.Result, error) {
	return operations.Result{Bytes: 1}, nil
}
func (nothing) Close() error { return nil }

// BenchmarkPerItem measures the time that a strategy adds to each item. The target is below 100
// ns, a twentieth of the time of the smallest item that touches a file.
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
