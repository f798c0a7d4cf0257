package runner

import (
	"os/exec"
	"strings"
	"testing"

	"iosweep/journal"
)

// BenchmarkZipAgainst7z compresses 239 MB of text into one archive, and compares the time with the
// fastest level of 7z, which also uses threads. The target is at most 0.45 of its time, and an
// archive that is not larger.
func BenchmarkZipAgainst7z(b *testing.B) {
	if _, err := exec.LookPath("7z"); err != nil {
		b.Skip(err)
	}
	var log *journal.Log
	for b.Loop() {
		log = benchRun(b, `
name: zip
workload: {files: 1000, content: rows, lines: 5000}
grid:
  - {operation: zip, strategy: threads, workers: 2, sink: parallel, level: 6}
  - {operation: zip, strategy: 7z}
baseline: {strategy: 7z}
commands:
  7z:
    operation: zip
    run: [7z, a, -bso0, -tzip, -mm=Deflate, -mx=1, -mmt=2, "{output}", .]
trials: {repeats: 5, warmup: 1}
`)
	}
	const parallel = "threads/workers=2/chunk_size=1/sink=parallel"
	b.ReportMetric(1/ratio(b, log, "7z", parallel), "of-7z-time")
	size := map[bool]int64{}
	for _, t := range log.Trials {
		size[strings.HasSuffix(t.Name, "=7z")] = t.Measurement.OutputBytes
	}
	b.ReportMetric(float64(size[false])/float64(size[true]), "of-7z-size")
}
