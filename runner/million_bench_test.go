package runner

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"iosweep/internal/process"
)

// BenchmarkMillion is a million small files, in memory, by those that hold the most
// of them at once. It reports the most memory that a process of each trial took while
// it was measured, and from its beginning to its end, and that of the runner. To
// reach: 64 MiB for each process of a trial, and 1 KiB for each item of zip and unzip.
func BenchmarkMillion(b *testing.B) {
	for _, op := range []string{"write", "read", "copy", "append", "zip", "unzip", "delete"} {
		b.Run(op+"/threads", func(b *testing.B) { benchMillion(b, op, "threads") })
	}
	for _, op := range []string{"read", "zip"} {
		b.Run(op+"/processes", func(b *testing.B) { benchMillion(b, op, "processes") })
	}
}

func benchMillion(b *testing.B, op, strategy string) {
	cell := fmt.Sprintf("{operation: %s, strategy: %s}", op, strategy)
	if strategy != "sequential" {
		cell = fmt.Sprintf("{operation: %s, strategy: %s, workers: 2, chunk_size: auto}", op, strategy)
	}
	source := fmt.Sprintf(`
name: million
workload: {files: 1000000, content: bytes, size: 16}
grid: %s
baseline: {strategy: %s}
trials: {repeats: 1, warmup: 0, timeout: 10m}
`, cell, strategy)
	for b.Loop() {
		process.ResetPeakMemory()
		watch := watchChildren(b.Context())
		log := benchRun(b, source)
		measured := log.Trials[0].Measurement
		b.ReportMetric(float64(*measured.MaxRSS)/(1<<20), "MiB-measured")
		b.ReportMetric(float64(watch.end())/(1<<20), "MiB-trial")
		b.ReportMetric(float64(process.PeakMemory())/(1<<20), "MiB-runner")
		b.ReportMetric(measured.Seconds, "s-measured")
	}
}

// A childWatch looks at the memory of all processes below this one. What the
// system remembers of a child's peak is of no use here: it begins with that of
// whoever started the child, and a trial forgets its own before it measures.
type childWatch struct {
	stop context.CancelFunc
	peak chan int64
}

func watchChildren(ctx context.Context) *childWatch {
	ctx, stop := context.WithCancel(ctx)
	w := &childWatch{stop, make(chan int64)}
	go func() {
		var peak int64
		for ctx.Err() == nil {
			for _, pid := range descendants(os.Getpid()) {
				peak = max(peak, residentOf(pid))
			}
			time.Sleep(10 * time.Millisecond)
		}
		w.peak <- peak
	}()
	return w
}

// end is the most that one of them had.
func (w *childWatch) end() int64 {
	w.stop()
	return <-w.peak
}

// descendants are the processes that a process has started, and theirs.
func descendants(pid int) (all []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list) // it may have ended
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(append(all, child), descendants(child)...)
			}
		}
	}
	return all
}

// residentOf is the most memory that a trial's or a worker's process has had since it
// began, or since it began to measure: VmHWM in proc_pid_status(5), in KiB. A child that has not come to its own program yet has
// the memory of whoever started it, and does not count.
func residentOf(pid int) int64 {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if !bytes.HasSuffix(line, []byte("\x00trial\x00")) && !bytes.HasSuffix(line, []byte("\x00worker\x00")) {
		return 0
	}
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kib int64
	_, _ = fmt.Sscan(rest, &kib)
	return kib << 10
}
