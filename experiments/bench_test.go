package experiments

import "testing"

// planned is a grid of 100,000 cells with one baseline for each of the 100 workloads.
const planned = `name: large
workload: {lines: 10}
grid:
  - {operation: write, strategy: sequential, files: {from: 1, to: 100, step: 1}}
  - operation: write
    strategy: threads
    workers: {from: 1, to: 37, step: 1}
    chunk_size: {from: 1, to: 27, step: 1}
    files: {from: 1, to: 100, step: 1}
exclude:
  - {strategy: threads, workers: [38, 39]}
`

func BenchmarkPlan100kCells(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		e, err := Parse([]byte(planned), Options{File: "large.yaml", Catalogue: testCatalogue, CPUs: 4})
		if err != nil {
			b.Fatal(err)
		}
		if len(e.Cells) != 100_000 {
			b.Fatalf("got %d cells, want 100000", len(e.Cells))
		}
	}
}
