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

// BenchmarkMillion processes a million small files in memory with the strategies that use the most
// memory. It reports the peak memory of a trial's processes during the measurement and over their
// whole life, and the peak memory of the runner. The target is 64 MiB for each process of a trial,
// and 1 KiB for each item of zip and unzip.
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

// A childWatch samples the memory of all descendants of this process. The peak that the system
// records for a child is not suitable: it starts with the peak of the parent, and a trial resets
// its own peak before it measures.
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

// end stops sampling and returns the largest value of a single process.
func (w *childWatch) end() int64 {
	w.stop()
	return <-w.peak
}

// descendants returns all descendants of a process.
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

// residentOf returns the peak memory in bytes of the process of a trial or a worker, since its
// start or since it began to measure. This is VmHWM in proc_pid_status(5), which is in KiB. It returns 0
// for a child that has not called execve yet, because this child has the memory of its parent.
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
