package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkRead1M reads a journal of a million trials, about 1 GB, in a process
// of its own, whose peak of memory is that of reading. It may take 20 s and 1 GiB.
func BenchmarkRead1M(b *testing.B) {
	const trials = 1_000_000
	dir := b.TempDir()
	path := filepath.Join(dir, FileName)
	if err := typicalFile(path, trials); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	var seconds, peak float64
	for b.Loop() {
		said, err := helperCommand("read", dir).Output()
		if err != nil {
			b.Fatal(err)
		}
		var s float64
		var kib, read int
		if _, err := fmt.Sscan(string(said), &s, &kib, &read); err != nil || read != trials {
			b.Fatalf("it said %q, want %d trials read", said, trials)
		}
		seconds, peak = seconds+s, max(peak, float64(kib)/1024)
	}
	b.ReportMetric(seconds/float64(b.N), "s/read")
	b.ReportMetric(peak, "peak-MiB")
}

// readAndSay is the process: it says how long reading took, its peak of memory in
// KiB and how many trials there are.
func readAndSay(dir string) error {
	start := time.Now()
	log, err := ReadDir(dir)
	if err != nil {
		return err
	}
	took := time.Since(start)
	// VmHWM is the peak of this program; what getrusage(2) says may be of the one
	// that it was forked from.
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(took.Seconds(), strings.Fields(rest)[0], len(log.Trials))
	return nil
}

func init() { helpers["read"] = readAndSay }
