package runner

import (
	"testing"

	"iosweep/journal"
)

// BenchmarkAppendCollector appends a million short records to one log. The target: two workers
// with a collector are at least 5 times as fast as two workers that lock the log for each record.
func BenchmarkAppendCollector(b *testing.B) {
	var log *journal.Log
	for b.Loop() {
		log = benchRun(b, `
name: append
workload: {files: 1000000, content: bytes, size: 16}
grid:
  - {operation: append, strategy: sequential}
  - {operation: append, strategy: threads, workers: 2, chunk_size: [64, auto], sink: [locked, collector]}
trials: {repeats: 5, warmup: 1}
`)
	}
	for _, chunk := range []string{"64", "auto"} {
		cell := "threads/workers=2/chunk_size=" + chunk + "/sink="
		b.ReportMetric(ratio(b, log, cell+"locked", cell+"collector"), chunk+"-over-locked")
	}
}
